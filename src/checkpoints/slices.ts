import type { Clock } from '../platform/ports.ts';

/** How long work may keep others waiting, ms: half a frame. */
const SLICE_MS = 8;

/** Null while work may go on; once it has had its turn, a promise to wait for. */
export type Pause = () => Promise<void> | null;

/** Cuts long work into turns, so that the extension host answers meanwhile. */
export function timeSlices(clock: Pick<Clock, 'now' | 'after'>): Pause {
  let begun = clock.now();
  return () => {
    // A clock that was set back must not keep others waiting.
    if (Math.abs(clock.now() - begun) < SLICE_MS) return null;
    return new Promise((resolve) => {
      clock.after(0, () => {
        begun = clock.now();
        resolve();
      });
    });
  };
}

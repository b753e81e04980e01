import type { RunnerClock } from './runner-clock.ts';

/** How long work may keep others waiting, ms: with what it cannot stop in the middle of, and a collection of garbage, less than a frame. */
const SLICE_MS = 5;

/** Null while work may go on; once it has had its turn, a promise to wait for. */
export type Pause = () => Promise<void> | null;

/** Cuts long work into turns, so that what runs on the same thread is served meanwhile. */
export function timeSlices(clock: Pick<RunnerClock, 'elapsed' | 'yield'>): Pause {
  let begun = clock.elapsed();
  return () => {
    // A clock that was set back must not keep others waiting.
    if (Math.abs(clock.elapsed() - begun) < SLICE_MS) return null;
    return clock.yield().then(() => {
      begun = clock.elapsed();
    });
  };
}

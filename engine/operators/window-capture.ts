import { EntryBuffer } from '../state/entry-buffer.ts';
import type { EncodedState, StateCapture } from '../state/state-capture.ts';
import type { ContentsCapture, WindowContents } from './window-contents.ts';

/** Name of the state of a window operator in checkpoints. */
export const WINDOW_STATE = 'window contents';

/** All open windows of an operator as a barrier found them. */
export class WindowCapture implements StateCapture {
  readonly name = WINDOW_STATE;
  readonly kind = 'window';
  readonly #mode: 'full' | 'delta';
  readonly #buffer: EntryBuffer;
  readonly #captures: readonly ContentsCapture[];
  readonly #entries: number;
  #at = 0;
  #remaining: number;

  /** `closed`: windows that are gone since the last capture, for a delta. */
  constructor(open: readonly WindowContents[], closed: readonly WindowContents[], full: boolean, maxParallelism: number) {
    this.#mode = full ? 'full' : 'delta';
    this.#buffer = new EntryBuffer();
    const opened = open.map((window) => window.capture(full, maxParallelism));
    this.#captures = full ? opened : [...opened, ...closed.map((window) => window.captureEnd(maxParallelism))];
    this.#entries = opened.reduce((sum, { rows }) => sum + rows, 0);
    this.#remaining = this.#captures.reduce((sum, { rows }) => sum + rows, 0);
  }

  get remaining(): number {
    return this.#remaining;
  }

  encode(budget: number): number {
    for (let left = budget; left > 0 && this.#remaining > 0; ) {
      const capture = this.#captures[this.#at];
      if (capture === undefined) break;
      const done = capture.encode(left, this.#buffer);
      left -= done;
      this.#remaining -= done;
      if (capture.isDone) this.#at++;
    }
    return this.#remaining;
  }

  finish(): EncodedState {
    const bytes = this.#captures.reduce((sum, capture) => sum + capture.end(), 0);
    return this.#buffer.finish({ name: this.name, kind: this.kind, mode: this.#mode, entries: this.#entries, bytes });
  }

  release(): void {
    for (const capture of this.#captures) capture.end();
  }
}

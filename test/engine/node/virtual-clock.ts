import type { RunnerClock } from '../../../engine/node/runner-clock.ts';

/** A clock that moves on when somebody sleeps: minutes of play take no time. Its sleeps still let real reads come in. */
export class VirtualClock implements RunnerClock {
  time = 0;
  readonly #epoch: number;

  /** `epoch`: wall-clock time at the start. */
  constructor(epoch = 1_700_000_000_000) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + Math.floor(this.time);
  }

  elapsed(): number {
    return this.time;
  }

  yield(): Promise<void> {
    // Work takes time too, or a job without end would never be interrupted.
    this.time += 1;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The same clock for a job whose sleeps the test looks at. */
  sleepingBy(wakeAfter: RunnerClock['wakeAfter']): RunnerClock {
    return { now: () => this.now(), elapsed: () => this.elapsed(), yield: () => this.yield(), wakeAfter };
  }

  wakeAfter(milliseconds: number, wake: () => void): () => void {
    const timer = setImmediate(() => {
      this.time += milliseconds;
      wake();
    });
    return () => clearImmediate(timer);
  }
}

import type { RunnerClock } from '../../node/runner-clock.ts';
import type { Scheduler } from './scheduler.ts';

/** ms: as long as a step takes, so that one follows the other with everything else between them. */
const STEP = 9;
/** ms: enough for encoding to stop for now. */
const JUMP = 5;

/** A clock that moves when the scheduler lets something happen, and sometimes while it is looked at: that is when encoding is put off. */
export class SimulatedClock implements RunnerClock {
  /** ms since the start of the machine. */
  time = 0;
  readonly #epoch: number;
  readonly #scheduler: Scheduler;

  /** `epoch`: wall-clock time at the start, ms. */
  constructor(scheduler: Scheduler, epoch: number) {
    this.#scheduler = scheduler;
    this.#epoch = epoch;
  }

  now(): number {
    return this.#epoch + this.time;
  }

  elapsed(): number {
    if (this.#scheduler.isStarved('encode') || this.#scheduler.draws.below(6) === 0) this.time += JUMP;
    return this.time;
  }

  /** A step of the job begins. */
  work(): void {
    this.time += STEP;
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.add('step', resolve);
    });
  }

  wakeAfter(milliseconds: number, wake: () => void): () => void {
    return this.#scheduler.add('wake', () => {
      this.time += Math.ceil(milliseconds);
      wake();
    });
  }
}

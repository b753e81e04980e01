import type { SimulatedProcess } from '../../engine/testkit/simulation/disk-ports.ts';
import { Draws } from '../../engine/testkit/simulation/random.ts';

/** Actions of a process after it was believed dead, at most. */
const LIFE = 150;

/** A process that is believed dead and goes on for a while beside its successor. */
export class Zombie {
  readonly process: SimulatedProcess;
  readonly #draws: Draws;
  readonly #faults: number;
  #left: number;

  /** `seed`: of how long it goes on, and of when it has its turn. */
  constructor(process: SimulatedProcess, seed: number) {
    this.process = process;
    this.#draws = new Draws(seed);
    this.#left = 1 + this.#draws.below(LIFE);
    this.#faults = process.disk.happened.length;
  }

  /** It may have its turn: true when it had, and something happened. */
  moves(): boolean {
    if (!this.process.alive || this.#draws.below(2) === 0) return false;
    if (--this.#left < 0) {
      this.process.end();
      return false;
    }
    return this.process.scheduler.next();
  }

  /** The machine has gone since it was believed dead. */
  lostPower(): boolean {
    return this.process.disk.happened.slice(this.#faults).some(({ fault }) => fault.kind === 'power' || fault.kind === 'flip');
  }
}

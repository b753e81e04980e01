import type { RunnerClock } from '../../../engine/node/runner-clock.ts';

/** When a job begins: its clock, in ms. */
const BEGINNING = 1_700_000_000_000;
interface Operation {
  readonly work: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets a job and its real disk go on in turns, so that both do the same on any computer: while the disk has something to do, a step of the job comes after
 * each operation, and is made while the next one is under way. `time` does not pass by itself.
 */
export class LockstepClock implements RunnerClock {
  /** Ms since the beginning. */
  time = 0;
  #operations: Operation[] = [];
  #working = false;
  /** The job, when it lets others go on. */
  #waiting: (() => void)[] = [];
  #looks: Promise<void> = Promise.resolve();

  /** It is `now`, in ms since the epoch. */
  goOnFrom(now: number): void {
    this.time = now - BEGINNING;
  }

  now(): number {
    return BEGINNING + this.time;
  }
  elapsed(): number {
    return this.time;
  }
  yield(): Promise<void> {
    return new Promise((resolve) => this.#wait(resolve));
  }
  /** Who sleeps waits for the disk: no time passes. */
  wakeAfter(_milliseconds: number, wake: () => void): () => void {
    this.#wait(wake);
    return () => {
      this.#waiting = this.#waiting.filter((waiting) => waiting !== wake);
    };
  }

  /** The same disk, in turns with the job. */
  watch<T extends object>(disk: T): T {
    return new Proxy(disk, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): Promise<unknown> =>
          new Promise((resolve, reject) => {
            this.#operations.push({ work: async () => await Reflect.apply(method, target, args), resolve, reject });
            if (!this.#working) void this.#work();
          });
      },
    });
  }

  /** Nothing goes on before `look` has ended: what it looks at stays as it is. It must not use a disk that is watched. */
  hold(look: () => Promise<void>): void {
    this.#looks = this.#looks.then(look);
  }

  /** Resolves when no look is under way; rejects as they do. */
  get held(): Promise<void> {
    return this.#looks;
  }

  #wait(goOn: () => void): void {
    this.#waiting.push(goOn);
    // What the job has just begun reaches the disk in a moment; if nothing does, nobody else wakes the job.
    if (!this.#working)
      setImmediate(() => {
        if (!this.#working) this.#goOn();
      });
  }

  #goOn(): void {
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#operations.shift(); next !== undefined; next = this.#operations.shift()) {
      const { work, resolve, reject } = next;
      await work().then(resolve, reject);
      // What follows from it has to be known before it is decided who is next.
      await new Promise((settled) => setImmediate(settled));
      await this.#looks;
      this.#goOn();
    }
    this.#working = false;
  }
}

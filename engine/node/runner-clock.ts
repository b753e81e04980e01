/** The time that a runner works with. */
export interface RunnerClock {
  /** Wall-clock time, ms since the epoch: the job's clock. */
  now(): number;
  /** Ms on a clock that never goes back. */
  elapsed(): number;
  /** Lets the event loop handle its events. */
  yield(): Promise<void>;
  /** Calls `wake` after that many ms, unless the returned function is called before. */
  wakeAfter(milliseconds: number, wake: () => void): () => void;
}

/** The clock of this computer. */
export const systemClock: RunnerClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  yield: () => new Promise((resolve) => setImmediate(resolve)),
  wakeAfter(milliseconds, wake) {
    const timer = setTimeout(wake, milliseconds);
    return () => clearTimeout(timer);
  },
};

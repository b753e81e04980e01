/** A run that may have to wait for room. */
export interface QueuedRun {
  /** There is room. `order` counts the runs of the window, from 1. */
  begin(order: number): void;
}

/** Lets runs begin in the order they came, so many at once. */
export class RunQueue {
  readonly #limit: () => number;
  /** Oldest first. */
  readonly #waiting = new Set<QueuedRun>();
  readonly #running = new Set<QueuedRun>();
  #order = 0;

  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** The run begins now, or when others have left. */
  enter(run: QueuedRun): void {
    this.#waiting.add(run);
    this.#admit();
  }

  /** The run is over, or does not want to wait any longer. */
  leave(run: QueuedRun): void {
    this.#waiting.delete(run);
    this.#running.delete(run);
    this.#admit();
  }

  #admit(): void {
    const limit = this.#limit();
    for (const run of this.#waiting) {
      if (this.#running.size >= limit) {
        return;
      }
      this.#waiting.delete(run);
      this.#running.add(run);
      run.begin(++this.#order);
    }
  }
}

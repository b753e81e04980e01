/** Runs an action at once, then at most every `interval` ms, never losing the last request. */
export class Throttle {
  readonly #action: () => void;
  readonly #interval: number;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(interval: number, action: () => void) {
    this.#interval = interval;
    this.#action = action;
  }

  request(): void {
    if (this.#timer !== null) {
      return;
    }
    const wait = this.#last + this.#interval - performance.now();
    if (wait <= 0) {
      this.#run();
    } else {
      this.#timer = setTimeout(() => this.#run(), wait);
    }
  }

  dispose(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
  }

  #run(): void {
    this.#timer = null;
    this.#last = performance.now();
    this.#action();
  }
}

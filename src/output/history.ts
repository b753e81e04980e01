import { keepNewest } from './limits.ts';

/** Things that came one after the other, the newest `limit` of them, by their number from 0: what came again after going back is known already. */
export class History<T> {
  readonly #limit: number;
  #items: readonly T[] = [];
  /** All there have been. */
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** More of them, of which the first has the number `from`. */
  add(from: number, items: readonly T[]): void {
    const unknown = items.slice(Math.max(0, this.#total - from));
    // Some were passed over: what is kept has to be without gaps.
    if (from > this.#total) this.#items = [];
    this.#items = keepNewest(this.#items, unknown, this.#limit);
    this.#total = Math.max(this.#total, from + items.length);
  }

  /** Those of the first `total` that are still known. */
  before(total: number): readonly T[] {
    const first = this.#total - this.#items.length;
    return this.#items.slice(0, Math.max(0, total - first));
  }
}

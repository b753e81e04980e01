/** Things due at a time: a binary heap, smallest time first, then smallest item. Items are numbers. */
export class TimeQueue {
  readonly #times: number[] = [];
  readonly #items: number[] = [];

  get size(): number {
    return this.#times.length;
  }

  /** The smallest time; Infinity when nothing waits. */
  get next(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(time: number, item: number): void {
    let at = this.#times.length;
    this.#times.push(time);
    this.#items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Removes the first and gives its item. */
  pop(): number {
    const item = this.#items[0] ?? Number.NaN;
    const lastTime = this.#times.pop() ?? Number.NaN;
    const lastItem = this.#items.pop() ?? Number.NaN;
    const size = this.#times.length;
    if (size === 0) return item;
    this.#times[0] = lastTime;
    this.#items[0] = lastItem;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= size) return item;
      const child = left + 1 < size && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, at)) return item;
      this.#swap(at, child);
      at = child;
    }
  }

  #before(a: number, b: number): boolean {
    const [timeA = 0, timeB = 0] = [this.#times[a], this.#times[b]];
    return timeA < timeB || (timeA === timeB && (this.#items[a] ?? 0) < (this.#items[b] ?? 0));
  }

  #swap(a: number, b: number): void {
    const [time = 0, item = 0] = [this.#times[a], this.#items[a]];
    this.#times[a] = this.#times[b] ?? 0;
    this.#items[a] = this.#items[b] ?? 0;
    this.#times[b] = time;
    this.#items[b] = item;
  }
}

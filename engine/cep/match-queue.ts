/**
 * A binary heap in an array, exactly as java.util.PriorityQueue: where two elements compare as equal, their order decides which match Flink emits
 * and which it gives up, and that order is the one of this heap. Going through the array is going through Flink's queue.
 */
export class MatchQueue<E> {
  readonly #compare: (first: E, second: E) => number;
  #heap: E[];

  /** `heap`: what another queue had in `elements`. */
  constructor(compare: (first: E, second: E) => number, heap: readonly E[] = []) {
    this.#compare = compare;
    this.#heap = [...heap];
  }

  get elements(): readonly E[] {
    return this.#heap;
  }

  get first(): E | undefined {
    return this.#heap[0];
  }

  add(element: E): void {
    this.#heap.push(element);
    this.#up(this.#heap.length - 1, element);
  }

  addAll(elements: readonly E[]): void {
    for (const element of elements) this.add(element);
  }

  /** Takes the first away. */
  poll(): E | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#down(0, last);
    return first;
  }

  /** Keeps the rest in the order it had, then makes it a heap again. */
  removeIf(gone: (element: E) => boolean): void {
    const kept = this.#heap.filter((element) => !gone(element));
    if (kept.length === this.#heap.length) return;
    this.#heap = kept;
    for (let i = (kept.length >>> 1) - 1; i >= 0; i--) {
      const element = kept[i];
      if (element !== undefined) this.#down(i, element);
    }
  }

  #up(from: number, element: E): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >>> 1;
      const parent = heap[parentAt];
      if (parent === undefined || this.#compare(element, parent) >= 0) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = element;
  }

  #down(from: number, element: E): void {
    const heap = this.#heap;
    const half = heap.length >>> 1;
    let at = from;
    while (at < half) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      const right = heap[childAt + 1];
      if (child !== undefined && right !== undefined && this.#compare(child, right) > 0) {
        child = right;
        childAt++;
      }
      if (child === undefined || this.#compare(element, child) <= 0) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = element;
  }
}

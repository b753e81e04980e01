/** A record whose results are waited for. */
export interface Call {
  readonly id: number;
  /** `encodeValue` of the record as it came: each attempt gets a value of its own. */
  readonly input: Uint8Array;
  /** ms of event time; NaN when the record has none. */
  readonly timestamp: number;
  /** What the record came out of, as in Ambient. */
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly key: unknown;
  /** From 1. */
  attempt: number;
  /** Processing time (ms) after which the next attempt is made; null when none waits. */
  retryAt: number | null;
  /** Processing time (ms) after which the call has taken too long; Infinity when there is no limit. */
  deadline: number;
  /** It has taken too long, and the function's `timeout` was called. */
  isTimedOut: boolean;
  /** `encodeValue` of the results, once they have come. */
  results: Uint8Array | null;
  /** Place among those that have their results, from 1; 0 before. */
  completed: number;
}

/** What goes through an asynchronous operator, in the order in which it came. */
export type QueueItem =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'watermark'; readonly watermark: number }
  | { readonly kind: 'idle'; readonly idle: boolean };

/**
 * Calls under way and the watermarks between them. Ordered: everything leaves as it came (Flink's OrderedStreamElementQueue). Unordered: between two watermarks
 * calls leave as they are completed, but none leaves before a watermark that came before it, or after one that came later (UnorderedStreamElementQueue).
 */
export class AsyncQueue {
  readonly #ordered: boolean;
  readonly #items: QueueItem[] = [];
  #calls = 0;
  /** Calls that have been completed so far. */
  completions = 0;

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  get items(): readonly QueueItem[] {
    return this.#items;
  }

  /** How many of them are calls. */
  get calls(): number {
    return this.#calls;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  add(item: QueueItem): void {
    this.#items.push(item);
    if (item.kind === 'call') this.#calls++;
  }

  find(id: number): Call | null {
    for (const item of this.#items) if (item.kind === 'call' && item.call.id === id) return item.call;
    return null;
  }

  complete(call: Call, results: Uint8Array): void {
    call.results = results;
    call.completed = ++this.completions;
  }

  /** The next that may leave, which it does; null while nothing may. */
  next(): QueueItem | null {
    const at = this.#nextPlace();
    const item = this.#items[at];
    if (item === undefined) return null;
    this.#items.splice(at, 1);
    if (item.kind === 'call') this.#calls--;
    return item;
  }

  #nextPlace(): number {
    let first = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const [at, item] of this.#items.entries()) {
      if (item.kind !== 'call') return at === 0 ? 0 : first;
      const { completed } = item.call;
      if (completed > 0 && completed < least) {
        first = at;
        least = completed;
      }
      if (this.#ordered) break;
    }
    return first;
  }
}

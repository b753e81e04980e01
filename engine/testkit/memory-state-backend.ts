import type { KeyedStateBackend, StateBackend } from '../api/state-backend.ts';
import { identityOf } from '../state/stored/key-bytes.ts';

/** An ordered store in memory that shares no bytes with those who use it: for tests, and the shortest backend there is. */
class MemoryStore implements KeyedStateBackend {
  readonly #entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  /** Null = to be sorted. Texts of one character per byte have the order of the bytes. */
  #order: string[] | null = null;
  #isDisposed = false;

  #alive(): void {
    if (this.#isDisposed) throw new Error('the store is used after it was disposed of');
  }

  get(key: Uint8Array): Uint8Array | null {
    this.#alive();
    return this.#entries.get(identityOf(key))?.[1].slice() ?? null;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#alive();
    const identity = identityOf(key);
    if (!this.#entries.has(identity)) this.#order = null;
    this.#entries.set(identity, [key.slice(), value.slice()]);
  }

  delete(key: Uint8Array): void {
    this.#alive();
    if (this.#entries.delete(identityOf(key))) this.#order = null;
  }

  scan(from: Uint8Array, to: Uint8Array, limit: number): readonly (readonly [Uint8Array, Uint8Array])[] {
    this.#alive();
    const order = this.#order ?? [...this.#entries.keys()].sort();
    this.#order = order;
    const found: (readonly [Uint8Array, Uint8Array])[] = [];
    const end = identityOf(to);
    for (let at = placeOf(order, identityOf(from)); at < order.length && found.length < limit; at++) {
      const identity = order[at] ?? '';
      if (identity >= end) break;
      const entry = this.#entries.get(identity);
      if (entry !== undefined) found.push([entry[0].slice(), entry[1].slice()]);
    }
    return found;
  }

  dispose(): void {
    this.#alive();
    this.#isDisposed = true;
  }
}

/** How many texts of a sorted list are below `text`. */
function placeOf(order: readonly string[], text: string): number {
  let low = 0;
  for (let high = order.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((order[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const MEMORY_STATE_BACKEND: StateBackend = { name: 'memory', createKeyedStateBackend: () => new MemoryStore() };

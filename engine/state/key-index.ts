import { keyIdentity } from './key-codec.ts';

const MINIMUM_ROWS = 64;
const MAXIMUM_PRESIZED_ROWS = 1 << 20;

/**
 * Gives each key of a table a row number, from 0 in order of first appearance. 32-bit integers take an open-addressed path without
 * objects, other primitives a Map (whose SameValueZero is the identity of keys: NaN is NaN, −0 is 0), composite keys their canonical bytes.
 */
export class KeyIndex {
  /** The key of each row. */
  readonly keys: unknown[] = [];
  #slots: Int32Array;
  #integers: Int32Array;
  #mask: number;
  #primitives: Map<unknown, number> | null = null;
  #composites: Map<string, number> | null = null;

  constructor(expectedRows = 0) {
    let rows = MINIMUM_ROWS;
    const wanted = Math.min(expectedRows, MAXIMUM_PRESIZED_ROWS);
    while (rows < wanted) rows *= 2;
    this.#slots = new Int32Array(rows * 2);
    this.#mask = rows * 2 - 1;
    this.#integers = new Int32Array(rows);
  }

  get size(): number {
    return this.keys.length;
  }

  /** True when every key is a 32-bit integer. */
  get integersOnly(): boolean {
    return this.#primitives === null && this.#composites === null;
  }

  /** The row of `key`, added if it is new. Throws UnusableKeyError. */
  rowOf(key: unknown): number {
    if (typeof key === 'number' && (key | 0) === key) return this.#integerRow(key | 0);
    if (typeof key === 'object' && key !== null) {
      this.#composites ??= new Map();
      return this.#mapRow(this.#composites, keyIdentity(key), key);
    }
    this.#primitives ??= new Map();
    return this.#mapRow(this.#primitives, key, key);
  }

  #mapRow<K>(map: Map<K, number>, identity: K, key: unknown): number {
    const row = map.get(identity);
    if (row !== undefined) return row;
    const added = this.keys.length;
    map.set(identity, added);
    this.keys.push(key);
    return added;
  }

  #integerRow(key: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const integers = this.#integers;
    let slot = scramble(key) & mask;
    for (;;) {
      const row = slots[slot] ?? 0;
      if (row === 0) return this.#addInteger(key, slot);
      if (integers[row - 1] === key) return row - 1;
      slot = (slot + 1) & mask;
    }
  }

  #addInteger(key: number, slot: number): number {
    const row = this.keys.length;
    if (row >= this.#integers.length) {
      this.#grow(row);
      return this.#integerRow(key);
    }
    this.keys.push(key);
    this.#integers[row] = key;
    this.#slots[slot] = row + 1;
    return row;
  }

  #grow(rows: number): void {
    let capacity = this.#integers.length;
    while (capacity <= rows) capacity *= 2;
    const integers = new Int32Array(capacity);
    integers.set(this.#integers);
    const slots = new Int32Array(capacity * 2);
    const mask = capacity * 2 - 1;
    for (const old of this.#slots) {
      if (old === 0) continue;
      let slot = scramble(integers[old - 1] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = old;
    }
    this.#integers = integers;
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** The finaliser of MurmurHash3, which spreads neighbouring integers. */
function scramble(key: number): number {
  let hash = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

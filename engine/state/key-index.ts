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
  /** Pairs of row + 1 (0 = free) and key, side by side: one look at memory per probe. */
  #slots: Int32Array;
  #mask: number;
  #rows: number;
  #primitives: Map<unknown, number> | null = null;
  #composites: Map<string, number> | null = null;
  readonly #added: (key: unknown) => void;

  /** `added` is called for each new row. */
  constructor(expectedRows = 0, added: (key: unknown) => void = () => undefined) {
    this.#added = added;
    let rows = MINIMUM_ROWS;
    const wanted = Math.min(expectedRows, MAXIMUM_PRESIZED_ROWS);
    while (rows < wanted) rows *= 2;
    this.#slots = new Int32Array(rows * 4);
    this.#mask = rows * 4 - 1;
    this.#rows = rows;
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

  /** The row of `key`; undefined when it has none. Throws UnusableKeyError. */
  find(key: unknown): number | undefined {
    if (typeof key === 'object' && key !== null) return this.#composites?.get(keyIdentity(key));
    if (typeof key !== 'number' || (key | 0) !== key) return this.#primitives?.get(key);
    for (let slot = (scramble(key | 0) << 1) & this.#mask; ; slot = (slot + 2) & this.#mask) {
      const row = this.#slots[slot] ?? 0;
      if (row === 0) return undefined;
      if (this.#slots[slot + 1] === (key | 0)) return row - 1;
    }
  }

  #mapRow<K>(map: Map<K, number>, identity: K, key: unknown): number {
    const row = map.get(identity);
    if (row !== undefined) return row;
    const added = this.keys.length;
    map.set(identity, added);
    this.keys.push(key);
    this.#added(key);
    return added;
  }

  #integerRow(key: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = (scramble(key) << 1) & mask;
    for (;;) {
      const row = slots[slot] ?? 0;
      if (row === 0) return this.#addInteger(key, slot);
      if (slots[slot + 1] === key) return row - 1;
      slot = (slot + 2) & mask;
    }
  }

  #addInteger(key: number, slot: number): number {
    const row = this.keys.length;
    if (row >= this.#rows) {
      this.#grow(row);
      return this.#integerRow(key);
    }
    this.keys.push(key);
    this.#slots[slot] = row + 1;
    this.#slots[slot + 1] = key;
    this.#added(key);
    return row;
  }

  /** Rows of other keys count too, so the slots are never more than half full. */
  #grow(rows: number): void {
    while (this.#rows <= rows) this.#rows *= 2;
    const old = this.#slots;
    const slots = new Int32Array(this.#rows * 4);
    const mask = this.#rows * 4 - 1;
    for (let at = 0; at < old.length; at += 2) {
      const row = old[at] ?? 0;
      if (row === 0) continue;
      const key = old[at + 1] ?? 0;
      let slot = (scramble(key) << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = row;
      slots[slot + 1] = key;
    }
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

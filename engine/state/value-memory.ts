import { memoryOf, primitiveMemory } from './memory-of.ts';
import type { StateAccount } from './state-memory.ts';

/** Of a place: nothing to count; text or a bigint, counted; an object, measured; an object that may have changed since. */
const NOTHING = 0;
const COUNTED = 1;
const MEASURED = 2;
const TOUCHED = 3;

/**
 * The memory of values in numbered places. Numbers cost nothing here: until text or an object comes, nothing is kept. An object is measured once between
 * two measurements of the job, however often it was changed.
 */
export class ValueMemory {
  readonly #account: StateAccount;
  readonly #valueOf: (place: number) => unknown;
  #kinds = new Uint8Array(0);
  #bytes = new Float64Array(0);
  #touched: number[] = [];
  #counted = 0;
  #measured = 0;

  constructor(account: StateAccount, valueOf: (place: number) => unknown) {
    this.#account = account;
    this.#valueOf = valueOf;
  }

  /** `value` was put into the place, or is an object there that user code may change. Throws when the limit of the job is exceeded. */
  changed(place: number, value: unknown): void {
    const kind = this.#kinds[place] ?? NOTHING;
    if (typeof value === 'object' && value !== null) {
      if (kind !== TOUCHED) this.#touch(place, kind);
    } else if (kind !== NOTHING || typeof value === 'string' || typeof value === 'bigint') {
      this.#count(place, kind, primitiveMemory(value));
    }
  }

  #touch(place: number, kind: number): void {
    if (kind === COUNTED) this.#count(place, kind, 0);
    this.#reserve(place);
    this.#kinds[place] = TOUCHED;
    if (this.#touched.length === 0) this.#account.due(this);
    this.#touched.push(place);
  }

  #count(place: number, kind: number, bytes: number): void {
    if (kind > COUNTED) this.removed(place);
    this.#reserve(place);
    const grown = bytes - (this.#bytes[place] ?? 0);
    this.#kinds[place] = COUNTED;
    this.#bytes[place] = bytes;
    this.#counted += grown;
    if (grown > 0) this.#account.grow(grown);
    else this.#account.shrink(-grown);
  }

  /** The place is empty. */
  removed(place: number): void {
    const kind = this.#kinds[place] ?? NOTHING;
    if (kind === NOTHING) return;
    const bytes = this.#bytes[place] ?? 0;
    if (kind === COUNTED) {
      this.#counted -= bytes;
      this.#account.shrink(bytes);
    } else {
      this.#measured -= bytes;
      this.#account.remeasured(-bytes);
    }
    this.#kinds[place] = NOTHING;
    this.#bytes[place] = 0;
  }

  measure(): void {
    const touched = this.#touched;
    this.#touched = [];
    let grown = 0;
    for (const place of touched) {
      if (this.#kinds[place] !== TOUCHED) continue;
      const bytes = memoryOf(this.#valueOf(place));
      grown += bytes - (this.#bytes[place] ?? 0);
      this.#bytes[place] = bytes;
      this.#kinds[place] = MEASURED;
    }
    this.#measured += grown;
    this.#account.remeasured(grown);
  }

  /** All places are gone. */
  release(): void {
    this.#account.shrink(this.#counted);
    this.#account.remeasured(-this.#measured);
    this.#counted = 0;
    this.#measured = 0;
    this.#touched = [];
    this.#kinds = new Uint8Array(0);
    this.#bytes = new Float64Array(0);
  }

  /** Bytes of a place, as counted or last measured. */
  of(place: number): number {
    return this.#bytes[place] ?? 0;
  }

  #reserve(place: number): void {
    if (place < this.#kinds.length) return;
    const size = Math.max(64, place + 1, this.#kinds.length * 2);
    const kinds = new Uint8Array(size);
    const bytes = new Float64Array(size);
    kinds.set(this.#kinds);
    bytes.set(this.#bytes);
    this.#kinds = kinds;
    this.#bytes = bytes;
  }
}

import { memoryOf } from './memory-of.ts';
import type { Measured, StateAccount } from './state-memory.ts';

/** Bytes of memory of a list, and of the place of an element in it: those of memory-of.ts. */
const LIST = memoryOf([]);
const ELEMENT = memoryOf([0]) - LIST;

/** Nothing has happened to a list since it was measured; elements were added; any of its elements may have changed. */
const MEASURED = 0;
const GROWN = 1;
const TOUCHED = 2;

/** The memory of lists in numbered places that mostly grow: what was there when a list was last measured is not gone through again. */
export class ListMemory implements Measured {
  readonly #account: StateAccount;
  readonly #listOf: (place: number) => readonly unknown[];
  readonly #kinds: number[] = [];
  readonly #lengths: number[] = [];
  readonly #bytes: number[] = [];
  #due: number[] = [];
  #sum = 0;

  constructor(account: StateAccount, listOf: (place: number) => readonly unknown[]) {
    this.#account = account;
    this.#listOf = listOf;
  }

  /** Elements were added to the end. */
  grown(place: number): void {
    this.#changed(place, GROWN);
  }

  /** User code had the elements, and may have changed them in place. */
  touched(place: number): void {
    this.#changed(place, TOUCHED);
  }

  #changed(place: number, kind: typeof GROWN | typeof TOUCHED): void {
    const before = this.#kinds[place] ?? MEASURED;
    if (before >= kind) return;
    this.#kinds[place] = kind;
    if (before !== MEASURED) return;
    if (this.#due.length === 0) this.#account.due(this);
    this.#due.push(place);
  }

  measure(): void {
    const due = this.#due;
    this.#due = [];
    let grown = 0;
    for (const place of due) {
      const list = this.#listOf(place);
      const known = this.#kinds[place] === GROWN ? (this.#lengths[place] ?? 0) : 0;
      const before = this.#bytes[place] ?? 0;
      let bytes = known === 0 ? LIST : before;
      for (let i = known; i < list.length; i++) bytes += ELEMENT + memoryOf(list[i]);
      this.#kinds[place] = MEASURED;
      this.#lengths[place] = list.length;
      this.#bytes[place] = bytes;
      grown += bytes - before;
    }
    this.#sum += grown;
    this.#account.remeasured(grown);
  }

  /** All places are gone. */
  release(): void {
    this.#account.remeasured(-this.#sum);
    this.#sum = 0;
    this.#due = [];
    this.#kinds.length = 0;
    this.#lengths.length = 0;
    this.#bytes.length = 0;
  }

  /** Bytes of a place as last measured. */
  of(place: number): number {
    return this.#bytes[place] ?? 0;
  }
}

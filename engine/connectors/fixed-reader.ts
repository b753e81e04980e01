import type { SplitDescription } from '../runtime/mail.ts';
import { type Advance, END, NO_TIMESTAMP, RECORD, type SourceReader, type SplitPosition, WAITING } from './source.ts';

/** Splits whose records can be computed from their index. */
export interface FixedRecords<T> {
  size(split: SplitDescription): number;
  at(split: SplitDescription, index: number): T;
}

/** Reads splits one after the other; needs nothing from outside. */
export class FixedReader<T> implements SourceReader<T> {
  readonly currentTimestamp = NO_TIMESTAMP;
  readonly #records: FixedRecords<T>;
  readonly #splits: { readonly split: SplitDescription; readonly size: number; next: number }[] = [];
  #complete = false;
  #currentSplit = 0;
  #current: T | undefined;

  constructor(records: FixedRecords<T>) {
    this.#records = records;
  }

  get current(): T {
    // SAFETY: only read after advance() returned RECORD, which set it.
    return this.#current as T;
  }
  get currentSplit(): number {
    return this.#currentSplit;
  }
  get splitCount(): number {
    return this.#splits.length;
  }

  addSplits(splits: readonly SplitDescription[]): void {
    for (const split of splits) this.#splits.push({ split, size: this.#records.size(split), next: split.offset });
  }
  noMoreSplits(): void {
    this.#complete = true;
  }
  supply(split: string): void {
    throw new Error(`This source takes no bytes, but some of ${split} came.`);
  }

  advance(): Advance {
    for (let at = this.#currentSplit; at < this.#splits.length; at++) {
      const state = this.#splits[at];
      if (!state || state.next >= state.size) continue;
      this.#currentSplit = at;
      this.#current = this.#records.at(state.split, state.next++);
      return RECORD;
    }
    return this.#complete ? END : WAITING;
  }

  isSplitFinished(split: number): boolean {
    const state = this.#splits[split];
    return state !== undefined && state.next >= state.size;
  }
  wanted(): readonly never[] {
    return [];
  }
  positions(): readonly SplitPosition[] {
    return this.#splits.map(({ split, next, size }) => ({ split: split.id, offset: next, finished: next >= size }));
  }
  positionsBeforeCurrent(): readonly SplitPosition[] {
    return this.positions().map((position, at) =>
      at === this.#currentSplit ? { ...position, offset: position.offset - 1, finished: false } : position,
    );
  }
  nextWakeUp(): number {
    return Number.POSITIVE_INFINITY;
  }
}

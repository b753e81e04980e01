import { readField } from '../fields.ts';
import type { Fold } from './folded.ts';

/**
 * How the records of one key and window become what is kept for them, in the form in which checkpoints hold it (that of `Accumulators`), and that a result.
 * Contents may be changed in place; what is given back has to be kept.
 */
export interface ContentsFold {
  first(record: unknown): unknown;
  /** May throw what user code throws. */
  add(contents: unknown, record: unknown): unknown;
  /** Those of two windows as one, the first one's records coming before. May throw what user code throws. */
  merge(a: unknown, b: unknown): unknown;
  /** What the window gives: a result, or all its records. May throw what user code throws. */
  result(contents: unknown, key: unknown): unknown;
  /** What is kept, for those who do not change it: an accumulator, a list of records, or the numbers so far. */
  peek(contents: unknown): unknown;
  /** Records in it. */
  count(contents: unknown): number;
  /** Whether adding has left it as large as it was. */
  keepsSize(contents: unknown): boolean;
  /** The result of no records at all; null where there is none. */
  readonly empty: (() => unknown) | null;
}

interface Counted {
  count: number;
  accumulator: unknown;
}

function counted(contents: unknown): Counted {
  // SAFETY: `first` below makes them, and a checkpoint holds what it made.
  return contents as Counted;
}

/** One accumulator: reduce, AggregateFunction, aggregates of a field. */
export function foldedContents(fold: Fold): ContentsFold {
  return {
    first: (record): Counted => ({ count: 1, accumulator: fold.first(record) }),
    add(contents, record) {
      const kept = counted(contents);
      kept.accumulator = fold.add(kept.accumulator, record);
      kept.count++;
      return kept;
    },
    merge(a, b) {
      const kept = counted(a);
      const other = counted(b);
      kept.accumulator = fold.merge(kept.accumulator, other.accumulator);
      kept.count += other.count;
      return kept;
    },
    result: (contents) => fold.result(counted(contents).accumulator),
    peek: (contents) => counted(contents).accumulator,
    count: (contents) => Number(readField(contents, 'count')),
    keepsSize: (contents) => fold.keepsSize?.(counted(contents).accumulator) === true,
    empty: fold.empty,
  };
}

function listOf(contents: unknown): unknown[] {
  // SAFETY: `first` below makes them, and a checkpoint holds what it made.
  return contents as unknown[];
}

/** All records, in order of arrival. */
export const LISTED_CONTENTS: ContentsFold = {
  first: (record) => [record],
  add(contents, record) {
    listOf(contents).push(record);
    return contents;
  },
  merge(a, b) {
    const list = listOf(a);
    for (const record of listOf(b)) list.push(record);
    return list;
  },
  // A copy: the window function may keep or sort it.
  result: (contents) => listOf(contents).slice(),
  peek: (contents) => contents,
  count: (contents) => listOf(contents).length,
  keepsSize: () => false,
  empty: () => [],
};

import type { OpenWindow } from '../../runtime/job.ts';
import { compareKeys } from '../../state/key-codec.ts';
import { type ValueTable, windowOf } from '../../state/keyed-table.ts';
import { copyValue } from '../../state/value-codec.ts';
import type { ContentsFold } from '../aggregations/contents-fold.ts';

/** Windows looked at for ghosts; beyond it the first ones stand for all. */
export const MAX_GHOSTS = 50_000;

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** A window that has not fired, and what it holds. */
export interface WindowSoFar {
  readonly window: Bounds;
  readonly key: unknown;
  readonly contents: unknown;
}

/**
 * Results so far of `limit` windows, the earliest first, in each those of the keys with the most records (rule 13). `fresh`: the functions of another
 * evaluation, null = counts only. Never throws: a result that cannot be had is left out.
 */
export function ghostsOf(
  open: Iterable<WindowSoFar>,
  fold: ContentsFold,
  limit: number,
  fresh: ContentsFold | null,
): readonly OpenWindow[] {
  if (limit <= 0) return [];
  return Array.from(open, (one) => ({ ...one, count: fold.count(one.contents) }))
    .sort(
      (a, b) =>
        compare(a.window.start, b.window.start) || compare(a.window.end, b.window.end) || b.count - a.count || compareKeys(a.key, b.key),
    )
    .slice(0, limit)
    .map(({ window, key, count, contents }) => ({ window, key, count, value: fresh === null ? undefined : preview(fresh, contents, key) }));
}

/** The same of a table with a namespace for each window. `actual` gives the window that one stands for; null when it has fired. Of state in a store those in memory count. */
export function openWindowsOf<Slot>(
  contents: ValueTable<Slot>,
  fold: ContentsFold,
  limit: number,
  fresh: ContentsFold | null,
  actual: (keyGroup: number, key: unknown, namespace: Bounds) => Bounds | null,
): readonly OpenWindow[] {
  return ghostsOf(windowsIn(contents, actual), fold, limit, fresh);
}

function* windowsIn<Slot>(
  contents: ValueTable<Slot>,
  actual: (keyGroup: number, key: unknown, namespace: Bounds) => Bounds | null,
): Generator<WindowSoFar> {
  for (const { keyGroup, key, namespace, value } of contents.inMemory(MAX_GHOSTS)) {
    const window = actual(keyGroup, key, windowOf(namespace));
    if (window !== null) yield { window, key, contents: value };
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function preview(fresh: ContentsFold, contents: unknown, key: unknown): unknown {
  try {
    return fresh.result(copyValue(contents), key);
  } catch {
    return undefined;
  }
}

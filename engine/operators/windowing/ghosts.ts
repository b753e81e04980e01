import type { OpenWindow } from '../../runtime/job.ts';
import { compareKeys } from '../../state/key-codec.ts';
import { type ValueTable, windowOf } from '../../state/keyed-table.ts';
import { copyValue } from '../../state/value-codec.ts';
import type { ContentsFold } from '../aggregations/contents-fold.ts';

/** Windows looked at for ghosts; beyond it the first ones stand for all. */
const MAX_GHOSTS = 50_000;

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/**
 * Results so far of `limit` windows, the earliest first, in each those of the keys with the most records (rule 13). `fresh`: the functions of another
 * evaluation, null = counts only. `actual` gives the window that a namespace stands for; null when it has fired. Of state in a store those in memory count.
 * Never throws: a result that cannot be had is left out.
 */
export function openWindowsOf<Slot>(
  contents: ValueTable<Slot>,
  fold: ContentsFold,
  limit: number,
  fresh: ContentsFold | null,
  actual: (keyGroup: number, key: unknown, namespace: Bounds) => Bounds | null,
): readonly OpenWindow[] {
  if (limit <= 0) return [];
  const found: { readonly window: Bounds; readonly key: unknown; readonly count: number; readonly value: unknown }[] = [];
  for (const { keyGroup, key, namespace, value } of contents.inMemory(MAX_GHOSTS)) {
    const window = actual(keyGroup, key, windowOf(namespace));
    if (window !== null) found.push({ window, key, count: fold.count(value), value });
  }
  return found
    .sort(
      (a, b) =>
        compare(a.window.start, b.window.start) || compare(a.window.end, b.window.end) || b.count - a.count || compareKeys(a.key, b.key),
    )
    .slice(0, limit)
    .map(({ window, key, count, value }) => ({ window, key, count, value: fresh === null ? undefined : preview(fresh, value, key) }));
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

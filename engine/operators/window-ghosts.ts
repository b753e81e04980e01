import type { OpenWindow } from '../runtime/job.ts';
import type { KeyIndex } from '../state/key-index.ts';
import type { Accumulators } from './accumulators.ts';

/** Rows looked at for ghosts in one window; beyond it the first ones stand for all. */
const MAX_GHOST_ROWS = 50_000;

/**
 * Results so far of the `limit` keys of a window with the most records (rule 13); `fresh`: accumulators of another evaluation, null = counts only. Never
 * throws: a result that cannot be had is left out.
 */
export function windowGhosts(
  window: { readonly start: number; readonly end: number },
  index: KeyIndex,
  accumulators: Accumulators,
  limit: number,
  fresh: Accumulators | null,
): readonly OpenWindow[] {
  const { start, end } = window;
  return mostRecords(index, accumulators, limit).map((row) => ({
    window: { start, end },
    key: index.keys[row],
    value: fresh ? preview(accumulators, row, index.keys[row], fresh) : undefined,
    count: accumulators.count(row),
  }));
}

/** The `limit` rows with the most records, most first, then in order of row; few of many, so without sorting all of them. */
function mostRecords(index: KeyIndex, accumulators: Accumulators, limit: number): readonly number[] {
  const rows: number[] = [];
  const counts: number[] = [];
  const looked = Math.min(index.size, MAX_GHOST_ROWS);
  for (let row = 0; row < looked; row++) {
    const count = accumulators.count(row) ?? 0;
    if (rows.length >= limit && count <= (counts[limit - 1] ?? Number.POSITIVE_INFINITY)) continue;
    let low = 0;
    for (let high = counts.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((counts[middle] ?? 0) >= count) low = middle + 1;
      else high = middle;
    }
    rows.splice(low, 0, row);
    counts.splice(low, 0, count);
    if (rows.length > limit) {
      rows.pop();
      counts.pop();
    }
  }
  return rows;
}

function preview(accumulators: Accumulators, row: number, key: unknown, fresh: Accumulators): unknown {
  try {
    return accumulators.preview(row, key, fresh);
  } catch {
    return undefined;
  }
}

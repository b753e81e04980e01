/** Small distributions for the header of the Table. Pure. */
import { countText, fullNumber, shortNumber } from '../output/text.ts';
import { STRINGS } from './strings.ts';
import type { DisplayRow, TableColumn } from './table-model.ts';

/** Bars, each 0 … 1, and a line of words; no bars where there is nothing to compare. */
export interface ColumnStats {
  readonly bars: readonly number[];
  readonly text: string;
}

const BINS = 16;

/** The distribution of a column over these rows . Open windows are only counted, under "fired at". */
export function columnStats(column: TableColumn, rows: readonly DisplayRow[]): ColumnStats {
  if (column.id === STRINGS.table.number()) {
    return { bars: [], text: '' };
  }
  if (column.id === STRINGS.table.firedAt()) {
    const open = rows.filter((row) => row.ghost).length;
    return { bars: [], text: open === 0 ? '' : STRINGS.table.openRows(fullNumber(open)) };
  }
  const keys = rows.filter((row) => !row.ghost).map((row) => ({ key: column.sortKey(row), row }));
  const present = keys.filter(({ key }) => key !== null);
  if (present.length === 0) {
    return { bars: [], text: '' };
  }
  if (column.numeric) {
    const numbers = present.flatMap(({ key }) => (typeof key === 'number' && Number.isFinite(key) ? [key] : []));
    return numbers.length === 0 ? { bars: [], text: '' } : histogram(numbers);
  }
  const counts = new Map<number | string | null, number>();
  for (const { key } of present) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  if (column.id === STRINGS.table.window()) {
    const inOrder = Array.from(counts).sort(([a], [b]) => Number(a) - Number(b));
    return { bars: scaled(inOrder.slice(-BINS).map(([, count]) => count)), text: countText(counts.size, 'window') };
  }
  const largest = Array.from(counts.values()).sort((a, b) => b - a);
  return { bars: counts.size > 1 ? scaled(largest.slice(0, BINS)) : [], text: STRINGS.table.distinct(fullNumber(counts.size)) };
}

function histogram(numbers: readonly number[]): ColumnStats {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const number of numbers) {
    min = Math.min(min, number);
    max = Math.max(max, number);
    sum += number;
  }
  const text = STRINGS.table.spread(shortNumber(min), shortNumber(max), shortNumber(sum / numbers.length));
  if (min === max) {
    return { bars: [], text };
  }
  const bins = Array.from({ length: BINS }, () => 0);
  for (const number of numbers) {
    const bin = Math.min(BINS - 1, Math.floor(((number - min) / (max - min)) * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { bars: scaled(bins), text };
}

/** A bar that is not empty stays visible. */
function scaled(counts: readonly number[]): number[] {
  const most = Math.max(1, ...counts);
  return counts.map((count) => (count === 0 ? 0 : Math.max(0.06, count / most)));
}

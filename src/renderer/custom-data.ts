/** The data that a specification of the user's can draw, by the names of its data sets. */
import { fieldNames, fieldOf } from '../output/columns.ts';
import { decodeJson, encodeJson } from '../output/encoding.ts';
import { plotOf } from '../output/plot.ts';
import { OTHERS_SLOT } from '../output/slots.ts';
import { fullNumber, keyText, shortNumber } from '../output/text.ts';
import type { GhostRow, OutputState, TableRow } from '../output/types.ts';
import type { ChartLayout } from './chart-layout.ts';
import { CATEGORY_ROWS } from './chart-spec.ts';
import { clockRows, markRows } from './time-picture.ts';

/** Names of the data sets, as docs/charts.md has them. */
export const DATASETS = ['results', 'marks', 'late', 'clock', 'current'] as const;

export type Datasets = Readonly<Record<(typeof DATASETS)[number], readonly object[]>>;

/** All data sets of a state; `layout` is that of a chart over time, null for other kinds. */
export function customData(state: OutputState, layout: ChartLayout | null): Datasets {
  const { chart } = state;
  const keys = new Map(chart.series.map(({ slot, label }) => [slot, label]));
  const marks =
    layout === null
      ? chart.kind === 'category-bars'
        ? chart.categories.slice(0, CATEGORY_ROWS).map(({ label, value }) => ({ key: label, value, text: shortNumber(value) }))
        : chart.marks
      : markRows(layout).map((mark) => ({ ...mark, key: keys.get(mark.slot) ?? '', ...categoryOf(chart, mark) }));
  return {
    results: resultRows(state),
    marks,
    late: layout?.late ?? [],
    clock: layout === null ? [] : clockRows(layout),
    current:
      chart.kind === 'single-number'
        ? chart.categories.map(({ label, value }) => ({ label, value, text: fullNumber(Number(value.toPrecision(12))) }))
        : [],
  };
}

/** On an axis of categories marks have the name of theirs. */
function categoryOf(chart: OutputState['chart'], { start, end }: { readonly start: number; readonly end: number }): object {
  return plotOf(chart)?.axis === 'category' ? { category: chart.categories[Math.round((start + end) / 2)]?.label ?? '' } : {};
}

/** The rows that are kept, newest last, then the open windows: the fields of each result, and what is known about it. */
function resultRows(state: OutputState): readonly object[] {
  const slots = new Map(state.chart.series.map(({ slot, label }) => [label, slot]));
  const rowOf = (row: TableRow | GhostRow, open: boolean): object => {
    const value = row.value === undefined ? {} : decodeJson(row.value);
    const own = fieldNames(value).map((name): [string, unknown] => [name, plain(fieldOf(value, name))]);
    const key = row.key === undefined ? null : keyText(row.key);
    const about: [string, unknown][] = [
      ['window_start', row.window?.start ?? null],
      ['window_end', row.window?.end ?? null],
      ['event_time', 'timestamp' in row ? row.timestamp : null],
      ['key', key],
      ['slot', key === null ? null : (slots.get(key) ?? OTHERS_SLOT)],
      ['open', open],
    ];
    const taken = new Set(own.map(([name]) => name));
    return Object.fromEntries([...own, ...about.filter(([name]) => !taken.has(name))]);
  };
  return [...state.rows.map((row) => rowOf(row, false)), ...state.ghosts.map((ghost) => rowOf(ghost, true))];
}

/** What Vega can work with: numbers for big integers and points in time, text for what is neither data nor a list. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return Number(value);
  }
  if (value instanceof Date) {
    return value.getTime();
  }
  const isOpaque = value instanceof Map || value instanceof Set || value instanceof Uint8Array;
  return isOpaque ? keyText(encodeJson(value)) : value;
}

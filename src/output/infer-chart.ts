import * as l10n from '@vscode/l10n';
import { type ChartRow, type FieldSource, labelOf, NOTHING } from './chart-fields.ts';
import { fieldNames, fieldOf, looksLikeTime, numberOf } from './columns.ts';
import type { ChartKind, Plot } from './types.ts';

/** How results of one shape are drawn. */
export interface ChartShape {
  readonly kind: ChartKind;
  readonly plot: Plot | null;
  /** How results are gathered: per window, per step of time, one per place of the x axis, one per label, only the newest. */
  readonly fold: 'windows' | 'times' | 'places' | 'labels' | 'newest' | 'nothing';
  /** Names for the pickers. */
  readonly x: string | null;
  readonly y: string | null;
  readonly colour: string | null;
  /** One sentence when `kind` is 'none'; null before there are results. */
  readonly reason: string | null;
  /** Where results stand on the x axis. Of 'windows' with nothing here: where the window is. Of 'places' with nothing here: one beside the other. */
  readonly position: FieldSource;
  /** The number that is drawn. */
  readonly number: FieldSource;
  /** Where the series come from; of 'labels' the bars. */
  readonly series: FieldSource;
  /** Several results may belong to one place of one series: their numbers are added up by key. */
  readonly sums: boolean;
  /** Windows become lines where they overlap. Bars that were asked for stay bars. */
  readonly joinsOverlap: boolean;
}

/** Share of the rows that must agree before a field counts as numeric, or results as windowed. */
const MOST = 0.8;

/** Different texts in a field beyond which it does not name series. */
const MAX_SERIES = 50;

const GOOD_NAME = /^(count|counts|n|sum|total|value|amount|score|avg|average|mean|max|min)$/i;
const POOR_NAME = /(^|_)(id|index|offset|year|lat|lon|lng|latitude|longitude|line|partition)$|Id$/;

/**
 * The chart that fits the results: windowed numbers become bars over window time, rolling values per
 * key become one bar per key, numbers with timestamps become lines, a plain number is shown as itself.
 */
export function inferChart(sample: readonly ChartRow[]): ChartShape {
  if (sample.length === 0) {
    return noChart(null);
  }
  const field = numericField(sample);
  return field === null
    ? noChart(l10n.t('The results have no number to draw. The table shows them.'))
    : chartOfNumber(sample, { from: 'field', name: field }, field);
}

/** The chart that fits a number of the results, called `label`. */
export function chartOfNumber(sample: readonly ChartRow[], number: FieldSource, label: string): ChartShape {
  const windowed = isWindowed(sample);
  const series = seriesOf(sample, label);
  const named = {
    plot: null,
    y: label,
    colour: series.label,
    reason: null,
    position: NOTHING,
    number,
    series: series.source,
    sums: false,
    joinsOverlap: true,
  } as const;
  if (windowed) {
    return { ...named, kind: 'window-bars', fold: 'windows', x: l10n.t('event time') };
  }
  const bars = { ...named, kind: 'category-bars', fold: 'labels', x: label, y: series.label } as const;
  if (series.source.from === '$key') {
    return bars;
  }
  if (isTimed(sample)) {
    return { ...named, kind: 'lines', fold: 'times', x: l10n.t('event time'), position: { from: '$timestamp' } };
  }
  return series.source.from === 'field' ? bars : { ...named, kind: 'single-number', fold: 'newest', x: null };
}

/** No chart, and why. */
export function noChart(reason: string | null): ChartShape {
  return {
    kind: 'none',
    plot: null,
    fold: 'nothing',
    x: null,
    y: null,
    colour: null,
    reason,
    position: NOTHING,
    number: NOTHING,
    series: NOTHING,
    sums: false,
    joinsOverlap: true,
  };
}

/** The field that is drawn unless another is chosen: a number that is no time, key or place. Those in `but` are left out. */
export function numericField(sample: readonly ChartRow[], but: readonly string[] = []): string | null {
  const names = allFields(sample).filter(
    (name) => !but.includes(name) && most(sample, (row) => numberOf(fieldOf(row.value, name)) !== null),
  );
  const candidates = names.filter((name) => !sample.every((row) => isTimeOf(row, name) || isKeyPart(row, fieldOf(row.value, name))));
  return candidates.find((name) => GOOD_NAME.test(name)) ?? candidates.find((name) => !POOR_NAME.test(name)) ?? candidates[0] ?? null;
}

/** Whether the results came out of windows. */
export function isWindowed(sample: readonly ChartRow[]): boolean {
  return most(sample, (row) => row.window !== null);
}

/** Whether the results stand at different points in time. */
export function isTimed(sample: readonly ChartRow[]): boolean {
  return most(sample, (row) => row.timestamp !== null) && (sample.length === 1 || distinct(sample, (row) => row.timestamp) > 1);
}

/** The name of the keys: that of the field that always holds the same, if there is one. */
export function keyLabel(sample: readonly ChartRow[], but: string | null = null): string {
  const same = allFields(sample).find((name) => name !== but && sample.every((row) => row.key === fieldOf(row.value, name)));
  return same ?? l10n.t('key');
}

/** What tells the series apart when the field `drawn` is drawn. */
export function seriesOf(sample: readonly ChartRow[], drawn: string): { readonly source: FieldSource; readonly label: string | null } {
  const names = allFields(sample).filter((name) => name !== drawn);
  const texts = names.filter((name) => most(sample, (row) => isText(fieldOf(row.value, name))));
  const keyed = sample.every((row) => row.key !== undefined && row.key !== null);
  const textField = texts.find((name) => distinct(sample, (row) => fieldOf(row.value, name)) > 1) ?? (keyed ? undefined : texts[0]);
  if (keyed && (distinct(sample, (row) => labelOf(row.key)) > 1 || textField === undefined)) {
    return { source: { from: '$key' }, label: keyLabel(sample, drawn) };
  }
  if (textField === undefined || (!isWindowed(sample) && distinct(sample, (row) => fieldOf(row.value, textField)) > MAX_SERIES)) {
    return { source: NOTHING, label: null };
  }
  return { source: { from: 'field', name: textField }, label: textField };
}

/** All fields that the results have. */
export function allFields(sample: readonly ChartRow[]): string[] {
  return Array.from(new Set(sample.flatMap((row) => fieldNames(row.value))));
}

/** Whether this holds for so many rows that it may be said of all. */
export function most(sample: readonly ChartRow[], holds: (row: ChartRow) => boolean): boolean {
  return sample.filter(holds).length >= sample.length * MOST;
}

/** Whether a field of a row is a point in time: by its name and range, or because it is the row's own. */
export function isTimeOf(row: ChartRow, name: string): boolean {
  const value = fieldOf(row.value, name);
  const { window, timestamp } = row;
  if (looksLikeTime(name, value) || (timestamp !== null && value === timestamp)) {
    return true;
  }
  return window !== null && (value === window.start || value === window.end || value === window.end - 1);
}

function isKeyPart(row: ChartRow, value: unknown): boolean {
  return row.key !== undefined && (Array.isArray(row.key) ? row.key.includes(value) : row.key === value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function distinct(sample: readonly ChartRow[], read: (row: ChartRow) => unknown): number {
  return new Set(sample.map(read)).size;
}

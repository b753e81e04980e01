import * as l10n from '@vscode/l10n';
import { fieldNames, fieldOf, looksLikeTime, numberOf } from './columns.ts';
import { encodeJson } from './encoding.ts';
import { keyText } from './text.ts';
import type { ChartKind, WindowRange } from './types.ts';

/** What of a result matters for its chart; `value` and `key` are decoded. */
export interface ChartRow {
  readonly value: unknown;
  readonly key: unknown;
  readonly window: WindowRange | null;
  readonly timestamp: number | null;
}

/** How results of one shape are drawn. */
export interface ChartShape {
  readonly kind: ChartKind;
  /** Names for the pickers. */
  readonly x: string | null;
  readonly y: string | null;
  readonly colour: string | null;
  /** One sentence when `kind` is 'none'; null before there are results. */
  readonly reason: string | null;
  /** Where the series come from: the row's key, a field of the value, or nowhere (one series). */
  readonly series: { readonly from: 'key' } | { readonly from: 'field'; readonly name: string } | { readonly from: 'nothing' };
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
    return none(null);
  }
  const field = numericField(sample);
  if (field === null) {
    return none(l10n.t('The results have no number to draw. The table shows them.'));
  }
  const windowed = most(sample, (row) => row.window !== null);
  const series = seriesSource(sample, field, windowed);
  const named = { y: field, colour: series.label, reason: null, series: series.source };
  if (windowed) {
    return { kind: 'window-bars', x: l10n.t('event time'), ...named };
  }
  if (series.source.from === 'key') {
    return { kind: 'category-bars', x: field, ...named, y: series.label };
  }
  if (most(sample, (row) => row.timestamp !== null) && (sample.length === 1 || distinct(sample, (row) => row.timestamp) > 1)) {
    return { kind: 'lines', x: l10n.t('event time'), ...named };
  }
  if (series.source.from === 'field') {
    return { kind: 'category-bars', x: field, ...named, y: series.label };
  }
  return { kind: 'single-number', x: null, ...named };
}

/** The text of a row's series; '' when there is only one. */
export function seriesOf(shape: ChartShape, row: ChartRow): string {
  switch (shape.series.from) {
    case 'key':
      return labelOf(row.key);
    case 'field':
      return labelOf(fieldOf(row.value, shape.series.name));
    case 'nothing':
      return '';
  }
}

/** The number of a row that the chart draws; null when this row has none. */
export function chartNumber(shape: ChartShape, row: ChartRow): number | null {
  const field = shape.kind === 'category-bars' ? shape.x : shape.y;
  return field === null ? null : numberOf(fieldOf(row.value, field));
}

function none(reason: string | null): ChartShape {
  return { kind: 'none', x: null, y: null, colour: null, reason, series: { from: 'nothing' } };
}

function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : keyText(encodeJson(value));
}

function numericField(sample: readonly ChartRow[]): string | null {
  const names = allFields(sample).filter((name) => most(sample, (row) => numberOf(fieldOf(row.value, name)) !== null));
  const candidates = names.filter((name) => !sample.every((row) => isTimeOf(row, name) || isKeyPart(row, fieldOf(row.value, name))));
  return candidates.find((name) => GOOD_NAME.test(name)) ?? candidates.find((name) => !POOR_NAME.test(name)) ?? candidates[0] ?? null;
}

function isTimeOf(row: ChartRow, name: string): boolean {
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

function seriesSource(
  sample: readonly ChartRow[],
  drawn: string,
  windowed: boolean,
): { readonly source: ChartShape['series']; readonly label: string | null } {
  const names = allFields(sample).filter((name) => name !== drawn);
  const texts = names.filter((name) => most(sample, (row) => isText(fieldOf(row.value, name))));
  const keyed = sample.every((row) => row.key !== undefined && row.key !== null);
  const textField = texts.find((name) => distinct(sample, (row) => fieldOf(row.value, name)) > 1) ?? (keyed ? undefined : texts[0]);
  if (keyed && (distinct(sample, (row) => labelOf(row.key)) > 1 || textField === undefined)) {
    const same = names.find((name) => sample.every((row) => row.key === fieldOf(row.value, name)));
    return { source: { from: 'key' }, label: same ?? l10n.t('key') };
  }
  if (textField === undefined || (!windowed && distinct(sample, (row) => fieldOf(row.value, textField)) > MAX_SERIES)) {
    return { source: { from: 'nothing' }, label: null };
  }
  return { source: { from: 'field', name: textField }, label: textField };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean';
}

function allFields(sample: readonly ChartRow[]): string[] {
  return Array.from(new Set(sample.flatMap((row) => fieldNames(row.value))));
}

function most(sample: readonly ChartRow[], holds: (row: ChartRow) => boolean): boolean {
  return sample.filter(holds).length >= sample.length * MOST;
}

function distinct(sample: readonly ChartRow[], read: (row: ChartRow) => unknown): number {
  return new Set(sample.map(read)).size;
}

import { fieldOf, numberOf } from './columns.ts';
import { encodeJson } from './encoding.ts';
import { keyText, timeText } from './text.ts';
import type { WindowRange } from './types.ts';

/** What of a result matters for its chart; `value` and `key` are decoded. */
export interface ChartRow {
  readonly value: unknown;
  readonly key: unknown;
  readonly window: WindowRange | null;
  readonly timestamp: number | null;
}

/** Where an axis or the colour of a chart comes from. */
export type FieldSource =
  | { readonly from: 'field'; readonly name: string }
  | { readonly from: '$key' | '$timestamp' | '$window.start' | '$window.end' }
  /** The same for all results. */
  | { readonly from: 'nothing' };

export const NOTHING: FieldSource = { from: 'nothing' };

/** The source that a name in the options of a display stands for: what comes with a record, else a field of it. */
export function sourceOf(name: string): FieldSource {
  switch (name) {
    case '$key':
    case '$timestamp':
    case '$window.start':
    case '$window.end':
      return { from: name };
    default:
      return { from: 'field', name };
  }
}

/** What a row has there; undefined when it has nothing. */
export function valueAt(source: FieldSource, row: ChartRow): unknown {
  switch (source.from) {
    case 'field':
      return fieldOf(row.value, source.name);
    case '$key':
      return row.key;
    case '$timestamp':
      return row.timestamp ?? undefined;
    case '$window.start':
      return row.window?.start;
    case '$window.end':
      return row.window?.end;
    case 'nothing':
      return undefined;
  }
}

/** Whether a row has anything there. */
export function isAt(source: FieldSource, row: ChartRow): boolean {
  const value = valueAt(source, row);
  return value !== undefined && value !== null;
}

/** A finite number, or a point in time in ms; null when a row has neither. */
export function numberAt(source: FieldSource, row: ChartRow): number | null {
  const value = valueAt(source, row);
  return numberOf(value instanceof Date ? value.getTime() : value);
}

/** What a row has there in words: '' when it has nothing. */
export function labelAt(source: FieldSource, row: ChartRow): string {
  const value = valueAt(source, row);
  if (source.from === '$timestamp' || source.from === '$window.start' || source.from === '$window.end') {
    return typeof value === 'number' ? timeText(value, true) : '';
  }
  return source.from === 'nothing' ? '' : labelOf(value);
}

/** A value as the name of a series. */
export function labelOf(value: unknown): string {
  return typeof value === 'string' ? value : keyText(encodeJson(value));
}

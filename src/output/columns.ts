import { decodeJson, isJsonArray, tagOf } from './encoding.ts';
import type { Column, ColumnKind, JsonValue } from './types.ts';

/** Fields beyond this are not shown as columns. */
export const MAX_COLUMNS = 64;

/** The column of values that are not objects. */
export const VALUE_COLUMN = 'value';

const TIME_NAME = /(^|_)(time|timestamp|ts|date|start|end|window)$|(Time|Timestamp|Start|End|Date|At)$/;

/** Times between 1973 and 2286, in ms. */
const TIME_RANGE = [1e11, 1e13] as const;

/** Names of the fields of a decoded value: f0, f1 … of a tuple, "value" for a value that has no fields. */
export function fieldNames(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object' || isOpaque(value)) {
    return [VALUE_COLUMN];
  }
  if (Array.isArray(value)) {
    return value.slice(0, MAX_COLUMNS).map((_, index) => `f${index}`);
  }
  return Object.keys(value);
}

/** A field of a decoded value by the name that {@link fieldNames} gives it; undefined when there is none. */
export function fieldOf(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object' || isOpaque(value)) {
    return name === VALUE_COLUMN ? value : undefined;
  }
  if (Array.isArray(value)) {
    const index = /^f(\d+)$/.exec(name)?.[1];
    return index === undefined ? undefined : value[Number(index)];
  }
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

/** A field of an encoded value, still encoded; undefined when there is none. */
export function jsonFieldOf(value: JsonValue, name: string): JsonValue | undefined {
  const tag = tagOf(value);
  if (tag?.name === '$object') {
    return jsonOwn(tag.payload, name);
  }
  if (tag?.name === '$cut' && isJsonArray(tag.payload) && typeof tag.payload[0] === 'object') {
    return jsonFieldOf(tag.payload[0], name);
  }
  if (tag !== null || value === null || typeof value !== 'object') {
    return name === VALUE_COLUMN ? value : undefined;
  }
  return jsonOwn(value, name);
}

/**
 * Columns after one more value: names in order of first appearance, kinds widened to 'mixed' where values differ. `timestamp` is the
 * record's event time (ms): a field with a time's name that holds it is a point in time, whatever its year.
 */
export function widenColumns(columns: readonly Column[], value: JsonValue, timestamp: number | null = null): readonly Column[] {
  const decoded = decodeJson(value);
  let current = columns;
  for (const name of fieldNames(decoded)) {
    const at = current.findIndex((column) => column.name === name);
    const known = current[at];
    const field = fieldOf(decoded, name);
    const kind = field === timestamp && timestamp !== null && TIME_NAME.test(name) ? 'timestamp' : kindOf(name, field);
    if (known === undefined) {
      if (current.length < MAX_COLUMNS) {
        current = [...current, { name, kind: kind ?? 'mixed' }];
      }
    } else if (kind !== null && kind !== known.kind) {
      current = current.map((column, index) => (index === at ? { name, kind: widened(known.kind, kind) } : column));
    }
  }
  return current;
}

/** Number for finite numbers and bigints, else null. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : null;
  }
  return typeof value === 'bigint' ? Number(value) : null;
}

/** Whether a field's name and value say that it is a point in time in ms. */
export function looksLikeTime(name: string, value: unknown): boolean {
  return typeof value === 'number' && TIME_NAME.test(name) && value >= TIME_RANGE[0] && value < TIME_RANGE[1];
}

function kindOf(name: string, value: unknown): ColumnKind | null {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'bigint':
      return 'number';
    case 'number':
      return looksLikeTime(name, value) ? 'timestamp' : 'number';
    case 'object':
      return value === null ? null : value instanceof Date ? 'timestamp' : 'json';
    default:
      return null;
  }
}

function widened(known: ColumnKind, seen: ColumnKind): ColumnKind {
  const both = new Set([known, seen]);
  return both.has('timestamp') && both.has('number') ? 'number' : 'mixed';
}

/** Values that are one thing to the user although they are objects. */
function isOpaque(value: object): boolean {
  return value instanceof Date || value instanceof Uint8Array || value instanceof Map || value instanceof Set;
}

function jsonOwn(value: JsonValue, name: string): JsonValue | undefined {
  if (value === null || typeof value !== 'object') {
    return undefined;
  }
  if (isJsonArray(value)) {
    const index = /^f(\d+)$/.exec(name)?.[1];
    return index === undefined ? undefined : value[Number(index)];
  }
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

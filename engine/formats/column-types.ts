import { parseTimestamp } from './timestamp-text.ts';
import { unshare } from './unshare.ts';

/** number (int or double), bigint (exact), timestamp (epoch ms, from ms or ISO-8601 / SQL text), json (any). */
export type ColumnType = 'string' | 'number' | 'bigint' | 'boolean' | 'timestamp' | 'json';

/** What the values of a column type are in TypeScript. */
export interface ColumnTypes {
  string: string;
  number: number;
  bigint: bigint;
  boolean: boolean;
  timestamp: number;
  json: unknown;
}

/** The text cannot be read as the column's type. */
export const INVALID: unique symbol = Symbol('invalid');

/** Reads text[from, to). Gives INVALID when that is not of the type. */
export type ConvertField = (text: string, from: number, to: number) => unknown;

/** Digits and powers of ten up to which a quotient of two exact doubles is the correctly rounded result (Clinger's fast path). */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN: readonly number[] = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A plain decimal such as -12.5 with up to 15 digits, read without making a string; NaN when it is anything else. */
function parseShortDecimal(text: string, from: number, to: number): number {
  const negative = text.charCodeAt(from) === 45;
  let at = negative ? from + 1 : from;
  if (to - at > EXACT_DIGITS + 1 || at >= to) return Number.NaN;
  let digits = 0;
  let mantissa = 0;
  let point = -1;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      mantissa = mantissa * 10 + (code - 48);
      digits++;
    } else if (code === 46 && point < 0) {
      point = at;
    } else {
      return Number.NaN;
    }
  }
  if (digits === 0 || digits > EXACT_DIGITS) return Number.NaN;
  const value = point < 0 ? mantissa : mantissa / (POWERS_OF_TEN[to - point - 1] ?? Number.NaN);
  return negative ? -value : value;
}

function convertNumber(text: string, from: number, to: number): unknown {
  const short = parseShortDecimal(text, from, to);
  if (!Number.isNaN(short)) return short;
  const field = text.slice(from, to).trim();
  return NUMBER.test(field) ? Number(field) : (NOT_FINITE.get(field) ?? INVALID);
}

function convertBigint(text: string, from: number, to: number): unknown {
  const field = text.slice(from, to).trim();
  return INTEGER.test(field) ? BigInt(field.startsWith('+') ? field.slice(1) : field) : INVALID;
}

function convertBoolean(text: string, from: number, to: number): unknown {
  const field = text.slice(from, to).trim().toLowerCase();
  return field === 'true' ? true : field === 'false' ? false : INVALID;
}

function convertTimestamp(text: string, from: number, to: number): unknown {
  const short = parseShortDecimal(text, from, to);
  if (Number.isInteger(short)) return short;
  return parseTimestamp(text.slice(from, to).trim()) ?? INVALID;
}

function convertJson(text: string, from: number, to: number): unknown {
  try {
    const value: unknown = JSON.parse(text.slice(from, to));
    return value;
  } catch {
    return INVALID;
  }
}

function convertString(text: string, from: number, to: number): unknown {
  return unshare(text.slice(from, to));
}

/** How the fields of each type are read, and what a field of it is called in messages. */
export const COLUMN_TYPES: Readonly<Record<ColumnType, { readonly convert: ConvertField; readonly article: string }>> = {
  string: { convert: convertString, article: 'text' },
  number: { convert: convertNumber, article: 'a number' },
  bigint: { convert: convertBigint, article: 'an integer' },
  boolean: { convert: convertBoolean, article: 'true or false' },
  timestamp: { convert: convertTimestamp, article: 'a timestamp (milliseconds, or text such as 2024-05-01T12:00:00Z)' },
  json: { convert: convertJson, article: 'a JSON value' },
};

/** A field of a column without a type: a JSON number, true or false becomes that, anything else stays text. */
export const convertUntyped: ConvertField = (text, from, to) => {
  const field = text.slice(from, to);
  if (field === 'true') return true;
  if (field === 'false') return false;
  return JSON_NUMBER.test(field) ? Number(field) : convertString(text, from, to);
};

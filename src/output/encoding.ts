/**
 * The JSON encoding of values: what crosses threads, what outputs keep and what `--format jsonl` prints.
 *
 * JSON's own values stand for themselves. Everything else is an object with exactly one field whose name starts with `$`:
 *
 * | value                         | encoding                                                        |
 * | ----------------------------- | --------------------------------------------------------------- |
 * | `12n`                         | `{"$bigint": "12"}`                                             |
 * | `NaN`, `Infinity`, `-Infinity`, `-0` | `{"$number": "NaN"}` …                                   |
 * | `Date`                        | `{"$date": "2026-03-14T12:00:00.000Z"}`, `null` when invalid    |
 * | `Uint8Array`, `ArrayBuffer`   | `{"$bytes": "base64"}`                                          |
 * | `Map`                         | `{"$map": [[key, value], …]}`                                   |
 * | `Set`                         | `{"$set": [value, …]}`                                          |
 * | `undefined`                   | `{"$undefined": true}`                                          |
 * | function, symbol, RegExp      | `{"$text": "count(word) { … }"}`: shown, not run                |
 * | data that looks like a tag    | `{"$object": { … }}`                                            |
 * | a reference to an ancestor    | `{"$cycle": 2}`: levels up                                      |
 * | cut by a limit                | `{"$cut": [the part that is kept, how much is left out]}`       |
 *
 * Class instances are encoded by their own enumerable fields, errors by name, message and own fields.
 * A field called `__proto__` is a field like any other.
 */
import * as l10n from '@vscode/l10n';
import { base64 } from '../../engine/formats/base64.ts';
import { bytesFromBase64 } from './base64.ts';
import type { JsonValue } from './types.ts';

/** Where encoding stops. What is left out is counted in a `$cut`. */
export interface EncodingLimits {
  /** Levels of nesting. */
  readonly depth: number;
  /** Fields of an object, elements of an array, Map or Set. */
  readonly entries: number;
  /** UTF-16 units of a string; bytes of a byte array. */
  readonly text: number;
  /** UTF-16 units of all strings and field names, and bytes, together. */
  readonly totalText: number;
  /** Values in all. */
  readonly values: number;
}

/** For the command line and exports: nothing is cut that a program can produce on purpose. */
export const FULL_LIMITS: EncodingLimits = {
  depth: 200,
  entries: Number.POSITIVE_INFINITY,
  text: Number.POSITIVE_INFINITY,
  totalText: Number.POSITIVE_INFINITY,
  values: 5_000_000,
};

/** For rows of outputs: 1,000 of the largest are still below the 10 MB that VS Code backs up of a notebook. */
export const DISPLAY_LIMITS: EncodingLimits = { depth: 8, entries: 100, text: 1_000, totalText: 4_000, values: 200 };

/** Encodes any value; never throws on data (a getter that throws is shown as its error). */
export function encodeJson(value: unknown, limits: EncodingLimits = FULL_LIMITS): JsonValue {
  return new Encoder(limits).encode(value);
}

/** The inverse of {@link encodeJson}. Text stays text, a cycle becomes the string "[cycle]", a cut value its kept part. */
export function decodeJson(json: JsonValue): unknown {
  if (json === null || typeof json !== 'object') {
    return json;
  }
  if (isJsonArray(json)) {
    return json.map(decodeJson);
  }
  const tag = tagOf(json);
  return tag === null ? decodeFields(json) : decodeTag(tag.name, tag.payload);
}

/** Name and payload when `json` is a tagged value ("$bigint" …), else null. */
export function tagOf(json: JsonValue): { readonly name: string; readonly payload: JsonValue } | null {
  if (json === null || typeof json !== 'object' || isJsonArray(json)) {
    return null;
  }
  const names = Object.keys(json);
  const name = names[0];
  if (names.length !== 1 || name === undefined || !name.startsWith('$')) {
    return null;
  }
  return { name, payload: json[name] ?? null };
}

/** `Array.isArray` for read-only arrays. */
export function isJsonArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}

class Encoder {
  readonly #limits: EncodingLimits;
  readonly #ancestors: object[] = [];
  #left: number;
  #textLeft: number;

  constructor(limits: EncodingLimits) {
    this.#limits = limits;
    this.#left = limits.values;
    this.#textLeft = limits.totalText;
  }

  encode(value: unknown): JsonValue {
    this.#left -= 1;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return encodeNumber(value);
      case 'boolean':
        return value;
      case 'bigint':
        return { $bigint: value.toString() };
      case 'undefined':
        return { $undefined: true };
      case 'function':
      case 'symbol':
        return { $text: cutText(String(value), Math.min(this.#limits.text, 1_000)) };
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return null;
    }
  }

  #text(value: string): JsonValue {
    const kept = this.#takeText(value.length);
    return value.length <= kept ? value : { $cut: [value.slice(0, kept), value.length - kept] };
  }

  #object(value: object): JsonValue {
    const known = this.#ancestors.lastIndexOf(value);
    if (known >= 0) {
      return { $cycle: this.#ancestors.length - known };
    }
    if (value instanceof Date) {
      return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
    }
    if (value instanceof RegExp) {
      return { $text: String(value) };
    }
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
      return this.#bytes(value instanceof Uint8Array ? value : new Uint8Array(value));
    }
    if (this.#ancestors.length >= this.#limits.depth) {
      return { $cut: [null, 1] };
    }
    this.#ancestors.push(value);
    const encoded = this.#container(value);
    this.#ancestors.pop();
    return encoded;
  }

  #bytes(bytes: Uint8Array): JsonValue {
    const kept = this.#takeText(bytes.length);
    const encoded = { $bytes: base64(bytes.subarray(0, kept)) };
    return bytes.length <= kept ? encoded : { $cut: [encoded, bytes.length - kept] };
  }

  /** How much of a text of `length` may stay. */
  #takeText(length: number): number {
    const kept = Math.max(0, Math.min(length, this.#limits.text, this.#textLeft));
    this.#textLeft -= kept;
    return kept;
  }

  #container(value: object): JsonValue {
    if (Array.isArray(value)) {
      return this.#list(value, value.length, (items) => items);
    }
    if (value instanceof Map) {
      return this.#list(value, value.size, (items) => ({ $map: items }));
    }
    if (value instanceof Set) {
      return this.#list(value, value.size, (items) => ({ $set: items }));
    }
    if (ArrayBuffer.isView(value) && Symbol.iterator in value) {
      // SAFETY: the views that iterate are the typed arrays, whose elements are numbers or bigints
      const items = Array.from(value as unknown as Iterable<number | bigint>);
      return this.#list(items, items.length, (encoded) => encoded);
    }
    return this.#fields(value);
  }

  #list(items: Iterable<unknown>, size: number, wrap: (items: JsonValue[]) => JsonValue): JsonValue {
    const encoded: JsonValue[] = [];
    for (const item of items) {
      if (encoded.length >= this.#limits.entries || this.#left <= 0) {
        return { $cut: [wrap(encoded), size - encoded.length] };
      }
      encoded.push(this.encode(item));
    }
    return wrap(encoded);
  }

  #fields(value: object): JsonValue {
    const names = Object.keys(value);
    if (value instanceof Error) {
      names.unshift(...['name', 'message'].filter((name) => !names.includes(name)));
    }
    const fields: Record<string, JsonValue> = {};
    let count = 0;
    for (const name of names) {
      if (count >= this.#limits.entries || this.#left <= 0 || name.length > this.#textLeft) {
        return { $cut: [protect(fields), names.length - count] };
      }
      this.#textLeft -= name.length;
      setField(fields, name, this.#field(value, name));
      count += 1;
    }
    return protect(fields);
  }

  #field(value: object, name: string): JsonValue {
    let field: unknown;
    try {
      field = Reflect.get(value, name);
    } catch (error) {
      return { $text: error instanceof Error ? l10n.t('throws {0}', error.message) : l10n.t('throws something') };
    }
    return this.encode(field);
  }
}

function encodeNumber(value: number): JsonValue {
  if (Number.isFinite(value) && !Object.is(value, -0)) {
    return value;
  }
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/** Data with one field that starts with `$` would read as a tag. */
function protect(fields: { readonly [field: string]: JsonValue }): JsonValue {
  return tagOf(fields) === null ? fields : { $object: fields };
}

/** Assignment would set the prototype for a field called `__proto__`. */
function setField<T>(target: Record<string, T>, name: string, value: T): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}

function decodeFields(json: { readonly [field: string]: JsonValue }): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(json)) {
    setField(fields, name, decodeJson(json[name] ?? null));
  }
  return fields;
}

function decodeTag(name: string, payload: JsonValue): unknown {
  switch (name) {
    case '$bigint':
      return typeof payload === 'string' && /^-?\d+$/.test(payload) ? BigInt(payload) : null;
    case '$number':
      return Number(payload);
    case '$date':
      return new Date(typeof payload === 'string' ? payload : Number.NaN);
    case '$bytes':
      return bytesFromBase64(typeof payload === 'string' ? payload : '');
    case '$map':
      return new Map(listOf(payload).map((entry) => pairOf(entry)));
    case '$set':
      return new Set(listOf(payload).map(decodeJson));
    case '$undefined':
      return undefined;
    case '$object':
      return payload !== null && typeof payload === 'object' && !isJsonArray(payload) ? decodeFields(payload) : {};
    case '$cycle':
      return '[cycle]';
    case '$cut':
      return decodeJson(listOf(payload)[0] ?? null);
    default:
      return payload;
  }
}

function listOf(payload: JsonValue): readonly JsonValue[] {
  return payload !== null && typeof payload === 'object' && isJsonArray(payload) ? payload : [];
}

function pairOf(entry: JsonValue): [unknown, unknown] {
  const pair = listOf(entry);
  return [decodeJson(pair[0] ?? null), decodeJson(pair[1] ?? null)];
}

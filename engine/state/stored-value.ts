import { ByteReader, StateDecodingError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { className, prototypeOf } from './prototypes.ts';
import { setField } from './set-field.ts';
import { StateEncodingError } from './state-capture.ts';

/**
 * Values as checkpoints store them: bytes that describe themselves, so that state can be shown and compared without the program that wrote it.
 * Equal values give equal bytes. Fields, map entries and set elements keep their order, which user code can see.
 */
const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
/** An integer of 32 bits, but not −0. */
const INTEGER = 5;
const BIGINT = 6;
/** Text whose code units are all below 128, one byte each. */
const ASCII = 7;
/** Any other text, two bytes per code unit: lone surrogates survive. */
const TEXT = 8;
const DATE = 9;
const BYTES = 10;
const ARRAY = 11;
const MAP = 12;
const SET = 13;
const OBJECT = 14;

/** Deeper values are refused: they are not state but data structures, possibly endless. */
const MAX_DEPTH = 64;

/** Views on memory that can be stored, in the order of their numbers in the bytes. */
const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** Where in a value something stands: one per object on the way down, whose `step` moves on. Made into text only for an error. */
interface Place {
  readonly of: Place | null;
  step: string | number;
  readonly object: object;
}

function pathOf(place: Place | null): string {
  if (place === null) return '';
  return pathOf(place.of) + (typeof place.step === 'number' ? `[${place.step}]` : `.${place.step}`);
}

function refuse(what: string, place: Place | null, hint: string): never {
  const path = pathOf(place);
  throw new StateEncodingError(`${what}${path === '' ? '' : ` at ${path.replace(/^\./, '')}`} cannot be stored in a checkpoint. ${hint}`);
}

/** Appends `value`. Throws StateEncodingError for functions, symbols, instances of classes, cycles and nesting beyond 64. */
export function writeStored(writer: ByteWriter, value: unknown): void {
  write(writer, value, null, 0);
}

/** The bytes of `value`. Throws StateEncodingError. */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ByteWriter();
  write(writer, value, null, 0);
  return writer.finish();
}

function write(writer: ByteWriter, value: unknown, place: Place | null, depth: number): void {
  switch (typeof value) {
    case 'number':
      writeNumber(writer, value);
      return;
    case 'string':
      writeText(writer, value);
      return;
    case 'boolean':
      writer.byte(value ? TRUE : FALSE);
      return;
    case 'undefined':
      writer.byte(UNDEFINED);
      return;
    case 'bigint':
      writer.byte(BIGINT);
      writeText(writer, value.toString(36));
      return;
    case 'object':
      if (value === null) writer.byte(NULL);
      else writeObject(writer, value, place, depth);
      return;
    default:
      refuse(`A ${typeof value}`, place, 'Store plain data.');
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    writer.byte(INTEGER);
    writer.uint32(value >>> 0);
  } else {
    writer.byte(NUMBER);
    writer.float64(value);
  }
}

function writeText(writer: ByteWriter, value: string): void {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) < 0x80) continue;
    writer.byte(TEXT);
    writer.text(value);
    return;
  }
  writer.byte(ASCII);
  writer.ascii(value);
}

function writeObject(writer: ByteWriter, value: object, place: Place | null, depth: number): void {
  for (let outer = place; outer; outer = outer.of) {
    if (outer.object === value) refuse('A value that contains itself', place, 'Store a tree of plain data, and references as keys.');
  }
  if (depth === MAX_DEPTH) refuse(`A value nested more than ${MAX_DEPTH} deep`, place, 'Store flat data.');
  const inside: Place = { of: place, step: 0, object: value };
  if (Array.isArray(value)) {
    writer.byte(ARRAY);
    writer.uint32(value.length);
    for (let i = 0; i < value.length; i++) {
      inside.step = i;
      write(writer, value[i], inside, depth + 1);
    }
  } else if (value instanceof Date) {
    writer.byte(DATE);
    writer.float64(value.getTime());
  } else if (value instanceof Map) {
    writer.byte(MAP);
    writer.uint32(value.size);
    let at = 0;
    for (const [key, element] of value) {
      inside.step = at++;
      write(writer, key, inside, depth + 1);
      write(writer, element, inside, depth + 1);
    }
  } else if (value instanceof Set) {
    writer.byte(SET);
    writer.uint32(value.size);
    let at = 0;
    for (const element of value) {
      inside.step = at++;
      write(writer, element, inside, depth + 1);
    }
  } else if (ArrayBuffer.isView(value)) {
    writeView(writer, value, place);
  } else {
    writeFields(writer, value, inside, depth);
  }
}

function writeView(writer: ByteWriter, value: ArrayBufferView, place: Place | null): void {
  const kind = VIEWS.findIndex((view) => value instanceof view);
  if (kind < 0) refuse(`A ${className(value)}`, place, 'Store a Uint8Array.');
  writer.byte(BYTES);
  writer.byte(kind);
  writer.uint32(value.byteLength);
  writer.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function writeFields(writer: ByteWriter, value: object, inside: Place, depth: number): void {
  const prototype = prototypeOf(value);
  // The prototype of plain objects has none itself, also when the object comes from another context.
  if (prototype !== null && prototypeOf(prototype) !== null) {
    refuse(`An instance of ${className(value)}`, inside.of, 'Its methods would be lost: store a plain object with its fields.');
  }
  const names = Object.keys(value);
  writer.byte(OBJECT);
  writer.uint32(names.length);
  for (const name of names) {
    writeText(writer, name);
    const field: unknown = Reflect.get(value, name);
    inside.step = name;
    write(writer, field, inside, depth + 1);
  }
}

/** The value of these bytes, all of them. Throws StateDecodingError for bytes that `encodeValue` did not make. */
export function decodeValue(bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = readStored(reader);
  if (reader.remaining > 0) throw new StateDecodingError(`There are ${reader.remaining} bytes too many behind a value.`);
  return value;
}

/** The next value. Throws StateDecodingError. */
export function readStored(reader: ByteReader, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new StateDecodingError('A value is nested too deep.');
  const tag = reader.byte();
  switch (tag) {
    case UNDEFINED:
      return undefined;
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case NUMBER:
      return reader.float64();
    case INTEGER:
      return reader.uint32() | 0;
    case BIGINT:
      return readBigInt(reader);
    case ASCII:
    case TEXT:
      return readText(reader, tag);
    case DATE:
      return new Date(reader.float64());
    case BYTES:
      return readView(reader);
    case ARRAY: {
      const array: unknown[] = [];
      for (let left = reader.count(1); left > 0; left--) array.push(readStored(reader, depth + 1));
      return array;
    }
    case MAP: {
      const map = new Map<unknown, unknown>();
      for (let left = reader.count(2); left > 0; left--) map.set(readStored(reader, depth + 1), readStored(reader, depth + 1));
      return map;
    }
    case SET: {
      const set = new Set<unknown>();
      for (let left = reader.count(1); left > 0; left--) set.add(readStored(reader, depth + 1));
      return set;
    }
    case OBJECT: {
      const object = {};
      for (let left = reader.count(2); left > 0; left--) {
        const name = readText(reader, reader.byte());
        setField(object, name, readStored(reader, depth + 1));
      }
      return object;
    }
    default:
      throw new StateDecodingError(`${tag} is no kind of value.`);
  }
}

function readText(reader: ByteReader, tag: number): string {
  if (tag !== ASCII && tag !== TEXT) throw new StateDecodingError(`${tag} is no kind of text.`);
  const width = tag === ASCII ? 1 : 2;
  const bytes = reader.bytes(reader.count(width) * width);
  let text = '';
  for (let i = 0; i < bytes.length; i += width) {
    text += String.fromCharCode(width === 1 ? (bytes[i] ?? 0) : ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  }
  return text;
}

function readBigInt(reader: ByteReader): bigint {
  const text = readText(reader, reader.byte());
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  if (!/^[0-9a-z]+$/.test(digits)) throw new StateDecodingError('A bigint has no digits.');
  let value = 0n;
  for (const digit of digits) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return negative ? -value : value;
}

function readView(reader: ByteReader): ArrayBufferView {
  const View = VIEWS[reader.byte()];
  if (View === undefined) throw new StateDecodingError('This kind of bytes is not known.');
  const bytes = reader.bytes(reader.count(1));
  if (bytes.length % View.BYTES_PER_ELEMENT !== 0) throw new StateDecodingError(`${bytes.length} bytes are no ${View.name}.`);
  return new View(bytes.slice().buffer);
}

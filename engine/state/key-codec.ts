import { type ByteReader, StateDecodingError } from './byte-reader.ts';
import { type ByteWriter, compareBytes, finishShort, shortWriter } from './byte-writer.ts';
import { className, prototypeOf } from './prototypes.ts';
import { setField } from './set-field.ts';

/**
 * Canonical bytes of keys. Two keys are the same key exactly when their bytes are equal, and the order of the bytes is the order
 * in which user code sees keys (rule 2): booleans, numbers by size, bigints by size, strings by UTF-16 code units, tuples and lists, objects, dates by
 * time, bytes.
 * −0 is 0 and every NaN is the same key; 1 and 1n are different keys; the fields of an object are compared in the order of their names.
 */
const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const NEGATIVE_BIGINT = 4;
const BIGINT = 5;
const STRING = 6;
const TUPLE = 7;
const OBJECT = 8;
const NULL = 9;
const DATE = 10;
const BYTES = 11;
const END = 0;

/** Keys deeper than this are refused: they are not keys but data structures, possibly cyclic. */
const MAX_DEPTH = 16;

/** Why a value cannot be a key; the caller adds where. */
export class UnusableKeyError extends Error {
  override readonly name = 'UnusableKeyError';
}

const scratch = new DataView(new ArrayBuffer(8));

/** Order-preserving: the sign bit is flipped for positive numbers, all bits for negative ones. */
function writeNumber(writer: ByteWriter, value: number): void {
  scratch.setFloat64(0, Number.isNaN(value) ? Number.NaN : value + 0);
  const high = scratch.getUint32(0);
  const low = scratch.getUint32(4);
  const negative = high >>> 31 === 1 && !Number.isNaN(value);
  writer.uint32(negative ? ~high >>> 0 : (high | 0x8000_0000) >>> 0);
  writer.uint32(negative ? ~low >>> 0 : low);
}

/** Each code unit as one to three bytes (as CESU-8), whose order is the order of the units; 0 is escaped, 0 0 ends the text. */
function writeString(writer: ByteWriter, value: string): void {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0) {
      writer.byte(0);
      writer.byte(0xff);
    } else if (unit < 0x80) {
      writer.byte(unit);
    } else if (unit < 0x800) {
      writer.byte(0xc0 | (unit >> 6));
      writer.byte(0x80 | (unit & 0x3f));
    } else {
      writer.byte(0xe0 | (unit >> 12));
      writer.byte(0x80 | ((unit >> 6) & 0x3f));
      writer.byte(0x80 | (unit & 0x3f));
    }
  }
  writer.byte(0);
  writer.byte(0);
}

/** 0 is escaped, 0 0 ends them: shorter ones come first. */
function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  for (const byte of bytes) {
    writer.byte(byte);
    if (byte === 0) writer.byte(0xff);
  }
  writer.byte(0);
  writer.byte(0);
}

function writeBigInt(writer: ByteWriter, value: bigint): void {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString(16);
  writer.byte(negative ? NEGATIVE_BIGINT : BIGINT);
  writer.uint32(negative ? ~digits.length >>> 0 : digits.length);
  for (let i = 0; i < digits.length; i++) writer.byte(negative ? 0xff - digits.charCodeAt(i) : digits.charCodeAt(i));
}

/** Appends the canonical bytes of `key`. Throws UnusableKeyError for anything that api.d.ts does not accept as a key. */
export function writeKey(writer: ByteWriter, key: unknown, depth = 0): void {
  switch (typeof key) {
    case 'string':
      writer.byte(STRING);
      writeString(writer, key);
      return;
    case 'number':
      writer.byte(NUMBER);
      writeNumber(writer, key);
      return;
    case 'boolean':
      writer.byte(key ? TRUE : FALSE);
      return;
    case 'bigint':
      writeBigInt(writer, key);
      return;
    case 'object':
      break;
    default:
      throw new UnusableKeyError(`a ${typeof key} cannot be part of a key`);
  }
  if (depth === MAX_DEPTH) throw new UnusableKeyError(`a key may be nested at most ${MAX_DEPTH} deep`);
  if (key === null) {
    writer.byte(NULL);
  } else if (Array.isArray(key)) {
    writer.byte(TUPLE);
    for (const field of key) writeKey(writer, field, depth + 1);
    writer.byte(END);
  } else if (key instanceof Date) {
    if (Number.isNaN(key.getTime())) throw new UnusableKeyError('an invalid Date cannot be part of a key');
    writer.byte(DATE);
    writeNumber(writer, key.getTime());
  } else if (key instanceof Uint8Array) {
    writer.byte(BYTES);
    writeBytes(writer, key);
  } else if (isPlainObject(key)) {
    writer.byte(OBJECT);
    for (const [name, field] of Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))) {
      writer.byte(STRING);
      writeString(writer, name);
      writeKey(writer, field, depth + 1);
    }
    writer.byte(END);
  } else {
    throw new UnusableKeyError(`an object of class ${className(key)} cannot be part of a key`);
  }
}

function isPlainObject(value: object): boolean {
  const prototype = prototypeOf(value);
  return prototype === null || prototypeOf(prototype) === null;
}

/** The canonical bytes of `key`. Throws UnusableKeyError. */
export function encodeKey(key: unknown): Uint8Array {
  const writer = shortWriter();
  writeKey(writer, key);
  return finishShort(writer);
}

/** The next key that `writeKey` wrote; null where it wrote null or undefined. Throws StateDecodingError. */
export function readKey(reader: ByteReader, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new StateDecodingError('A key is nested too deep.');
  const tag = reader.byte();
  switch (tag) {
    case FALSE:
      return false;
    case TRUE:
      return true;
    case NUMBER:
      return readNumber(reader);
    case BIGINT:
    case NEGATIVE_BIGINT:
      return readBigInt(reader, tag === NEGATIVE_BIGINT);
    case STRING:
      return readString(reader);
    case TUPLE: {
      const fields: unknown[] = [];
      while (reader.peek() !== END) fields.push(readKey(reader, depth + 1));
      reader.byte();
      return fields;
    }
    case OBJECT: {
      const object = {};
      while (reader.peek() !== END) {
        if (reader.byte() !== STRING) throw new StateDecodingError('A field of a key has no name.');
        const name = readString(reader);
        setField(object, name, readKey(reader, depth + 1));
      }
      reader.byte();
      return object;
    }
    case NULL:
      return null;
    case DATE:
      return new Date(readNumber(reader));
    case BYTES:
      return readBytes(reader);
    default:
      throw new StateDecodingError(`${tag} is no kind of key.`);
  }
}

function readNumber(reader: ByteReader): number {
  const high = reader.uint32();
  const low = reader.uint32();
  const negative = high >>> 31 === 0;
  scratch.setUint32(0, negative ? ~high >>> 0 : (high & 0x7fff_ffff) >>> 0);
  scratch.setUint32(4, negative ? ~low >>> 0 : low);
  return scratch.getFloat64(0);
}

function readBigInt(reader: ByteReader, negative: boolean): bigint {
  const length = negative ? ~reader.uint32() >>> 0 : reader.uint32();
  if (length > reader.remaining) throw new StateDecodingError('A bigint ends too early.');
  let digits = '';
  for (let i = 0; i < length; i++) digits += String.fromCharCode(negative ? 0xff - reader.byte() : reader.byte());
  if (!/^[0-9a-f]+$/.test(digits)) throw new StateDecodingError('A bigint has no digits.');
  return negative ? -BigInt(`0x${digits}`) : BigInt(`0x${digits}`);
}

function readBytes(reader: ByteReader): Uint8Array {
  const bytes: number[] = [];
  for (;;) {
    const byte = reader.byte();
    if (byte === 0) {
      const second = reader.byte();
      if (second === 0) return Uint8Array.from(bytes);
      if (second !== 0xff) throw new StateDecodingError('Bytes of a key are malformed.');
    }
    bytes.push(byte);
  }
}

function readString(reader: ByteReader): string {
  let text = '';
  for (;;) {
    const first = reader.byte();
    if (first === 0) {
      const second = reader.byte();
      if (second === 0) return text;
      if (second !== 0xff) throw new StateDecodingError('A text of a key is malformed.');
      text += '\0';
    } else if (first < 0x80) text += String.fromCharCode(first);
    else if (first < 0xe0) text += String.fromCharCode(((first & 0x1f) << 6) | (reader.byte() & 0x3f));
    else text += String.fromCharCode(((first & 0x0f) << 12) | ((reader.byte() & 0x3f) << 6) | (reader.byte() & 0x3f));
  }
}

/** The canonical bytes as text, one character per byte: a Map key. */
export function keyIdentity(key: object): string {
  let text = '';
  for (const byte of encodeKey(key)) text += String.fromCharCode(byte);
  return text;
}

/** Canonical order of keys; the same as comparing their bytes, with short cuts for numbers and strings. */
export function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1;
    if (a > b) return 1;
    if (a === b) return 0;
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  }
  return compareBytes(encodeKey(a), encodeKey(b));
}

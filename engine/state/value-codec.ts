import type { ByteWriter } from './byte-writer.ts';
import { className, prototypeOf } from './prototypes.ts';
import { setField } from './set-field.ts';

/**
 * Canonical bytes of values in state: equal values give equal bytes, different ones different bytes. Own enumerable fields in their order
 * (`__proto__` is a field like any other), class instances with the name of their class. Functions and symbols have no bytes of their own.
 */
const UNDEFINED = 0;
const NULL = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
const BIGINT = 5;
const STRING = 6;
const DATE = 7;
const BYTES = 8;
const ARRAY = 9;
const MAP = 10;
const SET = 11;
const OBJECT = 12;
const INSTANCE = 13;
const REFERENCE = 14;
const OPAQUE = 15;

/** Appends the canonical bytes of `value`, whatever it is: for comparing two runs. What a checkpoint stores is `writeStored`. */
export function writeValue(writer: ByteWriter, value: unknown): void {
  writeDigest(writer, value, new Map());
}

/** An object met again (also in a cycle) is written as a reference to its first place. */
function writeDigest(writer: ByteWriter, value: unknown, seen: Map<object, number>): void {
  switch (typeof value) {
    case 'undefined':
      writer.byte(UNDEFINED);
      return;
    case 'boolean':
      writer.byte(value ? TRUE : FALSE);
      return;
    case 'number':
      writer.byte(NUMBER);
      writer.float64(value);
      return;
    case 'bigint':
      writer.byte(BIGINT);
      writer.text(value.toString(36));
      return;
    case 'string':
      writer.byte(STRING);
      writer.text(value);
      return;
    case 'object':
      if (value === null) writer.byte(NULL);
      else writeObject(writer, value, seen);
      return;
    default:
      writer.byte(OPAQUE);
  }
}

function writeObject(writer: ByteWriter, value: object, seen: Map<object, number>): void {
  const before = seen.get(value);
  if (before !== undefined) {
    writer.byte(REFERENCE);
    writer.uint32(before);
    return;
  }
  seen.set(value, seen.size);
  if (Array.isArray(value)) {
    writer.byte(ARRAY);
    writer.uint32(value.length);
    for (const element of value) writeDigest(writer, element, seen);
  } else if (value instanceof Date) {
    writer.byte(DATE);
    writer.float64(value.getTime());
  } else if (value instanceof Map) {
    writer.byte(MAP);
    writer.uint32(value.size);
    for (const [key, element] of value) {
      writeDigest(writer, key, seen);
      writeDigest(writer, element, seen);
    }
  } else if (value instanceof Set) {
    writer.byte(SET);
    writer.uint32(value.size);
    for (const element of value) writeDigest(writer, element, seen);
  } else if (ArrayBuffer.isView(value)) {
    writer.byte(BYTES);
    writer.text(value.constructor.name);
    writer.uint32(value.byteLength);
    writer.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else {
    writeFields(writer, value, seen);
  }
}

function writeFields(writer: ByteWriter, value: object, seen: Map<object, number>): void {
  const prototype = prototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    writer.byte(OBJECT);
  } else {
    writer.byte(INSTANCE);
    writer.text(className(value));
  }
  const entries: [string, unknown][] = Object.entries(value);
  writer.uint32(entries.length);
  for (const [name, field] of entries) {
    writer.text(name);
    writeDigest(writer, field, seen);
  }
}

/** A deep copy that shares nothing mutable with `value`, for ghosts (rule 13). Instances keep their class, but not private fields. */
export function copyValue(value: unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const before = seen.get(value);
  if (before !== undefined) return before;
  if (value instanceof Date) return new Date(value.getTime());
  if (ArrayBuffer.isView(value)) return Reflect.construct(bytesClass(value), [copyBytes(value).buffer]);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const element of value) copy.push(copyValue(element, seen));
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    seen.set(value, copy);
    for (const [key, element] of value) copy.set(copyValue(key, seen), copyValue(element, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    seen.set(value, copy);
    for (const element of value) copy.add(copyValue(element, seen));
    return copy;
  }
  const copy: object = {};
  Object.setPrototypeOf(copy, prototypeOf(value));
  seen.set(value, copy);
  const entries: [string, unknown][] = Object.entries(value);
  for (const [name, field] of entries) setField(copy, name, copyValue(field, seen));
  return copy;
}

function bytesClass(view: ArrayBufferView): NewableFunction {
  return view.constructor;
}

function copyBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

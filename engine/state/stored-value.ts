import { type ByteWriter, finishShort, shortWriter } from './byte-writer.ts';
import { Expiring } from './expiring.ts';
import { className, prototypeOf } from './prototypes.ts';
import { Serialized } from './serialized.ts';
import { StateEncodingError } from './state-capture.ts';
import { MAX_DEPTH, TAG, VIEWS } from './stored-format.ts';

export { decodeValue } from './stored-value-reader.ts';

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

/**
 * Values as checkpoints store them: bytes that describe themselves, so that state can be shown and compared without the program that wrote it.
 * Equal values give equal bytes. Fields, map entries and set elements keep their order, which user code can see.
 * `writeStored` appends `value`; it throws StateEncodingError for functions, symbols, instances of classes, cycles and nesting beyond 64.
 */
export function writeStored(writer: ByteWriter, value: unknown): void {
  write(writer, value, null, 0);
}

/** The bytes of `value`. Throws StateEncodingError. */
export function encodeValue(value: unknown): Uint8Array {
  const writer = shortWriter();
  write(writer, value, null, 0);
  return finishShort(writer);
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
      writer.byte(value ? TAG.true : TAG.false);
      return;
    case 'undefined':
      writer.byte(TAG.undefined);
      return;
    case 'bigint':
      writer.byte(TAG.bigint);
      writeText(writer, value.toString(16));
      return;
    case 'object':
      if (value === null) writer.byte(TAG.null);
      else writeObject(writer, value, place, depth);
      return;
    default:
      refuse(`A ${typeof value}`, place, 'Store plain data.');
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    writer.byte(TAG.integer);
    writer.uint32(value >>> 0);
  } else {
    writer.byte(TAG.number);
    writer.float64(value);
  }
}

function writeText(writer: ByteWriter, value: string): void {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) < 0x80) continue;
    writer.byte(TAG.text);
    writer.text(value);
    return;
  }
  writer.byte(TAG.ascii);
  writer.ascii(value);
}

function writeObject(writer: ByteWriter, value: object, place: Place | null, depth: number): void {
  for (let outer = place; outer; outer = outer.of) {
    if (outer.object === value) refuse('A value that contains itself', place, 'Store a tree of plain data, and references as keys.');
  }
  if (depth === MAX_DEPTH) refuse(`A value nested more than ${MAX_DEPTH} deep`, place, 'Store flat data.');
  const inside: Place = { of: place, step: 0, object: value };
  if (Array.isArray(value)) {
    refuseSubclass(value, place);
    writer.byte(TAG.array);
    writer.uint32(value.length);
    for (let i = 0; i < value.length; i++) {
      inside.step = i;
      write(writer, value[i], inside, depth + 1);
    }
  } else if (value instanceof Date) {
    refuseSubclass(value, place);
    writer.byte(TAG.date);
    writer.float64(value.getTime());
  } else if (value instanceof Map) {
    refuseSubclass(value, place);
    writer.byte(TAG.map);
    writer.uint32(value.size);
    let at = 0;
    for (const [key, element] of value) {
      inside.step = at++;
      write(writer, key, inside, depth + 1);
      write(writer, element, inside, depth + 1);
    }
  } else if (value instanceof Set) {
    refuseSubclass(value, place);
    writer.byte(TAG.set);
    writer.uint32(value.size);
    let at = 0;
    for (const element of value) {
      inside.step = at++;
      write(writer, element, inside, depth + 1);
    }
  } else if (ArrayBuffer.isView(value)) {
    writeView(writer, value, place);
  } else if (value instanceof Expiring) {
    writer.byte(TAG.expiring);
    writer.float64(value.lastAccess);
    write(writer, value.value, place, depth + 1);
  } else if (value instanceof Serialized) {
    writer.byte(TAG.serialized);
    writer.uint32(value.version);
    writer.uint32(value.bytes.length);
    writer.bytes(value.bytes);
  } else {
    writeFields(writer, value, inside, depth);
  }
}

function refuseInstance(value: object, place: Place | null): never {
  refuse(`An instance of ${className(value)}`, place, 'Its methods would be lost: store a plain object with its fields.');
}

/** Arrays, dates, maps and sets come back as just that, so classes that extend them are refused like all others. */
function refuseSubclass(value: object, place: Place | null): void {
  const prototype = prototypeOf(value);
  const above = prototype && prototypeOf(prototype);
  if (above && prototypeOf(above) !== null) refuseInstance(value, place);
}

function writeView(writer: ByteWriter, value: ArrayBufferView, place: Place | null): void {
  const kind = VIEWS.findIndex((view) => value instanceof view);
  if (kind < 0) refuse(`A ${className(value)}`, place, 'Store a Uint8Array.');
  writer.byte(TAG.bytes);
  writer.byte(kind);
  writer.uint32(value.byteLength);
  writer.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function writeFields(writer: ByteWriter, value: object, inside: Place, depth: number): void {
  const prototype = prototypeOf(value);
  // The prototype of plain objects has none itself, also when the object comes from another context.
  if (prototype !== null && prototypeOf(prototype) !== null) {
    refuseInstance(value, inside.of);
  }
  const names = Object.keys(value);
  writer.byte(TAG.object);
  writer.uint32(names.length);
  for (const name of names) {
    writeText(writer, name);
    const field: unknown = Reflect.get(value, name);
    inside.step = name;
    write(writer, field, inside, depth + 1);
  }
}

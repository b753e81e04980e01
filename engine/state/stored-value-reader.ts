import { ByteReader, StateDecodingError } from './byte-reader.ts';
import { Expiring } from './expiring.ts';
import { Serialized } from './serialized.ts';
import { setField } from './set-field.ts';
import { MAX_DEPTH, TAG, VIEWS } from './stored-format.ts';

/** The value of these bytes, all of them. Throws StateDecodingError for bytes that `encodeValue` did not make. */
export function decodeValue(bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = readStored(reader);
  if (reader.remaining > 0) throw new StateDecodingError(`There are ${reader.remaining} bytes too many behind a value.`);
  return value;
}

/** The next value. Throws StateDecodingError. */
function readStored(reader: ByteReader, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new StateDecodingError('A value is nested too deep.');
  const tag = reader.byte();
  switch (tag) {
    case TAG.undefined:
      return undefined;
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.number:
      return reader.float64();
    case TAG.integer:
      return reader.uint32() | 0;
    case TAG.bigint:
      return readBigInt(reader);
    case TAG.ascii:
    case TAG.text:
      return readText(reader, tag);
    case TAG.date:
      return new Date(reader.float64());
    case TAG.bytes:
      return readView(reader);
    case TAG.array: {
      const array: unknown[] = [];
      for (let left = reader.count(1); left > 0; left--) array.push(readStored(reader, depth + 1));
      return array;
    }
    case TAG.map: {
      const map = new Map<unknown, unknown>();
      for (let left = reader.count(2); left > 0; left--) map.set(readStored(reader, depth + 1), readStored(reader, depth + 1));
      return map;
    }
    case TAG.set: {
      const set = new Set<unknown>();
      for (let left = reader.count(1); left > 0; left--) set.add(readStored(reader, depth + 1));
      return set;
    }
    case TAG.object: {
      const object = {};
      for (let left = reader.count(2); left > 0; left--) {
        const name = readText(reader, reader.byte());
        setField(object, name, readStored(reader, depth + 1));
      }
      return object;
    }
    case TAG.expiring: {
      const lastAccess = reader.float64();
      return new Expiring(readStored(reader, depth + 1), lastAccess);
    }
    case TAG.serialized: {
      const version = reader.uint32();
      return new Serialized(version, reader.bytes(reader.count(1)).slice());
    }
    default:
      throw new StateDecodingError(`${tag} is no kind of value.`);
  }
}

function readText(reader: ByteReader, tag: number): string {
  if (tag !== TAG.ascii && tag !== TAG.text) throw new StateDecodingError(`${tag} is no kind of text.`);
  const width = tag === TAG.ascii ? 1 : 2;
  let text = '';
  for (let left = reader.count(width); left > 0; left--) text += String.fromCharCode(width === 1 ? reader.byte() : reader.uint16());
  return text;
}

function readBigInt(reader: ByteReader): bigint {
  const text = readText(reader, reader.byte());
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  if (!/^[0-9a-f]+$/.test(digits)) throw new StateDecodingError('A bigint has no digits.');
  const value = BigInt(`0x${digits}`);
  return negative ? -value : value;
}

function readView(reader: ByteReader): ArrayBufferView {
  const View = VIEWS[reader.byte()];
  if (View === undefined) throw new StateDecodingError('This kind of bytes is not known.');
  const bytes = reader.bytes(reader.count(1));
  if (bytes.length % View.BYTES_PER_ELEMENT !== 0) throw new StateDecodingError(`${bytes.length} bytes are no ${View.name}.`);
  return new View(bytes.slice().buffer);
}

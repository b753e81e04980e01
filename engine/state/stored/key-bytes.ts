import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import type { EntryKey } from '../entry-codec.ts';
import { readKey, writeKey } from '../key-codec.ts';

/**
 * How the keys of a state are laid out in a store. 'key-first' is the order of checkpoints: key group, key, namespace, user key. 'namespace-first' is
 * namespace, key, key group, user key: all keys of a window, and all timers of a time, lie side by side in the order in which user code sees them.
 */
export type KeyLayout = 'key-first' | 'namespace-first';

const KEY_GROUP_BYTES = 2;

/** A text with one character per byte: the bytes as the key of a Map. */
export function identityOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** What all keys of a state begin with. */
export function statePrefix(name: string): Uint8Array {
  const writer = new ByteWriter();
  writeKey(writer, name);
  return writer.finish();
}

/** What the keys of all entries of a key begin with where the key comes first, in all of its namespaces. Throws UnusableKeyError. */
export function keyPrefix(keyGroup: number, key: unknown): Uint8Array {
  const writer = new ByteWriter();
  writer.uint16(keyGroup);
  writeKey(writer, key);
  return writer.finish();
}

export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

/** The smallest bytes above all that begin with `prefix`, which is not empty and does not consist of 0xFF. */
export function afterPrefix(prefix: Uint8Array): Uint8Array {
  let last = prefix.length - 1;
  while (prefix[last] === 0xff) last--;
  const after = prefix.slice(0, last + 1);
  after[last] = (after[last] ?? 0) + 1;
  return after;
}

/** The smallest bytes above `key`. */
export function afterKey(key: Uint8Array): Uint8Array {
  return joinBytes(key, new Uint8Array(1));
}

/** Appends a key laid out namespace first. Throws UnusableKeyError. */
export function writeNamespaceFirst(writer: ByteWriter, keyGroup: number, key: unknown, namespace: unknown, userKey?: unknown): void {
  writeKey(writer, namespace);
  writeKey(writer, key);
  writer.uint16(keyGroup);
  writeKey(writer, userKey ?? null);
}

/** What bytes laid out namespace first are about. Throws StateDecodingError. */
export function readNamespaceFirst(bytes: Uint8Array): EntryKey {
  const reader = new ByteReader(bytes);
  return { namespace: readKey(reader), key: readKey(reader), keyGroup: reader.uint16(), userKey: readKey(reader) ?? undefined };
}

/** From the layout of the store to that of checkpoints. */
export function toEntryKey(layout: KeyLayout, bytes: Uint8Array): Uint8Array {
  if (layout === 'key-first') return bytes;
  const reader = new ByteReader(bytes);
  readKey(reader);
  const keyStart = bytes.length - reader.remaining;
  readKey(reader);
  const keyEnd = bytes.length - reader.remaining;
  const userKeyStart = keyEnd + KEY_GROUP_BYTES;
  const writer = new ByteWriter();
  writer.bytes(bytes.subarray(keyEnd, userKeyStart));
  writer.bytes(bytes.subarray(keyStart, keyEnd));
  writer.bytes(bytes.subarray(0, keyStart));
  writer.bytes(bytes.subarray(userKeyStart));
  return writer.finish();
}

/** The key group that the bytes of a checkpoint's key begin with. */
export function keyGroupOfEntry(entryKey: Uint8Array): number {
  return ((entryKey[0] ?? 0) << 8) | (entryKey[1] ?? 0);
}

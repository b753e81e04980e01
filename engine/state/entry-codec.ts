import { ByteReader, StateDecodingError } from './byte-reader.ts';
import { type ByteWriter, finishShort, shortWriter } from './byte-writer.ts';
import { readKey, writeKey } from './key-codec.ts';

/** What an entry of keyed state is about; `namespace` and `userKey` are undefined where there is none. A window is the tuple [start, end] in ms. */
export interface EntryKey {
  readonly keyGroup: number;
  readonly key: unknown;
  readonly namespace: unknown;
  readonly userKey: unknown;
}

/** Appends the bytes of an entry's key; their order is the canonical order of entries. Throws UnusableKeyError. */
export function writeEntryKey(writer: ByteWriter, keyGroup: number, key: unknown, namespace: unknown, userKey: unknown): void {
  writer.uint16(keyGroup);
  writeKey(writer, key);
  writeKey(writer, namespace ?? null);
  writeKey(writer, userKey ?? null);
}

/** The bytes of an entry's key. Throws UnusableKeyError. */
export function encodeEntryKey(keyGroup: number, key: unknown, namespace?: unknown, userKey?: unknown): Uint8Array {
  const writer = shortWriter();
  writeEntryKey(writer, keyGroup, key, namespace, userKey);
  return finishShort(writer);
}

/** Throws StateDecodingError for bytes that are not those of an entry's key. */
export function decodeEntryKey(bytes: Uint8Array): EntryKey {
  const reader = new ByteReader(bytes);
  const keyGroup = reader.uint16();
  const key = readKey(reader);
  const namespace = readKey(reader) ?? undefined;
  const userKey = readKey(reader) ?? undefined;
  if (reader.remaining > 0) throw new StateDecodingError(`There are ${reader.remaining} bytes too many behind the key of an entry.`);
  return { keyGroup, key, namespace, userKey };
}

import { END, RECORD } from '../../../engine/connectors/source.ts';
import type { RecordDecoder } from '../../../engine/formats/record-decoder.ts';

/** A record with the place behind it. */
export interface Read<T> {
  readonly value: T;
  readonly offset: number;
}

/** Feeds a file to a decoder in pieces of the given sizes (over and over), exactly the bytes it asks for, and collects what it reads. */
export function readAll<T>(decoder: RecordDecoder<T>, file: Uint8Array, sizes: readonly number[] = [file.length + 1]): Read<T>[] {
  const records: Read<T>[] = [];
  for (let piece = 0; ; ) {
    const advance = decoder.next();
    if (advance === END) return records;
    if (advance === RECORD) {
      records.push({ value: decoder.value, offset: decoder.offset });
      continue;
    }
    const offset = decoder.wantedOffset();
    if (offset === null) throw new Error('The decoder waits, but wants nothing.');
    const end = Math.min(file.length, offset + (sizes[piece++ % sizes.length] ?? 1));
    decoder.append(file.subarray(offset, end), end === file.length);
  }
}

export function values<T>(records: readonly Read<T>[]): T[] {
  return records.map(({ value }) => value);
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

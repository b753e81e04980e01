import { ByteReader } from '../state/byte-reader.ts';
import { ByteWriter, compareBytes } from '../state/byte-writer.ts';
import type { EncodedGroup } from '../state/state-capture.ts';

/**
 * A segment: entries of one keyed state, sorted by key, in blocks of about 32 KiB, followed by an index with the first and last key of each block. A page of
 * a state, or one key, needs the index and the blocks in question, never the whole segment. See docs/checkpoint-format.md.
 */
const BLOCK_BYTES = 32 * 1024;
/** In the place of a value's length: the entry is gone. */
const GONE = 0xffff_ffff;
const MAGIC = 0x5342_5231;
/** Of an index that also says how many bytes each block has when it is not compressed. */
const COMPRESSED_MAGIC = 0x5342_5232;

/** Bytes of a checkpoint that are not what they should be; the message says where. */
export class SegmentCorruptError extends Error {
  override readonly name = 'SegmentCorruptError';
}

/** A block of a segment; offsets from the segment's start. */
export interface BlockInfo {
  readonly offset: number;
  readonly length: number;
  /** Bytes once it is inflated; null when it is not compressed. */
  readonly rawLength: number | null;
  readonly entries: number;
  /** Of the bytes as they are stored. */
  readonly checksum: number;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

export interface Entry {
  readonly key: Uint8Array;
  /** null: gone since the segments before. */
  readonly value: Uint8Array | null;
}

/** Where the parts of a segment are, in bytes from its start. */
export interface SegmentLayout {
  readonly length: number;
  readonly indexOffset: number;
  readonly entries: number;
}

/** FNV-1a, 32 bits: tells damaged blocks; whole blobs have a cryptographic hash as their name. */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Compresses a block; null when that would not make it smaller. */
export type Compress = (bytes: Uint8Array) => Uint8Array | null;
/** The bytes of a compressed block, of which there have to be just so many. Throws for others. */
export type Inflate = (bytes: Uint8Array, length: number) => Uint8Array;

/**
 * Lays out a segment, block by block and last its index; nothing for a segment without entries. `groups` in ascending order, as captures give them.
 * `compress`: null = blocks are stored as they are.
 */
export function* laySegment(groups: Iterable<EncodedGroup>, compress: Compress | null = null): Generator<Uint8Array, SegmentLayout, void> {
  const blocks: BlockInfo[] = [];
  const block = new ByteWriter();
  let offset = 0;
  let entries = 0;
  let total = 0;
  let first: Uint8Array = new Uint8Array(0);
  let last = first;
  const close = (): Uint8Array => {
    const raw = block.finish();
    const packed = compress?.(raw) ?? null;
    const bytes = packed ?? raw;
    const rawLength = packed === null ? null : raw.length;
    blocks.push({ offset, length: bytes.length, rawLength, entries, checksum: checksum(bytes), first, last });
    offset += bytes.length;
    total += entries;
    entries = 0;
    block.truncate(0);
    return bytes;
  };
  for (const { keys, values } of groups) {
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? first;
      const value = values[at] ?? null;
      if (entries === 0) first = key;
      last = key;
      block.uint32(key.length);
      block.bytes(key);
      block.uint32(value === null ? GONE : value.length);
      if (value !== null) block.bytes(value);
      entries++;
      if (block.length >= BLOCK_BYTES) yield close();
    }
  }
  if (entries > 0) yield close();
  if (total === 0) return { length: 0, indexOffset: 0, entries: 0 };
  const index = writeIndex(blocks);
  yield index;
  return { length: offset + index.length, indexOffset: offset, entries: total };
}

function writeIndex(blocks: readonly BlockInfo[]): Uint8Array {
  const writer = new ByteWriter();
  const isCompressed = blocks.some(({ rawLength }) => rawLength !== null);
  writer.uint32(isCompressed ? COMPRESSED_MAGIC : MAGIC);
  writer.uint32(blocks.length);
  for (const { offset, length, rawLength, entries, checksum: sum, first, last } of blocks) {
    writer.float64(offset);
    writer.uint32(length);
    if (isCompressed) writer.uint32(rawLength ?? 0);
    writer.uint32(entries);
    writer.uint32(sum);
    writer.uint32(first.length);
    writer.bytes(first);
    writer.uint32(last.length);
    writer.bytes(last);
  }
  writer.uint32(checksum(writer.finish()));
  return writer.finish();
}

/** Reads the index, the part of a segment from `indexOffset` on. Throws SegmentCorruptError. */
export function readSegmentIndex(bytes: Uint8Array): readonly BlockInfo[] {
  return guarded('the index of a segment', () => {
    const body = bytes.subarray(0, Math.max(0, bytes.length - 4));
    if (new ByteReader(bytes.subarray(body.length)).uint32() !== checksum(body)) throw new SegmentCorruptError('its checksum is another');
    const reader = new ByteReader(body);
    const magic = reader.uint32();
    if (magic !== MAGIC && magic !== COMPRESSED_MAGIC) throw new SegmentCorruptError('it does not begin like one');
    const blocks: BlockInfo[] = [];
    for (let left = reader.count(28); left > 0; left--) {
      const [offset, length] = [reader.float64(), reader.uint32()];
      const rawLength = magic === COMPRESSED_MAGIC ? reader.uint32() || null : null;
      const [entries, sum] = [reader.uint32(), reader.uint32()];
      const first = reader.bytes(reader.count(1));
      const last = reader.bytes(reader.count(1));
      blocks.push({ offset, length, rawLength, entries, checksum: sum, first, last });
    }
    return blocks;
  });
}

/** Reads the entries of a block. Throws SegmentCorruptError. */
export function readBlock(bytes: Uint8Array, block: BlockInfo, inflate: Inflate): readonly Entry[] {
  return guarded('a block of a segment', () => {
    if (bytes.length !== block.length || checksum(bytes) !== block.checksum) throw new SegmentCorruptError('its checksum is another');
    const raw = block.rawLength === null ? bytes : inflate(bytes, block.rawLength);
    if (block.rawLength !== null && raw.length !== block.rawLength) throw new SegmentCorruptError('it inflates to another length');
    const reader = new ByteReader(raw);
    const entries: Entry[] = [];
    for (let left = block.entries; left > 0; left--) {
      const key = reader.bytes(reader.count(1));
      const length = reader.uint32();
      entries.push({ key, value: length === GONE ? null : reader.bytes(length) });
    }
    return entries;
  });
}

function guarded<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SegmentCorruptError(`${what} is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Lays segments over each other, oldest first: a later entry wins, one that is gone is left out. Each in order of keys. */
export function* mergeSegments(segments: readonly Iterable<Entry>[]): IterableIterator<readonly [Uint8Array, Uint8Array]> {
  const iterators = segments.map((segment) => segment[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  for (;;) {
    let least: Uint8Array | null = null;
    let winner: Entry | null = null;
    for (const head of heads) {
      if (head.done === true) continue;
      const order: number = least === null ? -1 : compareBytes(head.value.key, least);
      if (order <= 0) {
        least = head.value.key;
        winner = head.value;
      }
    }
    if (least === null || winner === null) return;
    for (const [at, head] of heads.entries()) {
      if (head.done !== true && compareBytes(head.value.key, least) === 0) heads[at] = iterators[at]?.next() ?? head;
    }
    if (winner.value !== null) yield [winner.key, winner.value];
  }
}

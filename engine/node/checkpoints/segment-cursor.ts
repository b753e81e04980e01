import { type BlockInfo, type Entry, readBlock, readSegmentIndex, SegmentCorruptError } from '../../checkpoint/segment-format.ts';
import type { SegmentRef } from '../../checkpoint/manifest.ts';
import { compareBytes } from '../../state/byte-writer.ts';
import { inflateBlock } from './block-compression.ts';
import type { Disk } from './disk.ts';

/** Walks a segment on disk, reading one block at a time. */
class SegmentCursor {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #segment: SegmentRef;
  readonly #blocks: readonly BlockInfo[];
  #block: number;
  #entries: readonly Entry[] = [];
  #at = 0;

  constructor(disk: Disk, path: string, segment: SegmentRef, blocks: readonly BlockInfo[], after: Uint8Array | null) {
    this.#disk = disk;
    this.#path = path;
    this.#segment = segment;
    this.#blocks = blocks;
    this.#block = after === null ? 0 : blocks.findIndex(({ last }) => compareBytes(last, after) > 0);
    if (this.#block < 0) this.#block = blocks.length;
  }

  /** The entry the cursor stands at, past all up to `after`; null at the end. */
  async head(after: Uint8Array | null): Promise<Entry | null> {
    for (;;) {
      const entry = this.#entries[this.#at];
      if (entry !== undefined) {
        if (after === null || compareBytes(entry.key, after) > 0) return entry;
        this.#at++;
        continue;
      }
      const block = this.#blocks[this.#block];
      if (block === undefined) return null;
      this.#block++;
      const bytes = await this.#disk.readRange(this.#path, this.#segment.offset + block.offset, block.length);
      this.#entries = located(this.#path, () => readBlock(bytes, block, inflateBlock));
      this.#at = 0;
    }
  }

  next(): void {
    this.#at++;
  }
}

function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SegmentCorruptError ? new SegmentCorruptError(`${path}: ${error.message}`) : error;
  }
}

/** A segment with the file it is in. */
export interface LocatedSegment {
  readonly path: string;
  readonly segment: SegmentRef;
}

/** The indices of segments that were read; they never change, as their blobs do not. */
export class SegmentIndices {
  readonly #disk: Disk;
  readonly #indices = new Map<string, Promise<readonly BlockInfo[]>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Rejects with SegmentCorruptError or DiskError. */
  of({ path, segment }: LocatedSegment): Promise<readonly BlockInfo[]> {
    const key = `${segment.blob} ${segment.offset}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#read(path, segment);
      this.#indices.set(key, index);
      index.catch(() => this.#indices.delete(key));
    }
    return index;
  }

  async #read(path: string, segment: SegmentRef): Promise<readonly BlockInfo[]> {
    const bytes = await this.#disk.readRange(path, segment.offset + segment.indexOffset, segment.length - segment.indexOffset);
    return located(path, () => readSegmentIndex(bytes));
  }
}

/**
 * Entries of segments laid over each other, oldest first, from behind `after` on: reads the indices and one block of each segment at a time.
 * Rejects with SegmentCorruptError or DiskError.
 */
export async function* mergedEntries(
  disk: Disk,
  indices: SegmentIndices,
  segments: readonly LocatedSegment[],
  after: Uint8Array | null,
): AsyncIterableIterator<readonly [key: Uint8Array, value: Uint8Array]> {
  const cursors = await Promise.all(
    segments.map(async (segment) => new SegmentCursor(disk, segment.path, segment.segment, await indices.of(segment), after)),
  );
  for (;;) {
    let winner: Entry | null = null;
    const standing: { readonly cursor: SegmentCursor; readonly entry: Entry }[] = [];
    for (const cursor of cursors) {
      const entry = await cursor.head(after);
      if (entry === null) continue;
      standing.push({ cursor, entry });
      if (winner === null || compareBytes(entry.key, winner.key) <= 0) winner = entry;
    }
    if (winner === null) return;
    for (const { cursor, entry } of standing) if (compareBytes(entry.key, winner.key) === 0) cursor.next();
    if (winner.value !== null) yield [winner.key, winner.value];
  }
}

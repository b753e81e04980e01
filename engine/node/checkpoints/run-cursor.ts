import { type BlockInfo, type Entry, readBlock, readRunIndex, RunCorruptError } from '../../checkpoint/run-format.ts';
import type { RunRef } from '../../checkpoint/manifest.ts';
import { compareBytes } from '../../state/byte-writer.ts';
import type { Disk } from './disk.ts';

/** Walks a run on disk, reading one block at a time. */
class RunCursor {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #run: RunRef;
  readonly #blocks: readonly BlockInfo[];
  #block: number;
  #entries: readonly Entry[] = [];
  #at = 0;

  constructor(disk: Disk, path: string, run: RunRef, blocks: readonly BlockInfo[], after: Uint8Array | null) {
    this.#disk = disk;
    this.#path = path;
    this.#run = run;
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
      const bytes = await this.#disk.readRange(this.#path, this.#run.offset + block.offset, block.length);
      this.#entries = located(this.#path, () => readBlock(bytes, block));
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
    throw error instanceof RunCorruptError ? new RunCorruptError(`${path}: ${error.message}`) : error;
  }
}

/** A run with the file it is in. */
export interface LocatedRun {
  readonly path: string;
  readonly run: RunRef;
}

/** The indices of runs that were read; they never change, as their blobs do not. */
export class RunIndices {
  readonly #disk: Disk;
  readonly #indices = new Map<string, Promise<readonly BlockInfo[]>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Rejects with RunCorruptError or DiskError. */
  of({ path, run }: LocatedRun): Promise<readonly BlockInfo[]> {
    const key = `${run.blob} ${run.offset}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#read(path, run);
      this.#indices.set(key, index);
      index.catch(() => this.#indices.delete(key));
    }
    return index;
  }

  async #read(path: string, run: RunRef): Promise<readonly BlockInfo[]> {
    const bytes = await this.#disk.readRange(path, run.offset + run.indexOffset, run.length - run.indexOffset);
    return located(path, () => readRunIndex(bytes));
  }
}

/**
 * Entries of runs laid over each other, oldest first, from behind `after` on: reads the indices and one block of each run at a time.
 * Rejects with RunCorruptError or DiskError.
 */
export async function* mergedEntries(
  disk: Disk,
  indices: RunIndices,
  runs: readonly LocatedRun[],
  after: Uint8Array | null,
): AsyncIterableIterator<readonly [key: Uint8Array, value: Uint8Array]> {
  const cursors = await Promise.all(runs.map(async (run) => new RunCursor(disk, run.path, run.run, await indices.of(run), after)));
  for (;;) {
    let winner: Entry | null = null;
    const standing: { readonly cursor: RunCursor; readonly entry: Entry }[] = [];
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

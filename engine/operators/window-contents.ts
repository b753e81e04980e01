import type { OpenWindow } from '../runtime/job.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { encodeKey } from '../state/key-codec.ts';
import { KeyIndex } from '../state/key-index.ts';
import { rowsByKeyGroup } from '../state/keyed-table.ts';
import type { Accumulators } from './accumulators.ts';

/** Rows looked at for ghosts in one window; beyond it the first ones stand for all. */
const MAX_GHOST_ROWS = 50_000;

/** One window of all keys: key → row → accumulator. The namespace of the operator's state. */
export class WindowContents {
  readonly start: number;
  readonly end: number;
  readonly index: KeyIndex;
  readonly accumulators: Accumulators;

  constructor(start: number, end: number, expectedRows: number, accumulators: Accumulators) {
    this.start = start;
    this.end = end;
    this.index = new KeyIndex(expectedRows);
    this.accumulators = accumulators;
  }

  get maxTimestamp(): number {
    return this.end - 1;
  }

  writeState(writer: ByteWriter, maxParallelism: number): void {
    writer.float64(this.start);
    writer.float64(this.end);
    writer.uint32(this.index.size);
    for (const { row, keyGroup } of rowsByKeyGroup(this.index.keys, maxParallelism)) {
      writer.uint32(keyGroup);
      writer.bytes(encodeKey(this.index.keys[row]));
      this.accumulators.write(writer, row);
    }
  }

  /** Results so far of the `limit` keys with the most records (rule 13). Never throws: a result that cannot be had is left out. */
  ghosts(limit: number, fresh: Accumulators | null): readonly OpenWindow[] {
    const { keys } = this.index;
    return this.#mostRecords(limit).map((row) => ({
      window: { start: this.start, end: this.end },
      key: keys[row],
      value: fresh ? this.#preview(row, keys[row], fresh) : undefined,
      count: this.accumulators.count(row),
    }));
  }

  /** The `limit` rows with the most records, most first, then in order of row; few of many, so without sorting all of them. */
  #mostRecords(limit: number): readonly number[] {
    const rows: number[] = [];
    const counts: number[] = [];
    const looked = Math.min(this.index.size, MAX_GHOST_ROWS);
    for (let row = 0; row < looked; row++) {
      const count = this.accumulators.count(row) ?? 0;
      if (rows.length >= limit && count <= (counts[limit - 1] ?? Number.POSITIVE_INFINITY)) continue;
      let low = 0;
      for (let high = counts.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((counts[middle] ?? 0) >= count) low = middle + 1;
        else high = middle;
      }
      rows.splice(low, 0, row);
      counts.splice(low, 0, count);
      if (rows.length > limit) {
        rows.pop();
        counts.pop();
      }
    }
    return rows;
  }

  #preview(row: number, key: unknown, fresh: Accumulators): unknown {
    try {
      return this.accumulators.preview(row, key, fresh);
    } catch {
      return undefined;
    }
  }
}

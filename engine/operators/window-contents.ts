import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { OpenWindow } from '../runtime/job.ts';
import { estimateBytes } from '../state/byte-estimate.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import type { EntryBuffer } from '../state/entry-buffer.ts';
import { encodeKey } from '../state/key-codec.ts';
import { keyGroupOf } from '../state/key-groups.ts';
import { KeyIndex } from '../state/key-index.ts';
import { rowsByKey, rowsByKeyGroup } from '../state/keyed-table.ts';
import { memoryOf } from '../state/memory-of.ts';
import type { StateAccount } from '../state/state-memory.ts';
import type { Accumulators } from './accumulators.ts';
import { windowGhosts } from './window-ghosts.ts';
import type { WindowPage, WindowTable } from './window-tables.ts';

/** Bytes of memory of an open window without rows. */
const WINDOW_MEMORY = 2_048;

/** Bytes of memory of a row beside its key and its accumulator. */
const ROW_MEMORY = 48;

/** The rows of one window on their way into a checkpoint. */
export interface ContentsCapture {
  readonly rows: number;
  readonly isDone: boolean;
  /** Looks at up to `budget` rows more and encodes those that have to be; gives how many it looked at. Throws StateEncodingError. */
  encode(budget: number, buffer: EntryBuffer): number;
  /** Bytes of all entries of the window. */
  end(): number;
}

/** One window of all keys on the heap: key → row → accumulator. The namespace of the operator's state. */
export class WindowContents implements WindowTable {
  readonly start: number;
  readonly end: number;
  readonly index: KeyIndex;
  readonly accumulators: Accumulators;
  /** Of each row at the last capture: the records it had, and the bytes of its entry. */
  #capturedCounts = new Float64Array(0);
  #capturedBytes = new Int32Array(0);
  #capturedRows = 0;
  #bytes = 0;
  readonly #account: StateAccount;
  #memory = WINDOW_MEMORY;

  constructor(start: number, end: number, expectedRows: number, accumulators: Accumulators, account: StateAccount) {
    this.start = start;
    this.end = end;
    this.#account = account;
    this.accumulators = accumulators;
    this.index = new KeyIndex(expectedRows, (key) => {
      const bytes = this.#rowMemory(key);
      this.#memory += bytes;
      account.grow(bytes);
    });
    account.grow(WINDOW_MEMORY);
  }

  get maxTimestamp(): number {
    return this.end - 1;
  }

  #rowMemory(key: unknown): number {
    return ROW_MEMORY + this.accumulators.rowMemory + memoryOf(key);
  }

  walk(visit: (key: unknown, bytes: number) => void): void {
    for (const [row, key] of this.index.keys.entries()) visit(key, this.#rowMemory(key) + this.accumulators.memoryOf(row));
  }

  /** The window is gone: its memory does not count any more. */
  release(): void {
    this.#account.shrink(this.#memory);
    this.accumulators.release();
  }

  get expectedRows(): number {
    return this.index.size;
  }

  add(key: unknown, value: unknown): number {
    const row = this.index.rowOf(key);
    this.accumulators.add(row, value);
    return row;
  }

  keyOf(row: number): unknown {
    return this.index.keys[row];
  }

  result(row: number, key: unknown): unknown {
    return this.accumulators.result(row, key);
  }

  rows(): Int32Array | readonly number[] {
    return rowsByKey(this.index);
  }

  pages(): readonly WindowPage[] {
    return [this];
  }

  /** Bytes of its entries as a checkpoint would store them: exact for rows as the last one had them, estimated for the rest. */
  get estimatedBytes(): number {
    return estimateBytes(this.#bytes, this.#capturedRows, this.index.size - this.#capturedRows);
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

  /** The rows as they are now. `full`: all of them, else those changed since the last capture. */
  capture(full: boolean, maxParallelism: number): ContentsCapture {
    const rows = this.index.size;
    const captured = this.accumulators.capture(rows);
    const known = full ? 0 : this.#capturedRows;
    this.#reserve(rows);
    let at = 0;
    const encode = (budget: number, buffer: EntryBuffer): number => {
      const first = at;
      for (const until = Math.min(rows, at + budget); at < until; at++) {
        const count = captured.count(at);
        if (at < known && this.#capturedCounts[at] === count) continue;
        this.#capturedCounts[at] = count;
        const row = at;
        const bytes = this.#addEntry(buffer, row, maxParallelism, (writer) => captured.write(writer, row));
        this.#bytes += bytes - (this.#capturedBytes[at] ?? 0);
        this.#capturedBytes[at] = bytes;
      }
      return at - first;
    };
    const end = (): number => {
      captured.end();
      this.#capturedRows = rows;
      return this.#bytes;
    };
    return {
      rows,
      get isDone() {
        return at >= rows;
      },
      encode,
      end,
    };
  }

  /** The window is gone, and with it every row that the last capture had. */
  captureEnd(maxParallelism: number): ContentsCapture {
    const rows = this.#capturedRows;
    let at = 0;
    const encode = (budget: number, buffer: EntryBuffer): number => {
      const first = at;
      for (const until = Math.min(rows, at + budget); at < until; at++) this.#addEntry(buffer, at, maxParallelism, null);
      return at - first;
    };
    return {
      rows,
      get isDone() {
        return at >= rows;
      },
      encode,
      end: () => 0,
    };
  }

  /** Gives the bytes of the entry. */
  #addEntry(buffer: EntryBuffer, row: number, maxParallelism: number, write: ((writer: ByteWriter) => void) | null): number {
    const key = this.index.keys[row];
    return buffer.add(keyGroupOf(key, maxParallelism), key, [this.start, this.end], undefined, write);
  }

  /** Room for what is known of the rows at a capture. */
  #reserve(rows: number): void {
    if (rows <= this.#capturedCounts.length) return;
    const counts = new Float64Array(Math.max(rows, this.#capturedCounts.length * 2));
    const bytes = new Int32Array(counts.length);
    counts.set(this.#capturedCounts);
    bytes.set(this.#capturedBytes);
    this.#capturedCounts = counts;
    this.#capturedBytes = bytes;
  }

  view(key: unknown): readonly KeyedStateView[] {
    const row = this.index.find(key);
    if (row === undefined) return [];
    const window = { start: this.start, end: this.end };
    return [{ name: 'window', kind: 'window', window, size: this.accumulators.count(row) ?? 0, value: this.accumulators.peek(row) }];
  }

  ghosts(limit: number, fresh: Accumulators | null): readonly OpenWindow[] {
    return windowGhosts(this, this.index, this.accumulators, limit, fresh);
  }
}

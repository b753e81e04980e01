import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { OpenWindow } from '../runtime/job.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import { describeKey } from '../state/entry-slots.ts';
import { compareKeys, encodeKey, writeKey } from '../state/key-codec.ts';
import { keyGroupOf } from '../state/key-groups.ts';
import { KeyIndex } from '../state/key-index.ts';
import { StateEncodingError } from '../state/state-capture.ts';
import { freeAccount } from '../state/state-memory.ts';
import { readNamespaceFirst, writeNamespaceFirst } from '../state/stored/key-bytes.ts';
import { decodeValue } from '../state/stored-value.ts';
import type { Accumulators } from './accumulators.ts';
import type { StoredWindows } from './stored-windows.ts';
import { WINDOW_STATE } from './window-capture.ts';
import { windowGhosts } from './window-ghosts.ts';
import type { WindowPage, WindowTable } from './window-tables.ts';

/** Rows that are read at once when the window fires. */
const PAGE = 256;
/** Of a row that the store does not have yet. */
const NEW = -1;

/** One window of all keys in a store; `#index` and `#accumulators` have the rows that were used lately. */
export class StoredWindow implements WindowTable {
  readonly start: number;
  readonly end: number;
  readonly expectedRows = 0;
  readonly #windows: StoredWindows;
  /** What the keys of all its entries begin with. */
  readonly #prefix: Uint8Array;
  #index = new KeyIndex();
  #accumulators: Accumulators;
  /** Of each row in memory: the records that it had when it was written or read, and the bytes that the store has. */
  #savedCounts: number[] = [];
  #savedSizes: number[] = [];
  #newRows = 0;

  constructor(start: number, end: number, windows: StoredWindows) {
    this.start = start;
    this.end = end;
    this.#windows = windows;
    this.#accumulators = windows.aggregation.create(0, freeAccount());
    const writer = new ByteWriter();
    writeKey(writer, [start, end]);
    this.#prefix = writer.finish();
  }

  get maxTimestamp(): number {
    return this.end - 1;
  }

  /** Rows that only memory has. */
  get newRows(): number {
    return this.#newRows;
  }

  add(key: unknown, value: unknown): number {
    const row = this.#index.find(key) ?? this.#bring(key);
    this.#accumulators.add(row, value);
    this.#windows.noteRecord();
    return row;
  }

  /** The row of a key that is not in memory. */
  #bring(key: unknown): number {
    const stored = this.#windows.entries.get(this.#bytesOf(key));
    this.#windows.makeRoom(stored?.length ?? 0);
    const row = this.#index.rowOf(key);
    if (stored === null) this.#newRows++;
    else this.#accumulators.restore(row, decodeValue(stored));
    this.#savedCounts[row] = stored === null ? NEW : this.#countOf(row);
    this.#savedSizes[row] = stored?.length ?? NEW;
    return row;
  }

  #countOf(row: number): number {
    return this.#accumulators.count(row) ?? 0;
  }

  #bytesOf(key: unknown): Uint8Array {
    const writer = new ByteWriter();
    writeNamespaceFirst(writer, keyGroupOf(key, this.#windows.maxParallelism), key, [this.start, this.end]);
    return writer.finish();
  }

  keyOf(row: number): unknown {
    return this.#index.keys[row];
  }

  result(row: number, key: unknown): unknown {
    return this.#accumulators.result(row, key);
  }

  /** Writes the rows that have changed. Throws StateEncodingError for a row that cannot be stored. */
  flush(): void {
    const rows = this.#index.size;
    const captured = this.#accumulators.capture(rows);
    try {
      for (let row = 0; row < rows; row++) {
        const count = captured.count(row);
        if (count === this.#savedCounts[row]) continue;
        const key = this.#index.keys[row];
        const writer = new ByteWriter();
        try {
          captured.write(writer, row);
        } catch (error) {
          if (!(error instanceof StateEncodingError)) throw error;
          throw new StateEncodingError(`State "${WINDOW_STATE}" of key ${describeKey(key)}: ${error.message}`);
        }
        const value = writer.finish();
        const before = this.#savedSizes[row] ?? NEW;
        this.#windows.entries.write(this.#bytesOf(key), before, value);
        if (before === NEW) this.#newRows--;
        this.#savedCounts[row] = count;
        this.#savedSizes[row] = value.length;
      }
    } finally {
      captured.end();
    }
  }

  /** Writes what has changed and takes everything out of memory. Throws StateEncodingError. */
  spill(): void {
    this.flush();
    this.#forget();
  }

  #forget(): void {
    if (this.#index.size === 0) return;
    this.#index = new KeyIndex();
    this.#accumulators = this.#windows.aggregation.create(0, freeAccount());
    this.#savedCounts = [];
    this.#savedSizes = [];
    this.#newRows = 0;
  }

  /** Nothing: what is in memory of a state in a store is bounded by its cache. */
  walk(): void {
    // As above.
  }

  *pages(): Generator<WindowPage> {
    this.flush();
    let keys: unknown[] = [];
    let accumulators = this.#windows.aggregation.create(0, freeAccount());
    const page = (): WindowPage => {
      const [ready, of] = [accumulators, keys];
      return { rows: () => [...of.keys()], keyOf: (row) => of[row], result: (row, key) => ready.result(row, key) };
    };
    for (const [bytes, value] of this.#windows.entries.scan(this.#prefix)) {
      if (keys.length === PAGE) {
        yield page();
        keys = [];
        accumulators = this.#windows.aggregation.create(0, freeAccount());
      }
      accumulators.restore(keys.length, decodeValue(value));
      keys.push(readNamespaceFirst(bytes).key);
    }
    if (keys.length > 0) yield page();
  }

  /** Takes everything that the window has out of the store. */
  clear(): void {
    this.#forget();
    for (const [bytes, value] of this.#windows.entries.scan(this.#prefix)) this.#windows.entries.write(bytes, value.length, null);
  }

  writeState(writer: ByteWriter): void {
    this.flush();
    const rows: { readonly keyGroup: number; readonly key: unknown; readonly contents: Uint8Array }[] = [];
    for (const [bytes, value] of this.#windows.entries.scan(this.#prefix)) {
      const { key, keyGroup } = readNamespaceFirst(bytes);
      const accumulators = this.#windows.aggregation.create(0, freeAccount());
      accumulators.restore(0, decodeValue(value));
      const contents = new ByteWriter();
      accumulators.write(contents, 0);
      rows.push({ keyGroup, key, contents: contents.finish() });
    }
    writer.float64(this.start);
    writer.float64(this.end);
    writer.uint32(rows.length);
    for (const { keyGroup, key, contents } of rows.sort((a, b) => a.keyGroup - b.keyGroup || compareKeys(a.key, b.key))) {
      writer.uint32(keyGroup);
      writer.bytes(encodeKey(key));
      writer.bytes(contents);
    }
  }

  view(key: unknown): readonly KeyedStateView[] {
    let row = this.#index.find(key);
    let accumulators = this.#accumulators;
    if (row === undefined) {
      const stored = this.#windows.entries.get(this.#bytesOf(key));
      if (stored === null) return [];
      row = 0;
      accumulators = this.#windows.aggregation.create(0, freeAccount());
      accumulators.restore(row, decodeValue(stored));
    }
    const window = { start: this.start, end: this.end };
    return [{ name: 'window', kind: 'window', window, size: accumulators.count(row) ?? 0, value: accumulators.peek(row) }];
  }

  /** Of the rows in memory. */
  ghosts(limit: number, fresh: Accumulators | null): readonly OpenWindow[] {
    return windowGhosts(this, this.#index, this.#accumulators, limit, fresh);
  }
}

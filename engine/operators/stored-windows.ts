import { estimateBytes } from '../state/byte-estimate.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import type { EntryKey } from '../state/entry-codec.ts';
import { type StateCapture, StateEncodingError } from '../state/state-capture.ts';
import { writeNamespaceFirst } from '../state/stored/key-bytes.ts';
import { type StateStore, storedEntries } from '../state/stored/state-store.ts';
import type { StoredEntries } from '../state/stored/stored-entries.ts';
import type { WindowAggregation } from './aggregations/window-aggregation.ts';
import { StoredWindow } from './stored-window.ts';
import { WINDOW_STATE } from './window-capture.ts';
import type { WindowTables } from './window-tables.ts';

/** Bytes that a record in memory counts for. */
const TYPICAL_RECORD = 128;

/**
 * Windows in a store. Rows that were used lately are in memory, as on the heap; when they are too many, or have taken in too much, all of them are
 * written and forgotten. When that is depends on the records alone.
 */
export class StoredWindows implements WindowTables<StoredWindow> {
  readonly aggregation: WindowAggregation;
  readonly entries: StoredEntries;
  readonly maxParallelism: number;
  readonly #maxRows: number;
  readonly #maxRecords: number;
  readonly #open = new Set<StoredWindow>();
  #rows = 0;
  #records = 0;

  constructor(store: StateStore, aggregation: WindowAggregation, maxParallelism: number) {
    this.aggregation = aggregation;
    this.maxParallelism = maxParallelism;
    this.entries = storedEntries(store, WINDOW_STATE, 'window', 'namespace-first');
    this.#maxRows = 2 * store.cache.entries;
    this.#maxRecords = store.cache.bytes / TYPICAL_RECORD;
  }

  open(start: number, end: number): StoredWindow {
    const window = new StoredWindow(start, end, this);
    this.#open.add(window);
    return window;
  }

  /** A row comes into memory, of so many bytes: the others may have to give way. Throws StateEncodingError. */
  makeRoom(bytes: number): void {
    if (this.#rows >= this.#maxRows || this.#records >= this.#maxRecords) {
      for (const window of this.#open) window.spill();
      this.#rows = 0;
      this.#records = 0;
    }
    this.#rows++;
    this.#records += bytes / TYPICAL_RECORD;
  }

  /** A record has been taken into memory. */
  noteRecord(): void {
    this.#records++;
  }

  drop(window: StoredWindow): void {
    window.clear();
    this.#open.delete(window);
  }

  restore({ start, end }: StoredWindow, { keyGroup, key }: EntryKey, value: Uint8Array): void {
    const writer = new ByteWriter();
    writeNamespaceFirst(writer, keyGroup, key, [start, end]);
    this.entries.write(writer.finish(), -1, value);
  }

  /** What cannot be stored fails the checkpoint; what is left in memory of it comes again with the next. */
  capture(open: readonly StoredWindow[], full: boolean): StateCapture {
    let unstorable: Error | null = null;
    for (const window of open) {
      try {
        window.flush();
      } catch (error) {
        if (!(error instanceof StateEncodingError)) throw error;
        unstorable = error;
      }
    }
    return this.entries.capture(full, unstorable);
  }

  estimatedBytes(open: Iterable<StoredWindow>): number {
    let unsaved = 0;
    for (const window of open) unsaved += window.newRows;
    return estimateBytes(this.entries.bytes, this.entries.size, unsaved);
  }
}

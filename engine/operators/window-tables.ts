import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { OpenWindow } from '../runtime/job.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import type { EntryKey } from '../state/entry-codec.ts';
import type { StateCapture } from '../state/state-capture.ts';
import type { Accumulators } from './accumulators.ts';

/** Some rows of a window, in the order in which user code sees their keys. */
export interface WindowPage {
  rows(): Int32Array | readonly number[];
  keyOf(row: number): unknown;
  /** What the window gives for a row. May throw what user code throws. */
  result(row: number, key: unknown): unknown;
}

/** What one window holds for all keys, on whatever backend. */
export interface WindowTable {
  readonly start: number;
  readonly end: number;
  readonly maxTimestamp: number;
  /** Keys that a window like this one may expect. */
  readonly expectedRows: number;
  /** Gives the row, good until the next call. May throw what user code throws, and UnusableKeyError. */
  add(key: unknown, value: unknown): number;
  keyOf(row: number): unknown;
  result(row: number, key: unknown): unknown;
  /** All rows, each page to be done with before the next. */
  pages(): Iterable<WindowPage>;
  /** Calls `visit` with the key and the memory of every row, where that counts. */
  walk(visit: (key: unknown, bytes: number) => void): void;
  writeState(writer: ByteWriter, maxParallelism: number): void;
  /** What the window holds for a key: nothing, or one view. */
  view(key: unknown): readonly KeyedStateView[];
  /** Results so far, as `windowGhosts`. */
  ghosts(limit: number, fresh: Accumulators | null): readonly OpenWindow[];
}

/** The windows of an operator in one subtask: on the heap, or in a store. */
export interface WindowTables<Table extends WindowTable = WindowTable> {
  /** An empty window. */
  open(start: number, end: number, expectedRows: number): Table;
  /** The window is over, and all that it holds goes. */
  drop(window: Table): void;
  /** An entry of a checkpoint, its value as bytes. */
  restore(window: Table, key: EntryKey, value: Uint8Array): void;
  /** The windows as they are now; `open`: all of them, in order of time. */
  capture(open: readonly Table[], full: boolean): StateCapture;
  /** As KeptState.estimatedBytes. */
  estimatedBytes(open: Iterable<Table>): number;
}

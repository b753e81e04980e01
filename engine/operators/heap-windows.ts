import type { EntryKey } from '../state/entry-codec.ts';
import type { StateAccount } from '../state/state-memory.ts';
import type { StateCapture } from '../state/state-capture.ts';
import { decodeValue } from '../state/stored-value.ts';
import type { WindowAggregation } from './aggregations/window-aggregation.ts';
import { WindowCapture } from './window-capture.ts';
import { WindowContents } from './window-contents.ts';
import type { WindowTables } from './window-tables.ts';

/** Windows on the heap. */
export class HeapWindows implements WindowTables<WindowContents> {
  readonly #aggregation: WindowAggregation;
  readonly #maxParallelism: number;
  readonly #account: StateAccount;
  /** Windows dropped since the last capture, which a delta takes away. */
  #closed: WindowContents[] = [];
  #captured = false;

  constructor(aggregation: WindowAggregation, maxParallelism: number, account: StateAccount) {
    this.#account = account;
    this.#aggregation = aggregation;
    this.#maxParallelism = maxParallelism;
  }

  open(start: number, end: number, expectedRows: number): WindowContents {
    return new WindowContents(start, end, expectedRows, this.#aggregation.create(expectedRows, this.#account), this.#account);
  }

  drop(window: WindowContents): void {
    window.release();
    if (this.#captured) this.#closed.push(window);
  }

  restore(window: WindowContents, { key }: EntryKey, value: Uint8Array): void {
    window.accumulators.restore(window.index.rowOf(key), decodeValue(value));
  }

  capture(open: readonly WindowContents[], full: boolean): StateCapture {
    const capture = new WindowCapture(open, this.#closed, full || !this.#captured, this.#maxParallelism);
    this.#captured = true;
    this.#closed = [];
    return capture;
  }

  estimatedBytes(open: Iterable<WindowContents>): number {
    let bytes = 0;
    for (const window of open) bytes += window.estimatedBytes;
    return bytes;
  }
}

import type { ByteWriter } from '../state/byte-writer.ts';

/** The contents of one window: one accumulator per row, rows numbered from 0 as keys appear. */
export interface Accumulators {
  /** Adds a record; `row` is one above the last for a new key. May throw what user code throws. */
  add(row: number, record: unknown): void;
  /** What the window gives for a row: a result, or all its records. May throw what user code throws. */
  result(row: number, key: unknown): unknown;
  /** What is kept for a row, for those who do not change it: an accumulator, a list of records, or the numbers so far. */
  peek(row: number): unknown;
  /** The result of a copy, for ghosts, with the functions of `fresh`; undefined where only the count is known. May throw. */
  preview(row: number, key: unknown, fresh: Accumulators): unknown;
  /** Records in a row; null when it is not kept. */
  count(row: number): number | null;
  /** Bytes of memory that each row takes at least. */
  readonly rowMemory: number;
  /** Bytes of memory that a row takes beyond, as it was last counted or measured. */
  memoryOf(row: number): number;
  /** The window is gone. */
  release(): void;
  write(writer: ByteWriter, row: number): void;
  /** The first `rows` rows as they are now, for a checkpoint. Ends with `end` of what it gives; one at a time. */
  capture(rows: number): RowsCapture;
  /** Puts back a row that `RowsCapture.write` wrote, decoded; `row` is one above the last. Throws for anything else. */
  restore(row: number, value: unknown): void;
}

/** Rows as a barrier found them, whatever happens to them afterwards. */
export interface RowsCapture {
  /** Records that had been added to the row: it has changed since another capture exactly when this number has. */
  count(row: number): number;
  /** The row as an encoded value. Throws StateEncodingError. */
  write(writer: ByteWriter, row: number): void;
  end(): void;
}

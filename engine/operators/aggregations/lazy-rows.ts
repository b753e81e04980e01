import { ByteWriter } from '../../state/byte-writer.ts';
import type { RowsCapture } from '../accumulators.ts';

/**
 * A capture of rows that user code may change in place (rule 4): a row is encoded when the checkpoint comes to it, or just before it is first
 * touched, whichever is earlier. `touch` has to be called before every access of user code to a row.
 */
export class LazyRows implements RowsCapture {
  readonly #counts: Float64Array;
  readonly #encode: (writer: ByteWriter, row: number, count: number) => void;
  readonly #end: () => void;
  readonly #written: Uint8Array;
  /** Rows that were touched first: their bytes, or why they have none. */
  readonly #early = new Map<number, Uint8Array | Error>();

  constructor(counts: Float64Array, encode: (writer: ByteWriter, row: number, count: number) => void, end: () => void) {
    this.#counts = counts;
    this.#encode = encode;
    this.#end = end;
    this.#written = new Uint8Array(counts.length);
  }

  count(row: number): number {
    return this.#counts[row] ?? 0;
  }

  /** The row is about to change. Never throws: a value that cannot be stored fails the checkpoint, not the record. */
  touch(row: number): void {
    if (row >= this.#counts.length || this.#written[row] === 1) return;
    this.#written[row] = 1;
    try {
      const writer = new ByteWriter();
      this.#encode(writer, row, this.count(row));
      this.#early.set(row, writer.finish());
    } catch (error) {
      this.#early.set(row, error instanceof Error ? error : new Error(String(error)));
    }
  }

  write(writer: ByteWriter, row: number): void {
    const early = this.#early.get(row);
    if (early instanceof Error) throw early;
    this.#written[row] = 1;
    if (early === undefined) this.#encode(writer, row, this.count(row));
    else writer.bytes(early);
    this.#early.delete(row);
  }

  end(): void {
    this.#end();
  }
}

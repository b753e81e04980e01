import type { ByteWriter } from '../../state/byte-writer.ts';
import { writeStored } from '../../state/stored-value.ts';
import { copyValue, writeValue } from '../../state/value-codec.ts';
import type { Accumulators, RowsCapture } from '../accumulators.ts';
import { readField } from '../fields.ts';
import { LazyRows } from './lazy-rows.ts';

/** How records become an accumulator and that a result. */
export interface Fold {
  first(record: unknown): unknown;
  add(accumulator: unknown, record: unknown): unknown;
  result(accumulator: unknown): unknown;
}

/** One accumulator object per row: reduce, AggregateFunction, aggregates of a field. */
export class FoldedAccumulators implements Accumulators {
  readonly #fold: Fold;
  readonly #values: unknown[] = [];
  readonly #counts: number[] = [];
  #captured: LazyRows | null = null;
  constructor(fold: Fold) {
    this.#fold = fold;
  }
  add(row: number, record: unknown): void {
    if (row === this.#values.length) {
      this.#values.push(this.#fold.first(record));
      this.#counts.push(1);
    } else {
      if (this.#captured !== null) this.#captured.touch(row);
      this.#values[row] = this.#fold.add(this.#values[row], record);
      this.#counts[row] = (this.#counts[row] ?? 0) + 1;
    }
  }
  result(row: number): unknown {
    if (this.#captured !== null) this.#captured.touch(row);
    return this.#fold.result(this.#values[row]);
  }
  peek(row: number): unknown {
    return this.#values[row];
  }
  preview(row: number, _key: unknown, fresh: Accumulators): unknown {
    return fresh instanceof FoldedAccumulators ? fresh.#fold.result(copyValue(this.#values[row])) : undefined;
  }
  count(row: number): number | null {
    return this.#counts[row] ?? 0;
  }
  write(writer: ByteWriter, row: number): void {
    writeValue(writer, this.#values[row]);
  }
  capture(): RowsCapture {
    const captured = new LazyRows(
      new Float64Array(this.#counts),
      (writer, row, count) => writeStored(writer, { count, accumulator: this.#values[row] }),
      () => {
        if (this.#captured === captured) this.#captured = null;
      },
    );
    this.#captured = captured;
    return captured;
  }
  restore(_row: number, value: unknown): void {
    this.#values.push(readField(value, 'accumulator'));
    this.#counts.push(Number(readField(value, 'count')));
  }
}

import type { ByteWriter } from '../../state/byte-writer.ts';
import type { StateAccount } from '../../state/state-memory.ts';
import { writeStored } from '../../state/stored-value.ts';
import { copyValue, writeValue } from '../../state/value-codec.ts';
import { ValueMemory } from '../../state/value-memory.ts';
import type { Accumulators, RowsCapture } from '../accumulators.ts';
import { readField } from '../fields.ts';
import { LazyRows } from './lazy-rows.ts';

/** How records become an accumulator and that a result. */
export interface Fold {
  first(record: unknown): unknown;
  add(accumulator: unknown, record: unknown): unknown;
  result(accumulator: unknown): unknown;
  /** Two accumulators as one, of which the first may be changed. */
  merge(a: unknown, b: unknown): unknown;
  /** The result without records; null where there is none. */
  readonly empty: (() => unknown) | null;
  /** Whether adding a record has left the accumulator as large as it was. */
  readonly keepsSize?: (accumulator: unknown) => boolean;
}

/** One accumulator object per row: reduce, AggregateFunction, aggregates of a field. */
export class FoldedAccumulators implements Accumulators {
  readonly #fold: Fold;
  readonly #values: unknown[] = [];
  readonly #counts: number[] = [];
  #captured: LazyRows | null = null;
  readonly rowMemory = 2 * Float64Array.BYTES_PER_ELEMENT;
  readonly #memory: ValueMemory;
  constructor(fold: Fold, account: StateAccount) {
    this.#fold = fold;
    this.#memory = new ValueMemory(account, (row) => this.#values[row]);
  }
  add(row: number, record: unknown): void {
    if (row === this.#values.length) {
      const first = this.#fold.first(record);
      this.#values.push(first);
      this.#counts.push(1);
      this.#memory.changed(row, first);
    } else {
      if (this.#captured !== null) this.#captured.touch(row);
      const value = this.#fold.add(this.#values[row], record);
      this.#values[row] = value;
      this.#counts[row] = (this.#counts[row] ?? 0) + 1;
      if (this.#fold.keepsSize?.(value) !== true) this.#memory.changed(row, value);
    }
  }
  result(row: number): unknown {
    if (this.#captured !== null) this.#captured.touch(row);
    const value = this.#values[row];
    if (this.#fold.keepsSize?.(value) !== true) this.#memory.changed(row, value);
    return this.#fold.result(value);
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
  memoryOf(row: number): number {
    return this.#memory.of(row);
  }
  release(): void {
    this.#memory.release();
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
  restore(row: number, value: unknown): void {
    const accumulator = readField(value, 'accumulator');
    this.#values.push(accumulator);
    this.#memory.changed(row, accumulator);
    this.#counts.push(Number(readField(value, 'count')));
  }
}

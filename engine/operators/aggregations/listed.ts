import type { ByteWriter } from '../../state/byte-writer.ts';
import { ListMemory } from '../../state/list-memory.ts';
import type { StateAccount } from '../../state/state-memory.ts';
import { writeStored } from '../../state/stored-value.ts';
import { writeValue } from '../../state/value-codec.ts';
import type { Accumulators, RowsCapture } from '../accumulators.ts';
import { LazyRows } from './lazy-rows.ts';

/** All records of a row, in order of arrival: window functions that see every record. */
export class ListedAccumulators implements Accumulators {
  readonly #lists: unknown[][] = [];
  #captured: LazyRows | null = null;
  readonly rowMemory = Float64Array.BYTES_PER_ELEMENT;
  readonly #memory: ListMemory;
  constructor(account: StateAccount) {
    this.#memory = new ListMemory(account, (row) => this.#lists[row] ?? []);
  }
  add(row: number, record: unknown): void {
    const list = this.#lists[row];
    if (list) list.push(record);
    else this.#lists.push([record]);
    this.#memory.grown(row);
  }
  /** A copy: the window function may keep or sort it. */
  result(row: number): unknown {
    if (this.#captured !== null) this.#captured.touch(row);
    this.#memory.touched(row);
    return (this.#lists[row] ?? []).slice();
  }
  peek(row: number): unknown {
    return this.#lists[row] ?? [];
  }
  preview(): unknown {
    return undefined;
  }
  count(row: number): number | null {
    return this.#lists[row]?.length ?? 0;
  }
  memoryOf(row: number): number {
    return this.#memory.of(row);
  }
  release(): void {
    this.#memory.release();
  }
  write(writer: ByteWriter, row: number): void {
    writeValue(writer, this.#lists[row]);
  }
  /** Records are only ever added, so the first ones of a list are those that were there. */
  capture(): RowsCapture {
    const counts = new Float64Array(this.#lists.length);
    for (let row = 0; row < counts.length; row++) counts[row] = this.#lists[row]?.length ?? 0;
    const captured = new LazyRows(
      counts,
      (writer, row, count) => writeStored(writer, this.#lists[row]?.slice(0, count)),
      () => {
        if (this.#captured === captured) this.#captured = null;
      },
    );
    this.#captured = captured;
    return captured;
  }
  restore(row: number, value: unknown): void {
    if (!Array.isArray(value)) throw new TypeError('the records of a window are a list');
    const records: readonly unknown[] = value;
    this.#lists.push([...records]);
    this.#memory.grown(row);
  }
}

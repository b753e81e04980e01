import type { ByteWriter } from '../../state/byte-writer.ts';
import { writeValue } from '../../state/value-codec.ts';
import type { Accumulators } from '../accumulators.ts';

/** All records of a row, in order of arrival: window functions that see every record [2.15]. */
export class ListedAccumulators implements Accumulators {
  readonly #lists: unknown[][] = [];
  add(row: number, record: unknown): void {
    const list = this.#lists[row];
    if (list) list.push(record);
    else this.#lists.push([record]);
  }
  /** A copy: the window function may keep or sort it. */
  result(row: number): unknown {
    return (this.#lists[row] ?? []).slice();
  }
  preview(): unknown {
    return undefined;
  }
  count(row: number): number | null {
    return this.#lists[row]?.length ?? 0;
  }
  write(writer: ByteWriter, row: number): void {
    writeValue(writer, this.#lists[row]);
  }
}

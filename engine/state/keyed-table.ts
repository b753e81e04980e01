import type { ByteWriter } from './byte-writer.ts';
import { compareKeys, encodeKey } from './key-codec.ts';
import { keyGroupOf } from './key-groups.ts';
import { KeyIndex } from './key-index.ts';
import { writeValue } from './value-codec.ts';

/** Rows of a table in canonical order: by key group, then by key. Equal content gives an equal order (rule 2). */
export function rowsByKeyGroup(
  keys: readonly unknown[],
  maxParallelism: number,
): readonly { readonly row: number; readonly keyGroup: number }[] {
  return keys
    .map((key, row) => ({ row, keyGroup: keyGroupOf(key, maxParallelism) }))
    .sort((a, b) => a.keyGroup - b.keyGroup || compareKeys(keys[a.row], keys[b.row]));
}

/** Rows in the order in which user code sees keys: that of their canonical bytes (rule 2). */
export function rowsByKey(index: KeyIndex): Int32Array | readonly number[] {
  const { keys } = index;
  if (index.integersOnly) return integerOrder(keys);
  return Array.from(keys, (_, row) => row).sort((a, b) => compareKeys(keys[a], keys[b]));
}

const ROW_FACTOR = 2 ** 21;

/** Sorts numbers key · 2²¹ + row, exact below 2⁵³: much faster than with a comparator. */
function integerOrder(keys: readonly unknown[]): Int32Array | readonly number[] {
  const count = keys.length;
  if (count > ROW_FACTOR) return Array.from(keys, (_, row) => row).sort((a, b) => compareKeys(keys[a], keys[b]));
  const packed = new Float64Array(count);
  for (let row = 0; row < count; row++) packed[row] = Number(keys[row]) * ROW_FACTOR + row;
  packed.sort();
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = packed[i] ?? 0;
    rows[i] = value - Math.floor(value / ROW_FACTOR) * ROW_FACTOR;
  }
  return rows;
}

/** One value per key. */
export class KeyedTable {
  readonly #index = new KeyIndex();
  /** By row. */
  readonly values: unknown[] = [];

  /** The row of `key`; equal to `values.length` when the key is new: the caller then pushes its value. Throws UnusableKeyError. */
  rowOf(key: unknown): number {
    return this.#index.rowOf(key);
  }

  /** All entries, by key group and key. */
  writeState(writer: ByteWriter, maxParallelism: number): void {
    writer.uint32(this.values.length);
    for (const { row, keyGroup } of rowsByKeyGroup(this.#index.keys, maxParallelism)) {
      writer.uint32(keyGroup);
      writer.bytes(encodeKey(this.#index.keys[row]));
      writeValue(writer, this.values[row]);
    }
  }
}

import { IllegalArgumentException, RuntimeException } from '../../api/errors.ts';
import type { ByteWriter } from '../../state/byte-writer.ts';
import { setField } from '../../state/value-codec.ts';
import type { Accumulators } from '../accumulators.ts';
import { fieldLabel, fieldNames, readField } from '../fields.ts';

/** One result of `aggregate({ name: … })`: data. */
export interface BuiltIn {
  readonly name: string;
  readonly kind: 'count' | 'sum' | 'min' | 'max' | 'avg';
  readonly field: string | number | null;
}

const KINDS: ReadonlySet<string> = new Set(['sum', 'min', 'max', 'avg']);

function isFieldKind(kind: unknown): kind is 'sum' | 'min' | 'max' | 'avg' {
  return typeof kind === 'string' && KINDS.has(kind);
}

/** Reads `{ n: 'count', total: ['sum', 'amount'] }`. Throws IllegalArgumentException. */
export function parseBuiltIns(aggregates: object): readonly BuiltIn[] {
  const entries: [string, unknown][] = Object.entries(aggregates);
  if (entries.length === 0) throw new IllegalArgumentException('aggregate needs at least one result.', "For example { n: 'count' }.");
  return entries.map(([name, what]): BuiltIn => {
    if (what === 'count') return { name, kind: 'count', field: null };
    const pair: readonly unknown[] = Array.isArray(what) ? what : [];
    const [kind, field] = pair;
    if (isFieldKind(kind) && (typeof field === 'string' || typeof field === 'number')) return { name, kind, field };
    throw new IllegalArgumentException(
      `aggregate does not know how to make '${name}'.`,
      "Each result is 'count' or ['sum' | 'min' | 'max' | 'avg', field].",
    );
  });
}

const FIRST_ROWS = 64;

/** One number per row, and how a record changes it. */
interface Column {
  readonly field: string | number;
  values: Float64Array;
}

/** Built-in aggregates in columns of numbers: no object per key. */
export class BuiltInAccumulators implements Accumulators {
  readonly #plan: readonly BuiltIn[];
  readonly #sums: Column[] = [];
  readonly #extremes: (Column & { readonly sign: number })[] = [];
  /** Per result: the column it is read from. */
  readonly #columns: readonly (Column | null)[];
  #counts: Float64Array;

  constructor(plan: readonly BuiltIn[], expectedRows: number) {
    this.#plan = plan;
    const rows = Math.max(FIRST_ROWS, expectedRows);
    this.#counts = new Float64Array(rows);
    this.#columns = plan.map(({ kind, field }) => {
      if (field === null) return null;
      if (kind === 'sum' || kind === 'avg') {
        const column = this.#sums.find((sum) => sum.field === field) ?? { field, values: new Float64Array(rows) };
        if (!this.#sums.includes(column)) this.#sums.push(column);
        return column;
      }
      const column = { field, values: new Float64Array(rows), sign: kind === 'min' ? 1 : -1 };
      this.#extremes.push(column);
      return column;
    });
  }

  add(row: number, record: unknown): void {
    if (row >= this.#counts.length) this.#grow(row);
    const counts = this.#counts;
    const count = (counts[row] ?? 0) + 1;
    const sums = this.#sums;
    for (let i = 0; i < sums.length; i++) {
      const column = sums[i];
      if (column === undefined) continue;
      const value = readField(record, column.field);
      if (typeof value !== 'number') throw notANumber(record, column.field, value);
      const { values } = column;
      values[row] = (values[row] ?? 0) + value;
    }
    if (this.#extremes.length > 0) this.#addExtremes(row, record, count);
    counts[row] = count;
  }

  #addExtremes(row: number, record: unknown, count: number): void {
    for (const column of this.#extremes) {
      const value = readField(record, column.field);
      if (typeof value !== 'number') throw notANumber(record, column.field, value);
      const old = column.values[row] ?? 0;
      if (count === 1 || (value - old) * column.sign < 0) column.values[row] = value;
    }
  }

  #grow(row: number): void {
    let rows = this.#counts.length;
    while (rows <= row) rows *= 2;
    const larger = (old: Float64Array): Float64Array => {
      const values = new Float64Array(rows);
      values.set(old);
      return values;
    };
    this.#counts = larger(this.#counts);
    for (const column of this.#sums) column.values = larger(column.values);
    for (const column of this.#extremes) column.values = larger(column.values);
  }

  result(row: number, key: unknown): unknown {
    const result = { key };
    const plan = this.#plan;
    for (let i = 0; i < plan.length; i++) {
      const { name = '', kind } = plan[i] ?? {};
      const value = this.#columns[i]?.values[row] ?? 0;
      const count = this.#counts[row] ?? 0;
      setField(result, name, kind === 'count' ? count : kind === 'avg' ? value / count : value);
    }
    return result;
  }

  preview(row: number, key: unknown): unknown {
    return this.result(row, key);
  }

  count(row: number): number | null {
    return this.#counts[row] ?? 0;
  }

  write(writer: ByteWriter, row: number): void {
    writer.float64(this.#counts[row] ?? 0);
    for (const column of this.#sums) writer.float64(column.values[row] ?? 0);
    for (const column of this.#extremes) writer.float64(column.values[row] ?? 0);
  }
}

function notANumber(record: unknown, field: string | number, value: unknown): RuntimeException {
  const what = value === undefined ? `missing: ${fieldNames(record)}` : value === null ? 'null' : `a ${typeof value}`;
  return new RuntimeException(
    `aggregate needs a number in ${fieldLabel(field)}, but it is ${what}.`,
    'Convert the field in a map before, or filter such records out.',
  );
}

import { IllegalArgumentException, RuntimeException } from '../../api/errors.ts';
import type { ByteWriter } from '../../state/byte-writer.ts';
import { setField } from '../../state/set-field.ts';
import { writeStored } from '../../state/stored-value.ts';
import type { Accumulators, RowsCapture } from '../accumulators.ts';
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

/** A number of each row: where it is, and for extremes which way is better. */
interface Column {
  readonly field: string | number;
  readonly at: number;
  readonly sign: number;
}

/** The numbers that a plan needs, side by side, first the count. */
export interface Columns {
  readonly sums: readonly Column[];
  readonly extremes: readonly Column[];
  /** Per result: where its number is. */
  readonly places: readonly number[];
  /** What the columns are called in a checkpoint. */
  readonly labels: readonly string[];
}

export function columnsOf(plan: readonly BuiltIn[]): Columns {
  const sums: Column[] = [];
  const extremes: Column[] = [];
  const labels = ['count'];
  const places = plan.map(({ kind, field }) => {
    if (field === null) return 0;
    const sum = kind === 'sum' || kind === 'avg' ? sums.find((column) => column.field === field) : undefined;
    if (sum) return sum.at;
    const column = { field, at: labels.length, sign: kind === 'min' ? 1 : -1 };
    labels.push(`${kind === 'avg' ? 'sum' : kind} of ${field}`);
    if (kind === 'sum' || kind === 'avg') sums.push(column);
    else extremes.push(column);
    return column.at;
  });
  return { sums, extremes, places, labels };
}

/** A field of a record that has to be a number. Throws RuntimeException. */
export function numberIn(record: unknown, field: string | number): number {
  const value = readField(record, field);
  if (typeof value !== 'number') throw notANumber(record, field, value);
  return value;
}

/** Built-in aggregates in one table of numbers, the columns of a row side by side, first the count: no object per key. */
export class BuiltInAccumulators implements Accumulators {
  readonly #plan: readonly BuiltIn[];
  readonly #sums: readonly Column[];
  readonly #extremes: readonly Column[];
  readonly #places: readonly number[];
  readonly #width: number;
  readonly rowMemory: number;
  readonly #labels: readonly string[];
  #table: Float64Array;

  constructor(plan: readonly BuiltIn[], expectedRows: number) {
    this.#plan = plan;
    const columns = columnsOf(plan);
    this.#sums = columns.sums;
    this.#extremes = columns.extremes;
    this.#places = columns.places;
    this.#labels = columns.labels;
    const width = columns.labels.length;
    this.#width = width;
    this.rowMemory = width * Float64Array.BYTES_PER_ELEMENT;
    this.#table = new Float64Array(Math.max(FIRST_ROWS, expectedRows) * width);
  }

  add(row: number, record: unknown): void {
    const base = row * this.#width;
    if (base >= this.#table.length) this.#grow();
    const table = this.#table;
    const sums = this.#sums;
    for (let i = 0; i < sums.length; i++) {
      const column = sums[i];
      if (column === undefined) continue;
      const value = readField(record, column.field);
      if (typeof value !== 'number') throw notANumber(record, column.field, value);
      table[base + column.at] = (table[base + column.at] ?? 0) + value;
    }
    if (this.#extremes.length > 0) this.#addExtremes(base, record);
    table[base] = (table[base] ?? 0) + 1;
  }

  #addExtremes(base: number, record: unknown): void {
    const table = this.#table;
    for (const { field, at, sign } of this.#extremes) {
      const value = readField(record, field);
      if (typeof value !== 'number') throw notANumber(record, field, value);
      if (table[base] === 0 || (value - (table[base + at] ?? 0)) * sign < 0) table[base + at] = value;
    }
  }

  #grow(): void {
    const table = new Float64Array(this.#table.length * 2);
    table.set(this.#table);
    this.#table = table;
  }

  result(row: number, key: unknown): unknown {
    const result = { key };
    const base = row * this.#width;
    const plan = this.#plan;
    for (let i = 0; i < plan.length; i++) {
      const { name = '', kind } = plan[i] ?? {};
      const value = this.#table[base + (this.#places[i] ?? 0)] ?? 0;
      setField(result, name, kind === 'avg' ? value / (this.#table[base] ?? 0) : value);
    }
    return result;
  }

  peek(row: number): unknown {
    const numbers = {};
    for (let at = 0; at < this.#width; at++) setField(numbers, this.#labels[at] ?? '', this.#table[row * this.#width + at] ?? 0);
    return numbers;
  }

  preview(row: number, key: unknown): unknown {
    return this.result(row, key);
  }

  count(row: number): number | null {
    return this.#table[row * this.#width] ?? 0;
  }

  memoryOf(): number {
    return 0;
  }

  release(): void {}

  write(writer: ByteWriter, row: number): void {
    for (let at = 0; at < this.#width; at++) writer.float64(this.#table[row * this.#width + at] ?? 0);
  }

  /** A copy of the numbers: the one thing that costs time at the barrier. */
  capture(rows: number): RowsCapture {
    const width = this.#width;
    const table = this.#table.slice(0, rows * width);
    return {
      count: (row) => table[row * width] ?? 0,
      write: (writer, row) => {
        const numbers = {};
        for (let at = 0; at < width; at++) setField(numbers, this.#labels[at] ?? '', table[row * width + at] ?? 0);
        writeStored(writer, numbers);
      },
      end: () => undefined,
    };
  }

  restore(row: number, value: unknown): void {
    const base = row * this.#width;
    if (base >= this.#table.length) this.#grow();
    for (const [at, label] of this.#labels.entries()) {
      const number = readField(value, label);
      if (typeof number !== 'number') throw new TypeError(`the state has no number "${label}"`);
      this.#table[base + at] = number;
    }
  }
}

function notANumber(record: unknown, field: string | number, value: unknown): RuntimeException {
  const what = value === undefined ? `missing: ${fieldNames(record)}` : value === null ? 'null' : `a ${typeof value}`;
  return new RuntimeException(
    `aggregate needs a number in ${fieldLabel(field)}, but it is ${what}.`,
    'Convert the field in a map before, or filter such records out.',
  );
}

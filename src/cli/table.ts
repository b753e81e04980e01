import type { ResultRow } from '../../engine/runtime/job.ts';
import { fieldNames, fieldOf, looksLikeTime } from '../output/columns.ts';
import { encodeJson } from '../output/encoding.ts';
import { rangeText, timeText, valueText } from '../output/text.ts';
import { harmless } from './streams.ts';

/** Longer texts are cut: the whole value is in the jsonl format. */
const MAX_WIDTH = 60;

interface TableColumn {
  readonly name: string;
  readonly title: string;
  readonly text: (row: ResultRow) => string;
  readonly rightAligned: boolean;
  readonly width: number;
}

/**
 * Rows as aligned text while they arrive. Columns and widths are those of the first rows; a row with another shape starts a
 * new head, and a wider text only pushes its own line.
 */
export class TableWriter {
  #columns: readonly TableColumn[] = [];
  #names = new Set<string>();

  /** Lines for these rows; "" for none. `restart` repeats the head. */
  write(rows: readonly ResultRow[], restart: boolean): string {
    const lines: string[] = [];
    for (const [index, row] of rows.entries()) {
      if ((restart && index === 0) || !this.#fits(row)) {
        this.#layOut(rows.slice(index, index + 1_000));
        lines.push(...this.#head());
      }
      lines.push(line(this.#columns.map((column) => align(column.text(row), column))));
    }
    return lines.map((text) => `${text}\n`).join('');
  }

  #fits(row: ResultRow): boolean {
    return this.#columns.length > 0 && rowColumns(row).every((name) => this.#names.has(name));
  }

  #layOut(rows: readonly ResultRow[]): void {
    const names = new Set(rows.flatMap(rowColumns));
    this.#names = names;
    this.#columns = [...names].map((name) => {
      const text = (row: ResultRow): string => cut(cellText(row, name));
      const title = cut(columnTitle(name));
      const width = rows.reduce((widest, row) => Math.max(widest, text(row).length), title.length);
      const rightAligned =
        name.startsWith(FIELD) && rows.every((row) => isNumber(fieldOf(row.value, columnTitle(name)), columnTitle(name)));
      return { name, title, text, width, rightAligned };
    });
  }

  #head(): readonly string[] {
    const heads = this.#columns.map((column) => align(column.title, column));
    return [line(heads), line(this.#columns.map(({ width }) => '─'.repeat(width)))];
  }
}

/** Fields are told from what the record carries with it by this mark. */
const FIELD = '.';

function rowColumns(row: ResultRow): string[] {
  const names = row.kind === '+I' ? [] : ['kind'];
  if (row.window !== null) names.push('window');
  else if (row.timestamp !== null) names.push('time');
  const fields = fieldNames(row.value);
  // A key that is also a field would only be shown twice.
  if (row.key !== undefined && !fields.some((name) => fieldOf(row.value, name) === row.key)) names.push('key');
  return [...names, ...fields.map((name) => FIELD + name)];
}

function columnTitle(name: string): string {
  return name.startsWith(FIELD) ? name.slice(1) : name;
}

function cellText(row: ResultRow, name: string): string {
  if (name === 'kind') return row.kind;
  if (name === 'window') return row.window === null ? '' : rangeText(row.window.start, row.window.end, true);
  if (name === 'time') return row.timestamp === null ? '' : timeText(row.timestamp, true);
  if (name === 'key') return row.key === undefined ? '' : valueText(encodeJson(row.key));
  const field = columnTitle(name);
  const value = fieldOf(row.value, field);
  if (value === undefined) return '';
  return typeof value === 'number' && looksLikeTime(field, value) ? timeText(value, true) : valueText(encodeJson(value));
}

function isNumber(value: unknown, field: string): boolean {
  return value === undefined || typeof value === 'bigint' || (typeof value === 'number' && !looksLikeTime(field, value));
}

function cut(text: string): string {
  const plain = harmless(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return plain.length > MAX_WIDTH ? `${plain.slice(0, MAX_WIDTH - 1)}…` : plain;
}

function align(text: string, { width, rightAligned }: TableColumn): string {
  return rightAligned ? text.padStart(width) : text.padEnd(width);
}

function line(cells: readonly string[]): string {
  return cells.join('  ').trimEnd();
}

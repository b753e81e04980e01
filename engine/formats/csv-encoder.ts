import { IllegalArgumentException } from '../api/errors.ts';
import { formatCut } from '../runtime/format-value.ts';
import { csvSettings, type CsvOptions } from './csv-options.ts';
import type { FileEncoder, RecordEncoder } from './record-encoder.ts';
import { taggedJson } from './tagged-json.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** `columns`: the fields that are written, in their order. Default: those of a file's first record. */
export type CsvEncoderOptions = CsvOptions & { readonly columns?: readonly string[] };

/**
 * CSV as in RFC 4180, with line feeds, that a FileSource.csv with the same options reads again. Dates are written as ISO text, objects and
 * arrays as JSON, null and undefined as `nullLiteral`, else as nothing. Throws IllegalArgumentException for options that cannot be.
 */
export function csvEncoder(options: CsvEncoderOptions): RecordEncoder {
  const { columns, ...rest } = options;
  const { header } = csvSettings(columns === undefined ? rest : { ...rest, columns: checkedColumns(columns) });
  const quote = options.quoteCharacter ?? '"';
  const format: CsvFormat = {
    delimiter: options.fieldDelimiter ?? ',',
    quote,
    special: specialCharacters(options.fieldDelimiter ?? ',', quote),
    nullText: options.nullLiteral ?? '',
    allowComments: options.allowComments ?? false,
    header,
  };
  return {
    description: ['csv', columns ?? null, { ...format, special: null }],
    begin: (first) => new CsvFile(columns ?? columnsOf(first), columns === undefined, format),
  };
}

interface CsvFormat {
  readonly delimiter: string;
  readonly quote: string;
  /** What a field without quotes does not contain. */
  readonly special: RegExp;
  readonly nullText: string;
  readonly allowComments: boolean;
  readonly header: boolean;
}

function specialCharacters(delimiter: string, quote: string): RegExp {
  const escaped = [delimiter, quote].map((character) => character.replace(/[\\\]^-]/, '\\$&'));
  return new RegExp(`[\\r\\n${escaped.join('')}]`);
}

class CsvFile implements FileEncoder {
  readonly header: string;
  readonly #columns: readonly string[];
  /** Else fields that are not among them were left out on purpose. */
  readonly #complete: boolean;
  readonly #format: CsvFormat;

  constructor(columns: readonly string[], complete: boolean, format: CsvFormat) {
    this.#columns = columns;
    this.#complete = complete;
    this.#format = format;
    this.header = format.header ? this.#line(columns) : '';
  }

  encode(record: unknown): string {
    const fields = fieldsOf(record);
    if (this.#complete) this.#checkNoOther(fields);
    return this.#line(this.#columns.map((name): unknown => Reflect.get(fields, name)));
  }

  #checkNoOther(record: object): void {
    const other = Object.keys(record).find((name, at) => this.#columns[at] !== name && !this.#columns.includes(name));
    if (other === undefined) return;
    throw new IllegalArgumentException(
      `A record has a field '${other}' that the first record of the file does not have, so there is no column for it.`,
      `Name all columns, for example columns: [${[...this.#columns, other].map((name) => `'${name}'`).join(', ')}].`,
    );
  }

  #line(values: readonly unknown[]): string {
    const { delimiter } = this.#format;
    let line = '';
    for (const [at, value] of values.entries()) {
      if (at > 0) line += delimiter;
      line += this.#field(value, at === 0);
    }
    // An empty line would hold no record.
    return line === '' ? `${this.#quoted('')}\n` : `${line}\n`;
  }

  #field(value: unknown, first: boolean): string {
    const { special, nullText, allowComments } = this.#format;
    if (typeof value === 'number' || typeof value === 'boolean') {
      const text = Object.is(value, -0) ? '-0' : String(value);
      return special.test(text) ? this.#quoted(text) : text;
    }
    const missing = value === null || value === undefined;
    const text = missing ? nullText : textOf(value);
    const misread = !missing && (text === '' || text === nullText);
    const start = first && (text.startsWith(BYTE_ORDER_MARK) || (allowComments && text.startsWith('#')));
    return misread || start || special.test(text) ? this.#quoted(text) : text;
  }

  #quoted(text: string): string {
    const { quote } = this.#format;
    return quote + text.replaceAll(quote, quote + quote) + quote;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return taggedJson(value);
}

function fieldsOf(record: unknown): object {
  if (typeof record === 'object' && record !== null) return record;
  throw new IllegalArgumentException(
    `A CSV file takes records with fields, not ${formatCut(record, 100)}.`,
    'Map the records to objects first, or write them with FileSink.text or FileSink.ndjson.',
  );
}

function columnsOf(record: unknown): readonly string[] {
  const columns = Object.keys(fieldsOf(record));
  if (columns.length > 0) return columns;
  throw new IllegalArgumentException(
    'The first record of a CSV file has no fields.',
    "Name the columns, for example columns: ['time', 'amount'].",
  );
}

function checkedColumns(columns: readonly string[]): Record<string, 'string'> {
  const given: unknown = columns;
  if (!Array.isArray(given) || columns.some((name) => typeof name !== 'string')) {
    throw new IllegalArgumentException(
      'The option columns of FileSink.csv is a list of names.',
      "For example columns: ['time', 'amount'].",
    );
  }
  const repeated = columns.find((name, at) => columns.indexOf(name) !== at);
  if (repeated !== undefined) throw new IllegalArgumentException(`The option columns of FileSink.csv names '${repeated}' twice.`);
  return Object.fromEntries(columns.map((name) => [name, 'string'] as const));
}

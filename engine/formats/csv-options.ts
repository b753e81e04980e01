import { IllegalArgumentException } from '../api/errors.ts';
import { COLUMN_TYPES, type ColumnType } from './column-types.ts';

/** Column names and types. */
export type Columns = Readonly<Record<string, ColumnType>>;

export interface CsvOptions {
  /** Default ','. */
  readonly fieldDelimiter?: string;
  /** Default '"'. */
  readonly quoteCharacter?: string;
  /** Default true: the first line names the columns. */
  readonly header?: boolean;
  /** Lines that start with '#' are skipped. Default false. */
  readonly allowComments?: boolean;
  /** A field with this text is null. */
  readonly nullLiteral?: string;
}

/** The options of a CSV file with their defaults, checked. */
export interface CsvSettings {
  /** Character codes. */
  readonly delimiter: number;
  readonly quote: number;
  readonly header: boolean;
  readonly allowComments: boolean;
  readonly nullLiteral: string | null;
  readonly columns: ReadonlyMap<string, ColumnType> | null;
}

/** Throws IllegalArgumentException. */
export function csvSettings(options: CsvOptions & { readonly columns?: Columns }): CsvSettings {
  const delimiter = oneCharacter('fieldDelimiter', options.fieldDelimiter ?? ',');
  const quote = oneCharacter('quoteCharacter', options.quoteCharacter ?? '"');
  if (delimiter === quote) throw new IllegalArgumentException('fieldDelimiter and quoteCharacter of a CSV file must differ.');
  const header = options.header ?? true;
  if (!header && options.columns === undefined) {
    throw new IllegalArgumentException(
      'A CSV file without a header needs the option columns.',
      "Write for example columns: { time: 'timestamp', amount: 'number' }.",
    );
  }
  return {
    delimiter,
    quote,
    header,
    allowComments: options.allowComments ?? false,
    nullLiteral: options.nullLiteral ?? null,
    columns: options.columns === undefined ? null : checkedColumns(options.columns),
  };
}

function checkedColumns(columns: Columns): ReadonlyMap<string, ColumnType> {
  const entries = Object.entries(columns);
  if (entries.length === 0) throw new IllegalArgumentException('The option columns of a CSV file names no column.');
  for (const [name, type] of entries) {
    if (!Object.hasOwn(COLUMN_TYPES, type)) {
      throw new IllegalArgumentException(`Column '${name}' has the type '${type}'.`, `Types are: ${Object.keys(COLUMN_TYPES).join(', ')}.`);
    }
  }
  return new Map(entries);
}

function oneCharacter(option: string, value: string): number {
  if (value.length !== 1 || value === '\n' || value === '\r') {
    throw new IllegalArgumentException(`${option} of a CSV file is one character, not ${JSON.stringify(value)}.`);
  }
  return value.charCodeAt(0);
}

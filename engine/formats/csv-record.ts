import { COLUMN_TYPES, convertUntyped, INVALID, type ConvertField } from './column-types.ts';
import type { CsvFields } from './csv-fields.ts';
import type { CsvSettings } from './csv-options.ts';
import { closest } from './closest.ts';
import { UnreadableRecord } from './read-error.ts';

interface Column {
  readonly name: string;
  /** Index of its field in a record. */
  readonly field: number;
  readonly convert: ConvertField;
  readonly article: string;
}

/** Makes records of one shape out of the fields of a CSV file. */
export class CsvRecordMaker {
  readonly #columns: readonly Column[];
  readonly #names: readonly string[];
  readonly #settings: CsvSettings;
  /** Copied for each record, so that all have one hidden class; also makes a column called __proto__ an ordinary field. */
  readonly #template: Readonly<Record<string, unknown>>;

  /** `names`: the columns of the file in its order. Throws UnreadableRecord. */
  constructor(names: readonly string[], settings: CsvSettings) {
    this.#names = names;
    this.#settings = settings;
    this.#columns = settings.columns === null ? untypedColumns(names) : typedColumns(names, settings.columns);
    const template: Record<string, unknown> = {};
    for (const { name } of this.#columns) {
      Object.defineProperty(template, name, { value: null, enumerable: true, writable: true, configurable: true });
    }
    this.#template = template;
  }

  /** Throws UnreadableRecord. */
  make(fields: CsvFields): Record<string, unknown> {
    if (fields.count !== this.#names.length) throw this.#wrongCount(fields.count);
    const record = { ...this.#template };
    const { nullLiteral } = this.#settings;
    for (const column of this.#columns) {
      const { field } = column;
      if (nullLiteral !== null && fields.equals(field, nullLiteral)) continue;
      const value = column.convert(fields.textOf(field), fields.start(field), fields.end(field));
      if (value === INVALID) throw this.#wrongField(column, fields.get(field));
      record[column.name] = value;
    }
    return record;
  }

  #wrongCount(count: number): UnreadableRecord {
    const expected = this.#names.length;
    const source = this.#settings.header ? 'the header' : 'the option columns';
    const hint =
      count === 1 && expected > 1 ? ' Is it a line of text, or another fieldDelimiter?' : ' Does a field with a delimiter lack its quotes?';
    return new UnreadableRecord(`has ${plural(count, 'field')}, but ${source} has ${expected} (${listed(this.#names)}).${hint}`);
  }

  #wrongField({ name, article }: Column, text: string): UnreadableRecord {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    const hint = text === '' ? " Write nullLiteral: '' to read empty fields as null." : '';
    return new UnreadableRecord(`has ${JSON.stringify(shown)} in column '${name}', which is not ${article}.${hint}`);
  }
}

function untypedColumns(names: readonly string[]): readonly Column[] {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new UnreadableRecord(`names two columns '${name}'. Rename one of them.`);
    seen.add(name);
  }
  return names.map((name, field) => ({ name, field, convert: convertUntyped, article: '' }));
}

function typedColumns(names: readonly string[], types: NonNullable<CsvSettings['columns']>): readonly Column[] {
  return [...types].map(([name, type]) => {
    const field = names.indexOf(name);
    if (field < 0) {
      const near = closest(name, names);
      const hint = near === null ? '' : ` Is it '${near}'?`;
      throw new UnreadableRecord(`has no column '${name}'. The columns are ${listed(names)}.${hint}`);
    }
    if (names.indexOf(name, field + 1) >= 0) throw new UnreadableRecord(`names two columns '${name}'. Rename one of them.`);
    return { name, field, ...COLUMN_TYPES[type] };
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const MAX_LISTED = 20;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return names.length > MAX_LISTED ? `${shown}, and ${names.length - MAX_LISTED} more` : shown;
}

import { IllegalArgumentException } from '../api/errors.ts';
import { END, RECORD } from '../connectors/source.ts';
import { UTF_8 } from './charset.ts';
import type { ColumnTypes } from './column-types.ts';
import { CsvDecoder } from './csv-decoder.ts';
import { csvSettings, type Columns, type CsvOptions } from './csv-options.ts';

/** Bytes to records and back, one message at a time. */
export interface Format<T> {
  deserialize(bytes: Uint8Array): T;
  serialize(value: T): Uint8Array;
}

const decoder = new TextDecoder('utf-8');
const encoder = new TextEncoder();

/** The formats that Streambook brings. */
export const Format = {
  /** UTF-8. */
  text(): Format<string> {
    return { deserialize: (bytes) => decoder.decode(bytes), serialize: (value) => encoder.encode(value) };
  },

  /** One JSON value. With `ignoreParseErrors` a message that is not JSON gives null, which sources skip. */
  json<T>(options: { readonly ignoreParseErrors?: boolean } = {}): Format<T> {
    return {
      deserialize(bytes) {
        try {
          // SAFETY: the caller declares what the messages hold; JSON carries no types to check it with.
          return JSON.parse(decoder.decode(bytes)) as T;
        } catch (error) {
          // SAFETY: sources take null from a format as "no record"; T itself never sees it.
          if (options.ignoreParseErrors === true) return null as T;
          throw error;
        }
      },
      serialize: (value) => encoder.encode(JSON.stringify(value)),
    };
  },

  /** One CSV record, its fields in the order of `columns`, without a header. */
  csv<const C extends Columns>(options: CsvOptions & { readonly columns: C }): Format<{ -readonly [F in keyof C]: ColumnTypes[C[F]] }> {
    const settings = csvSettings({ ...options, header: false });
    return {
      deserialize(bytes) {
        const record = new CsvDecoder(settings, UTF_8, { split: 'the message', offset: 0, skipped: null });
        record.append(bytes, true);
        const found = record.next();
        const { value } = record;
        if (found !== RECORD || record.next() !== END) throw new IllegalArgumentException('The message is not one CSV record.');
        // SAFETY: `columns` says which fields there are and how each was converted.
        return value as { -readonly [F in keyof C]: ColumnTypes[C[F]] };
      },
      serialize(value) {
        const delimiter = options.fieldDelimiter ?? ',';
        const quote = options.quoteCharacter ?? '"';
        const fields = Object.entries(options.columns).map(([name, type]) => {
          const field: unknown = value[name];
          if (field === null || field === undefined) return options.nullLiteral ?? '';
          const text =
            typeof field === 'string' && type !== 'json' ? field : typeof field === 'bigint' ? field.toString() : JSON.stringify(field);
          return quoted(text, delimiter, quote);
        });
        return encoder.encode(fields.join(delimiter));
      },
    };
  },

  /** The bytes as they are. */
  raw(): Format<Uint8Array> {
    return { deserialize: (bytes) => bytes, serialize: (value) => value };
  },
};

function quoted(field: string, delimiter: string, quote: string): string {
  const special = field.includes(delimiter) || field.includes(quote) || /[\r\n]/.test(field);
  return special ? quote + field.replaceAll(quote, quote + quote) + quote : field;
}

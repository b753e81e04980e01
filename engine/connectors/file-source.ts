import type { DurationLike } from '../api/duration.ts';
import { IllegalArgumentException, UnsupportedOperationException } from '../api/errors.ts';
import { CHARSET_NAMES, findCharset, UTF_8, type Charset } from '../formats/charset.ts';
import type { ColumnType, ColumnTypes } from '../formats/column-types.ts';
import { CsvDecoder } from '../formats/csv-decoder.ts';
import { csvSettings, type Columns, type CsvOptions } from '../formats/csv-options.ts';
import { LineDecoder } from '../formats/line-decoder.ts';
import { parseJsonLine } from '../formats/ndjson.ts';
import type { DecoderContext, RecordDecoder } from '../formats/record-decoder.ts';
import { unshare } from '../formats/unshare.ts';
import { FileSourceReader } from './file-source-reader.ts';
import type { Source } from './source.ts';

export interface FileSourceOptions {
  /** Keeps looking for new files. Not part of this version. */
  readonly monitorInterval?: DurationLike;
  /** Skips a record that cannot be read, counted in metrics. Default false: the job fails, naming file and line. */
  readonly ignoreParseErrors?: boolean;
  /** Default utf-8; also us-ascii, iso-8859-1 (latin1) and utf-16le. */
  readonly charset?: string;
}

/** Files, folders or globs, relative to the notebook. */
export type FilePaths = string | readonly string[];

/** Files, relative to the notebook; a path may be a file, a folder or a glob. */
export type FileSource<T> = Source<T>;

type CreateFileDecoder<T> = (charset: Charset, context: DecoderContext) => RecordDecoder<T>;

function fileSource<T>(path: FilePaths, options: FileSourceOptions, createDecoder: CreateFileDecoder<T>): FileSource<T> {
  const paths = checkedPaths(path);
  const charset = checkedCharset(options.charset);
  if (options.monitorInterval !== undefined) {
    throw new UnsupportedOperationException(
      'A FileSource that keeps looking for new files (monitorInterval) is not part of this version of Streambook yet.',
      'Leave monitorInterval out: the files that are there are read, then the job finishes.',
    );
  }
  const skips = options.ignoreParseErrors ?? false;
  return {
    boundedness: 'BOUNDED',
    description: `FileSource(${paths.join(', ')})`,
    enumeration: { kind: 'files', paths },
    createReader: (context) =>
      new FileSourceReader((decoder) => createDecoder(charset, decoder), skips ? (): void => context.countParseError() : null),
  };
}

function csv<const C extends Columns>(
  path: FilePaths,
  options: FileSourceOptions & CsvOptions & { readonly columns: C },
): FileSource<{ -readonly [F in keyof C]: ColumnTypes[C[F]] }>;
function csv<T = Record<string, string | number | boolean>>(
  path: FilePaths,
  options?: FileSourceOptions & CsvOptions & { readonly columns?: { readonly [F in keyof T]: ColumnType } },
): FileSource<T>;
function csv(
  path: FilePaths,
  options: FileSourceOptions & CsvOptions & { readonly columns?: Columns } = {},
): FileSource<Record<string, unknown>> {
  const settings = csvSettings(options);
  return fileSource(path, options, (charset, context) => new CsvDecoder(settings, charset, context));
}

/** Bounded sources over files; each file is a split, read from start to end. */
export const FileSource = {
  /** CSV as in RFC 4180. Without `columns`, a value written as a JSON number, true or false becomes that, anything else text. */
  csv,

  /** One JSON value per line; empty lines are skipped. */
  ndjson<T>(path: FilePaths, options: FileSourceOptions = {}): FileSource<T> {
    // SAFETY: the user declares what the lines hold; JSON carries no types to check it with.
    return fileSource(path, options, (charset, context) => new LineDecoder(parseJsonLine, charset, context) as RecordDecoder<T>);
  },

  /** One string per line, without the line end. */
  text(path: FilePaths, options: FileSourceOptions = {}): FileSource<string> {
    return fileSource(path, options, (charset, context) => new LineDecoder(unshare, charset, context));
  },
};

function checkedPaths(path: FilePaths): readonly string[] {
  const paths = typeof path === 'string' ? [path] : [...path];
  if (paths.length === 0) throw new IllegalArgumentException('A FileSource needs at least one path.');
  for (const each of paths) {
    if (typeof each !== 'string' || each.trim() === '') {
      throw new IllegalArgumentException(
        `The path of a FileSource is text, not ${JSON.stringify(each)}.`,
        "Write for example 'data/lines.ndjson'.",
      );
    }
  }
  return paths;
}

function checkedCharset(name: string | undefined): Charset {
  if (name === undefined) return UTF_8;
  const charset = findCharset(name);
  if (charset === null) throw new IllegalArgumentException(`The charset '${name}' is not supported.`, `Supported are: ${CHARSET_NAMES}.`);
  return charset;
}

import { type DurationLike, toMillis } from '../api/duration.ts';
import { IllegalArgumentException } from '../api/errors.ts';
import { CHARSET_NAMES, findCharset, UTF_8, type Charset } from '../formats/charset.ts';
import type { ColumnType, ColumnTypes } from '../formats/column-types.ts';
import { CsvDecoder } from '../formats/csv-decoder.ts';
import { csvSettings, type Columns, type CsvOptions } from '../formats/csv-options.ts';
import { LineDecoder } from '../formats/line-decoder.ts';
import { parseJsonLine } from '../formats/ndjson.ts';
import type { DecoderContext, RecordDecoder } from '../formats/record-decoder.ts';
import { unshare } from '../formats/unshare.ts';
import { FileSourceReader } from './file-source-reader.ts';
import { FollowingReader } from './following-reader.ts';
import type { FileWatchSettings, Source } from './source.ts';
import { STANDARD_INPUT_PATH } from './standard-input.ts';

export interface FileSourceOptions {
  /** Keeps looking for new files, this often; each path is read once. Default: what is there is read, then the source ends. */
  readonly monitorInterval?: DurationLike;
  /**
   * Also reads what is added to files later, and the file that takes the place of another, as `tail -F` does. Only whole lines are read. Looks every
   * `monitorInterval`, default 1 s.
   */
  readonly follow?: boolean;
  /** Skips a record that cannot be read, counted in metrics. Default false: the job fails, naming file and line. */
  readonly ignoreParseErrors?: boolean;
  /** Default utf-8; also us-ascii, iso-8859-1 (latin1) and utf-16le. */
  readonly charset?: string;
}

/** Files, folders or globs, relative to the notebook; '-' alone = standard input. */
export type FilePaths = string | readonly string[];

/** Files, relative to the notebook; a path may be a file, a folder or a glob. */
export type FileSource<T> = Source<T>;

type CreateFileDecoder<T> = (charset: Charset, context: DecoderContext) => RecordDecoder<T>;

function fileSource<T>(path: FilePaths, options: FileSourceOptions, createDecoder: CreateFileDecoder<T>): FileSource<T> {
  const paths = checkedPaths(path);
  const charset = checkedCharset(options.charset);
  const watch = checkedWatch(options);
  const piped = paths.includes(STANDARD_INPUT_PATH);
  if (piped && (paths.length > 1 || watch !== undefined)) {
    throw new IllegalArgumentException(
      "'-' stands for standard input, which is read alone and once.",
      "Give it as the only path, without monitorInterval and follow. For a file of that name write './-'.",
    );
  }
  const skips = options.ignoreParseErrors ?? false;
  return {
    // Nobody knows whether a pipe ends; when it does, so does the source.
    boundedness: watch === undefined && !piped ? 'BOUNDED' : 'CONTINUOUS_UNBOUNDED',
    description: `FileSource(${paths.join(', ')})`,
    enumeration: piped ? { kind: 'standard-input' } : { kind: 'files', paths, ...(watch && { watch }) },
    createReader(context) {
      const create = (decoder: DecoderContext): RecordDecoder<T> => createDecoder(charset, decoder);
      const skipped = skips ? (): void => context.countParseError() : null;
      return watch?.follow === true ? new FollowingReader(create, skipped) : new FileSourceReader(create, skipped);
    },
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

/** Sources over files; each file is a split, read from start to end. Bounded unless they keep looking. */
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

const DEFAULT_INTERVAL = '1 s';

function checkedWatch({ monitorInterval, follow = false }: FileSourceOptions): FileWatchSettings | undefined {
  if (monitorInterval === undefined && !follow) return undefined;
  const interval = toMillis(monitorInterval ?? DEFAULT_INTERVAL);
  if (interval > 0) return { interval, follow };
  throw new IllegalArgumentException('The monitorInterval of a FileSource has to be longer than 0.', "Write for example '1 s'.");
}

function checkedCharset(name: string | undefined): Charset {
  if (name === undefined) return UTF_8;
  const charset = findCharset(name);
  if (charset === null) throw new IllegalArgumentException(`The charset '${name}' is not supported.`, `Supported are: ${CHARSET_NAMES}.`);
  return charset;
}

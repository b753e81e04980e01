import { type DurationLike, toMillis } from '../api/duration.ts';
import { IllegalArgumentException } from '../api/errors.ts';
import { type MemorySizeLike, toBytes } from '../api/memory-size.ts';
import { userFunction } from '../api/user-function.ts';
import { csvEncoder } from '../formats/csv-encoder.ts';
import type { CsvOptions } from '../formats/csv-options.ts';
import { ndjsonEncoder, textEncoder } from '../formats/line-encoder.ts';
import type { RecordEncoder } from '../formats/record-encoder.ts';
import { fileSinkOperator } from '../operators/file-sink.ts';
import type { RollingPolicy } from './part-file-writer.ts';
import { checkPartNames, checkSinkPath } from './part-names.ts';
import { Sink } from './sink.ts';

/** What a bucket assigner may ask. Times in ms. */
export interface BucketContext {
  /** Of the record; null when it has none. */
  timestamp(): number | null;
  currentWatermark(): number;
  currentProcessingTime(): number;
}

export interface FileSinkOptions<T> {
  /** Folder below the sink's for a record, such as 'day=2026-03-14'; default none. */
  readonly bucketAssigner?: (element: T, context: BucketContext) => string;
  /** Defaults: 128 mb, 30 min, 1 min. Files always roll at a checkpoint. */
  readonly rollingPolicy?: {
    readonly maxPartSize?: MemorySizeLike;
    readonly rolloverInterval?: DurationLike;
    readonly inactivityInterval?: DurationLike;
  };
  /** Default 'part'. */
  readonly partPrefix?: string;
  /** Default by format: '.csv', '.ndjson', '.txt'. */
  readonly partSuffix?: string;
  /** Default none. 'gzip': files are compressed and their names end with '.gz'; maxPartSize counts bytes before compression. */
  readonly compression?: 'gzip';
}

/**
 * Part files in a folder, relative to the notebook: in progress, pending, and finished once a checkpoint completes. Exactly once.
 * All throw IllegalArgumentException for options that cannot be.
 */
export const FileSink = {
  /** CSV as in RFC 4180, with a header. Without `columns`, a file has the fields of its first record. */
  csv<T extends object>(
    path: string,
    options: FileSinkOptions<T> & CsvOptions & { readonly columns?: readonly (keyof NoInfer<T> & string)[] } = {},
  ): Sink<T> {
    return fileSink(path, options, csvEncoder(options), '.csv');
  },

  /** One JSON value per line. */
  ndjson<T>(path: string, options: FileSinkOptions<T> = {}): Sink<T> {
    return fileSink(path, options, ndjsonEncoder(), '.ndjson');
  },

  /** One string per line. */
  text(path: string, options: FileSinkOptions<string> = {}): Sink<string> {
    return fileSink(path, options, textEncoder(), '.txt');
  },
};

function fileSink<T>(path: string, options: FileSinkOptions<T>, encoder: RecordEncoder, defaultSuffix: string): Sink<T> {
  const directory = checkSinkPath(path);
  const { bucketAssigner, partPrefix: prefix = 'part', partSuffix = defaultSuffix } = options;
  const compression = checkedCompression(options.compression);
  const suffix = compression === undefined || partSuffix.endsWith('.gz') ? partSuffix : `${partSuffix}.gz`;
  checkPartNames(prefix, suffix);
  const operator = fileSinkOperator({
    sink: { directory, prefix, suffix, buckets: bucketAssigner !== undefined, ...(compression && { compression }) },
    encoder,
    rolling: rollingPolicy(options.rollingPolicy ?? {}),
    bucketAssigner: bucketAssigner === undefined ? null : userFunction(bucketAssigner, 'getBucketId', 'bucketAssigner'),
  });
  return new Sink<T>(directory, operator);
}

function checkedCompression(compression: unknown): 'gzip' | undefined {
  if (compression === undefined || compression === 'gzip') return compression;
  throw new IllegalArgumentException(
    `A FileSink cannot compress with ${JSON.stringify(compression)}.`,
    "Write compression: 'gzip', or leave it out.",
  );
}

function rollingPolicy(policy: NonNullable<FileSinkOptions<never>['rollingPolicy']>): RollingPolicy {
  const interval = (name: 'rolloverInterval' | 'inactivityInterval', fallback: string): number => {
    const millis = toMillis(policy[name] ?? fallback);
    if (millis > 0) return millis;
    throw new IllegalArgumentException(`The ${name} of a FileSink has to be longer than 0.`, `The default is '${fallback}'.`);
  };
  const maxPartSize = toBytes(policy.maxPartSize ?? '128 mb');
  if (maxPartSize === 0) throw new IllegalArgumentException('The maxPartSize of a FileSink has to be above 0.', "The default is '128 mb'.");
  return {
    maxPartSize,
    rolloverInterval: interval('rolloverInterval', '30 min'),
    inactivityInterval: interval('inactivityInterval', '1 min'),
  };
}

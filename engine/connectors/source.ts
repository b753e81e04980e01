import type { SplitDescription } from '../runtime/mail.ts';
import type { SocketText } from './socket-source.ts';

/** BOUNDED ends by itself; CONTINUOUS_UNBOUNDED runs until it is stopped (Flink's `Boundedness`). */
export type Boundedness = 'BOUNDED' | 'CONTINUOUS_UNBOUNDED';

/** How a source keeps looking at its files. */
export interface FileWatchSettings {
  /** Ms between two looks. */
  readonly interval: number;
  /** What is added to a file is read too; its splits have the names of followed-split.ts. */
  readonly follow: boolean;
}

/** What the shell outside the engine has to do so that a source gets its splits and bytes. Plain data. */
export type SplitEnumeration =
  /** The reader needs nothing from outside: its splits are these. */
  | { readonly kind: 'fixed'; readonly splits: readonly SplitDescription[] }
  /**
   * Files, folders or globs relative to the notebook; the shell lists them and streams their bytes. `watch`: it lists them again and again, and
   * more splits come.
   */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly watch?: FileWatchSettings }
  /** The standard input of the process, once; its split is STANDARD_INPUT. The shell has it or fails the source. */
  | { readonly kind: 'standard-input' }
  /**
   * No splits: the elements come by `elements` mail, in arrival order, until `end` (scripted and live sources). `createReader` is not called.
   * Records, watermarks and idleness of the mail are the source's own; a strategy other than `noWatermarks` makes its own watermarks from the records.
   * `socket`: the shell gets them from there.
   */
  | { readonly kind: 'elements'; readonly socket?: SocketText };

/** Result of `SourceReader.advance`. Numbers, so that the hot loop compares small integers. */
export const WAITING = 0;
export const RECORD = 1;
export const END = 2;
export type Advance = typeof WAITING | typeof RECORD | typeof END;

/** A source record had no timestamp of its own (Flink: Long.MIN_VALUE). */
export const NO_TIMESTAMP = Number.NEGATIVE_INFINITY;

/**
 * A source as the graph carries it: FLIP-27 reduced to what a deterministic, single-threaded job needs.
 * Contract: everything a reader does is a function of its splits, the bytes it was given and the clock.
 */
export interface Source<T> {
  readonly boundedness: Boundedness;
  /** Name for plans and errors, such as "FileSource(data/lines.ndjson)". */
  readonly description: string;
  readonly enumeration: SplitEnumeration;
  /** What a reader does depends on when it is asked, beyond its positions: a rate limit. Default false. */
  readonly usesClock?: boolean;
  /** For 'fixed' splits that depend on the number of readers: replaces those of `enumeration`. */
  splitsFor?(parallelism: number): readonly SplitDescription[];
  createReader(context: SourceReaderContext): SourceReader<T>;
}

/** What a reader may ask of its surroundings. No I/O: needs are met by mail. */
export interface SourceReaderContext {
  readonly subtask: number;
  readonly parallelism: number;
  /** The job's clock in ms; only moves by mail. */
  currentProcessingTime(): number;
  /** Value of `streambook.seed`. */
  readonly seed: number;
  /** Counts a record skipped by `ignoreParseErrors`. */
  countParseError(): void;
}

/** How far a split has been read; `offset` is where reading goes on, never the last thing read. */
export interface SplitPosition {
  readonly split: string;
  readonly offset: number;
  readonly finished: boolean;
}

/**
 * Reads records one at a time.
 * Contract: after `advance()` returned RECORD, `current`, `currentTimestamp` and `currentSplit` describe that record until the next `advance()`.
 * `advance()` throws `RecordReadError` for a record that cannot be decoded. After END it stays at END.
 */
export interface SourceReader<T> {
  addSplits(splits: readonly SplitDescription[]): void;
  /** No split will be added any more. */
  noMoreSplits(): void;
  /** Bytes of a split in order; `end` says that none follow. Only for sources that enumerate files. */
  supply(split: string, offset: number, bytes: Uint8Array, end: boolean): void;
  advance(): Advance;
  readonly current: T;
  /** The source's own timestamp in ms of event time, or NO_TIMESTAMP. */
  readonly currentTimestamp: number;
  /** Index (order of `addSplits`) of the split the current record came from: watermarks are generated per split. */
  readonly currentSplit: number;
  /** Number of splits added so far. */
  readonly splitCount: number;
  /** True when that split will give no further record. */
  isSplitFinished(split: number): boolean;
  /** Splits that were finished since the last call, for a reader that reads several at once. */
  takeFinished?(): readonly number[];
  /** Byte ranges the reader needs next, at most one per split; empty while its buffers are full enough. */
  wanted(): readonly { readonly split: string; readonly offset: number }[];
  /** Resuming there gives exactly the records after `current`. */
  positions(): readonly SplitPosition[];
  /** Resuming there gives `current` again, and then the same: for a checkpoint while a record has been read but not processed. */
  positionsBeforeCurrent(): readonly SplitPosition[];
  /** Earliest processing time (ms) at which a reader that is WAITING for the clock may continue; Infinity if it does not wait for the clock. */
  nextWakeUp(): number;
}

/** A record that could not be decoded: names the split, the line (1-based, for text formats) and the byte offset. */
export class RecordReadError extends Error {
  override readonly name = 'RecordReadError';
  readonly split: string;
  readonly line: number | null;
  readonly offset: number;
  /** The text that could not be read, cut to 200 characters. */
  readonly text: string;
  constructor(message: string, split: string, line: number | null, offset: number, text: string) {
    super(message);
    this.split = split;
    this.line = line;
    this.offset = offset;
    this.text = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  }
}

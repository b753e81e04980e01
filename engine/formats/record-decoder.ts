import type { Advance } from '../connectors/source.ts';

/**
 * Turns the bytes of one file into records, one at a time. Like a SourceReader, for a single split:
 * everything it does is a function of the bytes, whatever the pieces they come in.
 */
export interface RecordDecoder<T> {
  /** Bytes from `wantedOffset()` on; `end` says that none follow. */
  append(bytes: Uint8Array, end: boolean): void;
  /** RECORD: `value` is the next record. WAITING: needs bytes. END: the file has no more records. Throws RecordReadError. */
  next(): Advance;
  readonly value: T;
  /** Byte offset behind the last record: where a decoder made for that offset goes on. */
  readonly offset: number;
  /** Byte offset where the last record began: a decoder made for that offset gives it again. */
  readonly recordOffset: number;
  /** Where bytes are needed from, or null while enough are here. */
  wantedOffset(): number | null;
}

/** What a decoder needs to know about the file it reads. */
export interface DecoderContext {
  /** The file as users know it. */
  readonly split: string;
  /** Byte to start at: 0 or an offset that a decoder gave. */
  readonly offset: number;
  /** Takes note of a record that is skipped because it cannot be read; null = such a record throws. */
  readonly skipped: (() => void) | null;
}

/** Bytes that a decoder likes to have in advance. */
export const READ_AHEAD_BYTES = 256 * 1024;

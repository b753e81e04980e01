import type { CheckpointRef } from '../../checkpoint/manifest.ts';
import { fields, finite, guardOf, nullable, oneOf, text, whole } from '../../checkpoint/shape.ts';
import type { JournalEntry, Mail } from '../../runtime/mail.ts';

/**
 * A recording on the disk: frames, each `[length: u32][CRC-32: u32][bytes]` (big-endian), whose bytes are a value in V8's serialization. The first is the
 * header, then lists of entries, at last the end of the attempt. A file without an end is of a worker that was killed.
 */
export const RECORDING_FORMAT = 1;

/** Bytes of a file that a recording has room for; what comes later is not recorded. */
export const MAX_RECORDING_BYTES = 64 * 1024 * 1024;

/** What a recording is of. `Program`: the caller's, plain data. */
export interface RecordingHeader<Program> {
  readonly format: typeof RECORDING_FORMAT;
  /** The attempt's run among those of its job. */
  readonly run: number;
  /** Wall clock, ms. */
  readonly recorded: number;
  /** The job's clock at its start, ms. */
  readonly startTime: number;
  /** What the attempt began with; null = the beginning of the input. */
  readonly restored: CheckpointRef | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly program: Program;
}

/** Bytes of a file that is still there: it is read again. */
export interface SourceRange extends Omit<Extract<Mail, { kind: 'source-data' }>, 'kind' | 'bytes'> {
  readonly kind: 'source-range';
  readonly length: number;
  readonly crc: number;
}

export type RecordedEntry = Omit<JournalEntry, 'mail'> & { readonly mail: Mail | SourceRange };

export interface RecordedEnd {
  readonly turn: number | null;
  readonly record: number;
  /** There was no room for everything: the run went on. */
  readonly full: boolean;
}

export type RecordingFrame = { readonly entries: readonly RecordedEntry[] } | { readonly end: RecordedEnd };

const checkHeader = fields({
  format: oneOf(RECORDING_FORMAT),
  run: whole(1),
  recorded: finite,
  startTime: finite,
  restored: nullable(fields({ run: whole(1), checkpoint: whole(1) })),
  settings: fields({}),
  program: fields({ jobName: text(), code: text(Number.MAX_SAFE_INTEGER) }),
});

/** The header as far as the engine relies on it; what else `Program` has is its owner's to check. */
export const isHeader = guardOf<RecordingHeader<{ readonly jobName: string; readonly code: string }>>(checkHeader);

/** A recording cannot be used: what is wrong with it and what to do. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

import { NO_TIMESTAMP, RECORD, WAITING, type Source, type SourceReader } from '../connectors/source.ts';
import type { SplitDescription } from './mail.ts';

/** A piece of a split, such as its first 64 KiB. */
export interface InputPiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly end: boolean;
}

/** Gives the event time of a record; NaN or −Infinity when it has none. `recordTimestamp` is the source's own, or −Infinity. */
export type TimestampOf = (value: unknown, recordTimestamp: number) => number;

/** Records that are looked at: enough to see where a piece lies in time. */
const MAX_RECORDS = 5_000;

/**
 * Event times of the first records of a split from `split.offset` on, as far as `pieces` reach: tells where in time a piece of the input lies,
 * before the job runs. Uses a reader of its own; a record that cannot be read, or whose timestamp function throws, ends it without an error.
 */
export function probeTimestamps(
  source: Source<unknown>,
  timestampOf: TimestampOf,
  split: SplitDescription,
  pieces: readonly InputPiece[],
  seed: number,
): readonly number[] {
  const timestamps: number[] = [];
  try {
    const reader = source.createReader({
      subtask: 0,
      parallelism: 1,
      seed,
      currentProcessingTime: () => 0,
      countParseError: () => undefined,
    });
    reader.addSplits([split]);
    reader.noMoreSplits();
    while (timestamps.length < MAX_RECORDS && nextRecord(reader, pieces)) {
      const timestamp = timestampOf(reader.current, reader.currentTimestamp);
      if (Number.isNaN(timestamp) || timestamp === NO_TIMESTAMP) break;
      timestamps.push(timestamp);
    }
  } catch {
    // The job itself will meet the same error and tell it with its place.
  }
  return timestamps;
}

/** Goes to the next record with what the pieces hold. */
function nextRecord(reader: SourceReader<unknown>, pieces: readonly InputPiece[]): boolean {
  for (;;) {
    const advance = reader.advance();
    if (advance !== WAITING) return advance === RECORD;
    const [wanted] = reader.wanted();
    if (wanted === undefined) return false;
    const piece = pieces.find(({ offset, bytes }) => wanted.offset >= offset && wanted.offset < offset + bytes.length);
    if (piece === undefined) return false;
    reader.supply(wanted.split, wanted.offset, piece.bytes.subarray(wanted.offset - piece.offset), piece.end);
  }
}

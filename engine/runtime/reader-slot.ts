import type { SourceReader, SplitPosition } from '../connectors/source.ts';
import { hasTimestamp, NO_TIMESTAMP_SET } from './timestamps.ts';

/** A reader of a source, and the record it stands at. */
export class ReaderSlot {
  readonly reader: SourceReader<unknown>;
  /** Distinguishes the splits of this reader from those of others. */
  readonly firstSplit: number;
  /** The next record is decoded and not processed yet. */
  hasHead = false;
  ended = false;
  /** Event time of the head, or NaN. */
  timestamp: number = NO_TIMESTAMP_SET;
  lastSplit = 0;
  /** Splits that were finished before the job was restored, but still hold the watermark until the next record. */
  held: readonly number[];
  constructor(reader: SourceReader<unknown>, firstSplit: number, held: readonly number[]) {
    this.reader = reader;
    this.firstSplit = firstSplit;
    this.held = held;
  }

  /** Where a restored reader has to begin. */
  positions(): readonly SplitPosition[] {
    return this.hasHead ? this.reader.positionsBeforeCurrent() : this.reader.positions();
  }
}

export function isTimed(slot: ReaderSlot): boolean {
  return hasTimestamp(slot.timestamp);
}

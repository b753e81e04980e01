import { RecordReadError } from '../connectors/source.ts';
import { LineTooLongError, UnreadableFileError, type LineBlocks } from './line-blocks.ts';

/** A record, or the header, cannot be read; the message goes on after "Line 3 of data/x.csv ". */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** Where a record starts: 1-based line (null when reading began in the middle of the file) and byte offset. */
export interface RecordPlace {
  readonly split: string;
  readonly line: number | null;
  readonly offset: number;
}

/** The error for a record: "Line 3 of data/x.csv has 2 fields…". `problem` goes on after the place; `text` is the record. */
export function recordReadError(place: RecordPlace, problem: string, text: string): RecordReadError {
  const where = place.line === null ? `The record at byte ${place.offset}` : `Line ${place.line}`;
  return new RecordReadError(`${where} of ${place.split} ${problem}`, place.split, place.line, place.offset, text);
}

/** Goes to the next block of a file, or extends the current one. Throws RecordReadError when the file cannot be read on. */
export function decodeBlock(blocks: LineBlocks, split: string, how: 'next' | 'extend'): boolean {
  try {
    return how === 'next' ? blocks.nextBlock() : blocks.extendBlock();
  } catch (error) {
    const { line, offset } = blocks;
    if (error instanceof LineTooLongError) {
      const hint = how === 'next' ? 'Does the file have line ends?' : 'Is a closing quote missing?';
      throw recordReadError({ split, line, offset }, `is ${error.message}. ${hint}`, '');
    }
    if (error instanceof UnreadableFileError) throw new RecordReadError(`${split} ${error.message}`, split, null, 0, '');
    throw error;
  }
}

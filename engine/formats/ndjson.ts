import { NO_RECORD } from './line-decoder.ts';
import { UnreadableRecord } from './read-error.ts';

const MAX_REASON = 120;

/** Reads one JSON value. Empty lines hold none. Throws UnreadableRecord. */
export function parseJsonLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null) return value;
  } catch (error) {
    if (line.trim() === '') return NO_RECORD;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableRecord(
      `is not one JSON value (${reason.slice(0, MAX_REASON)}). Correct it, or skip such lines with { ignoreParseErrors: true }.`,
    );
  }
  throw new UnreadableRecord('is null, and a record cannot be null. Remove it, or skip such lines with { ignoreParseErrors: true }.');
}

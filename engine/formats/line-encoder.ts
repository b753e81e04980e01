import { IllegalArgumentException } from '../api/errors.ts';
import { formatCut } from '../runtime/format-value.ts';
import type { FileEncoder, RecordEncoder } from './record-encoder.ts';
import { taggedJson } from './tagged-json.ts';

/** One JSON value per line, as `taggedJson` writes it. */
export function ndjsonEncoder(): RecordEncoder {
  return lines('ndjson', (record) => `${taggedJson(record)}\n`);
}

/** One string per line. A string with line feeds in it makes several lines. */
export function textEncoder(): RecordEncoder {
  return lines('text', (record) => {
    if (typeof record === 'string') return `${record}\n`;
    throw new IllegalArgumentException(
      `A text file takes text, not ${formatCut(record, 100)}.`,
      'Map the records to text first, or write them with FileSink.ndjson or FileSink.csv.',
    );
  });
}

function lines(description: string, encode: (record: unknown) => string): RecordEncoder {
  const file: FileEncoder = { header: '', encode };
  return { description, begin: () => file };
}

import type { ResultRow } from '../../engine/runtime/job.ts';
import { encodeValue } from '../output/encoding.ts';

/** One row as a line of JSON; fields that a row does not have are absent. Values as src/output/encoding.ts documents. */
export function jsonLine(cell: string, display: string, row: ResultRow): string {
  const line = {
    cell,
    display,
    kind: row.kind,
    ...(row.timestamp === null ? {} : { timestamp: encodeValue(row.timestamp) }),
    ...(row.window === null ? {} : { window: { start: encodeValue(row.window.start), end: encodeValue(row.window.end) } }),
    ...(row.key === undefined ? {} : { key: encodeValue(row.key) }),
    value: encodeValue(row.value),
  };
  return `${JSON.stringify(line)}\n`;
}

import type { ResultRow } from '../../engine/runtime/job.ts';
import { encodeJson } from '../output/encoding.ts';

/** One row as a line of JSON; fields that a row does not have are absent. Values as src/output/encoding.ts documents. */
export function jsonLine(cell: string, display: string, row: ResultRow): string {
  const line = {
    cell,
    display,
    kind: row.kind,
    ...(row.timestamp === null ? {} : { timestamp: encodeJson(row.timestamp) }),
    ...(row.window === null ? {} : { window: { start: encodeJson(row.window.start), end: encodeJson(row.window.end) } }),
    ...(row.key === undefined ? {} : { key: encodeJson(row.key) }),
    value: encodeJson(row.value),
  };
  return `${JSON.stringify(line)}\n`;
}

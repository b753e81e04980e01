import type { JsonValue, OutputState, TableRow } from '../../output/types.ts';

/** The rows of an output that are kept, as JSON lines or as CSV (RFC 4180, with a header). Values are in the documented encoding. */
export function exportRows(state: OutputState, format: 'csv' | 'jsonl'): string {
  return format === 'jsonl' ? state.rows.map((row) => `${JSON.stringify(jsonRow(row))}\n`).join('') : csv(state);
}

function jsonRow(row: TableRow): object {
  return {
    kind: row.kind,
    ...(row.timestamp === null ? {} : { timestamp: row.timestamp }),
    ...(row.window === null ? {} : { window: row.window }),
    ...(row.key === undefined ? {} : { key: row.key }),
    value: row.value,
  };
}

function csv(state: OutputState): string {
  const names = state.columns.map(({ name }) => name);
  const header = ['kind', 'timestamp', 'window start', 'window end', ...names];
  const lines = state.rows.map((row) => [
    row.kind,
    iso(row.timestamp),
    iso(row.window?.start ?? null),
    iso(row.window?.end ?? null),
    ...names.map((name) => cellText(field(row.value, name, names.length))),
  ]);
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

function field(value: JsonValue, name: string, columns: number): JsonValue | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).find(([key]) => key === name)?.[1];
  }
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items[Number(name.replace(/^f/, ''))];
  }
  return columns === 1 ? value : undefined;
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) {
    return '';
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A leading "=", "+", "-" or "@" would be a formula to a spreadsheet; numbers may start with "-". */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) && !/^[+-][IUD]$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function iso(time: number | null): string {
  return time === null ? '' : new Date(time).toISOString();
}

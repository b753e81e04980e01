const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const MILLIS = /^[+-]?\d{1,16}$/;
const MINUTE = 60_000;

/**
 * Reads a time as ms since 1970-01-01 UTC: an integer (ms), or ISO-8601 or SQL text, "2024-05-01", "2024-05-01 12:00", "2024-05-01T12:00:00.123+02:00".
 * Without a zone it is UTC; digits beyond milliseconds are cut off. Null when it is anything else, such as the 30th of February.
 */
export function parseTimestamp(text: string): number | null {
  if (MILLIS.test(text)) return Number(text);
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const millis = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const time = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  const date = new Date(time);
  // Date.UTC reads the years 0–99 as 1900–1999 and lets every field overflow.
  if (year < 100 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null;
  return time - zoneOffset(parts[8]);
}

/** Of "Z", "+02", "+0200", "+02:00", in ms. */
function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE;
}

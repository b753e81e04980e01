/** Numbers, times and values as text. Times are event time in UTC unless a label says otherwise. */
import * as l10n from '@vscode/l10n';
import { isJsonArray, tagOf } from './encoding.ts';
import type { JsonValue } from './types.ts';

const NO_BREAK = '\u00a0';
const UNITS = ['', 'k', 'M', 'G', 'T'] as const;
/** Ms: what a Date holds. */
const MAX_TIME = 8.64e15;

/** At most three digits, for overviews: 999, 1.21 k, 18.4 M. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e15 || (size > 0 && size < 0.001)) {
    return value.toPrecision(3).replace(/\.?0+(e|$)/, '$1');
  }
  let unit = 0;
  let scaled = value;
  while (unit < UNITS.length - 1 && Math.abs(Number(scaled.toPrecision(3))) >= 1_000) {
    unit += 1;
    scaled /= 1_000;
  }
  const digits = String(Number(scaled.toPrecision(3)));
  return unit === 0 ? digits : `${digits}${NO_BREAK}${UNITS[unit] ?? ''}`;
}

/** All digits, grouped: 2,300,417. Fractions keep up to 15 significant digits. */
export function fullNumber(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) {
    return String(value);
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  const [whole = '', fraction] = text.split('.');
  if (text.includes('e')) {
    return text;
  }
  const grouped = groupDigits(whole);
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The time in ms, or null for the ends of time, which are no time to show: before the first watermark and after the end of the input. */
export function finiteTime(time: number): number | null {
  return Math.abs(time) <= MAX_TIME ? time : null;
}

/** "12:00:50", with tenths or milliseconds only where they are not zero. `withDate` puts the day before it. */
export function timeText(time: number, withDate = false): string {
  if (Number.isNaN(time) || finiteTime(time) === null) {
    return '';
  }
  const iso = new Date(time).toISOString();
  const [date = '', clock = ''] = iso.split('T');
  const seconds = clock.slice(0, 8);
  const fraction = clock.slice(9, 12).replace(/0+$/, '');
  const text = fraction === '' ? seconds : `${seconds}.${fraction}`;
  return withDate ? `${date} ${text}` : text;
}

/** "12:00:50 – 12:00:55"; whole days as dates. The end is exclusive, as in Flink's TimeWindow. */
export function rangeText(start: number, end: number, withDate = false): string {
  if (start % DAY === 0 && end % DAY === 0 && end > start) {
    return end - start === DAY ? dateText(start) : `${dateText(start)} – ${dateText(end)}`;
  }
  const sameDay = Math.floor(start / DAY) === Math.floor(end / DAY);
  return `${timeText(start, withDate)} – ${timeText(end, withDate && !sameDay)}`;
}

const DAY = 86_400_000;

/** "2026-03-14". */
export function dateText(time: number): string {
  return Math.abs(time) > MAX_TIME ? '' : (new Date(time).toISOString().split('T')[0] ?? '');
}

/** A length of time: "0.4 s", "37 s", "4 m 02 s", "2 h 41 m", "3 d 4 h". */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 9.95) {
    return l10n.t('{0} s', Number(seconds.toFixed(1)));
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return l10n.t('{0} s', whole);
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return l10n.t('{0} m {1} s', minutes, pad(whole % 60));
  }
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? l10n.t('{0} h {1} m', hours, pad(minutes % 60)) : l10n.t('{0} d {1} h', Math.floor(hours / 24), hours % 24);
}

/** A window's size in words as short as they get: "5 s", "1 m", "250 ms", "1 m 30 s". */
export function sizeText(milliseconds: number): string {
  const parts: string[] = [];
  let left = milliseconds;
  for (const [unit, size] of [
    [(count: number) => l10n.t('{0} d', count), DAY],
    [(count: number) => l10n.t('{0} h', count), 3_600_000],
    [(count: number) => l10n.t('{0} m', count), 60_000],
    [(count: number) => l10n.t('{0} s', count), 1_000],
    [(count: number) => l10n.t('{0} ms', count), 1],
  ] as const) {
    const count = Math.floor(left / size);
    if (count > 0) {
      parts.push(unit(count));
      left -= count * size;
    }
  }
  return parts.length === 0 ? l10n.t('{0} s', 0) : parts.join(' ');
}

/** What is counted in texts. */
export type Counted = 'record' | 'late record' | 'result' | 'new result' | 'printed line' | 'window' | 'other' | 'byte';

/** "1 result", "2,280 results". */
export function countText(count: number, what: Counted): string {
  const number = count < 1_000_000 ? fullNumber(count) : shortNumber(count);
  const one = count === 1;
  switch (what) {
    case 'record':
      return one ? l10n.t('1 record') : l10n.t('{0} records', number);
    case 'late record':
      return one ? l10n.t('1 late record') : l10n.t('{0} late records', number);
    case 'result':
      return one ? l10n.t('1 result') : l10n.t('{0} results', number);
    case 'new result':
      return one ? l10n.t('1 new result') : l10n.t('{0} new results', number);
    case 'printed line':
      return one ? l10n.t('1 printed line') : l10n.t('{0} printed lines', number);
    case 'window':
      return one ? l10n.t('1 window') : l10n.t('{0} windows', number);
    case 'other':
      return one ? l10n.t('1 other') : l10n.t('{0} others', number);
    case 'byte':
      return one ? l10n.t('1 byte') : l10n.t('{0} bytes', number);
  }
}

/** An encoded value in one line, as users would write it: text bare, everything else like a literal. */
export function valueText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : literal(value);
}

/** A key as a label: a composite key shows its parts. */
export function keyText(key: JsonValue | undefined): string {
  if (key === undefined) {
    return '';
  }
  return key !== null && typeof key === 'object' && isJsonArray(key) ? key.map(valueText).join(', ') : valueText(key);
}

function literal(value: JsonValue | undefined): string {
  if (value === undefined) {
    return '';
  }
  if (typeof value === 'number') {
    return fullNumber(value);
  }
  if (value === null || typeof value !== 'object') {
    return JSON.stringify(value);
  }
  if (isJsonArray(value)) {
    return `[${value.map(literal).join(', ')}]`;
  }
  const tag = tagOf(value);
  return tag === null ? fieldsText(value) : tagText(tag.name, tag.payload);
}

function tagText(name: string, payload: JsonValue): string {
  const items = payload !== null && typeof payload === 'object' && isJsonArray(payload) ? payload : [];
  switch (name) {
    case '$bigint':
      return groupDigits(bare(payload));
    case '$number':
    case '$text':
      return bare(payload);
    case '$date':
      return payload === null ? l10n.t('invalid date') : bare(payload);
    case '$bytes':
      return bytesText(bare(payload));
    case '$map':
      return `Map(${items.length}) {${items.map(entryText).join(', ')}}`;
    case '$set':
      return `Set(${items.length}) {${items.map(literal).join(', ')}}`;
    case '$undefined':
      return 'undefined';
    case '$object':
      return payload !== null && typeof payload === 'object' && !isJsonArray(payload) ? fieldsText(payload) : '{}';
    case '$cycle':
      return l10n.t('[cycle]');
    case '$cut':
      return items[0] === null ? '…' : l10n.t('{0}… ({1} more)', valueText(items[0]), fullNumber(Number(items[1])));
    default:
      return JSON.stringify(payload);
  }
}

/** Payloads are text; another one comes from a newer version and is shown as it is. */
function bare(payload: JsonValue): string {
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}

function fieldsText(fields: { readonly [field: string]: JsonValue }): string {
  const parts = Object.keys(fields).map((name) => `${/^[\w$]+$/.test(name) ? name : JSON.stringify(name)}: ${literal(fields[name])}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function entryText(entry: JsonValue): string {
  const [key, value] = entry !== null && typeof entry === 'object' && isJsonArray(entry) ? entry : [];
  return `${literal(key)} → ${literal(value)}`;
}

function bytesText(base64: string): string {
  const size = Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
  return `${countText(size, 'byte')} ${base64.length > 24 ? `${base64.slice(0, 24)}…` : base64}`;
}

function groupDigits(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

function pad(count: number): string {
  return String(count).padStart(2, '0');
}

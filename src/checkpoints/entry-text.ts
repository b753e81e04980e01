import { decodeEntryKey } from '../../engine/state/entry-codec.ts';
import { decodeValue } from '../../engine/state/stored-value.ts';
import { taggedJson } from '../../engine/formats/tagged-json.ts';
import { formatCut } from '../../engine/runtime/format-value.ts';
import type { StateKind } from '../../engine/state/state-capture.ts';
import { rangeText, timeText } from '../output/text.ts';

const MAX_KEY = 200;

/** The key of an entry as users read it: key, then window or time, then the key within a map. */
export function entryKeyText(bytes: Uint8Array, kind: StateKind): string {
  const { key, namespace, userKey } = decodeEntryKey(bytes);
  const parts = [formatCut(key, MAX_KEY)];
  if (namespace !== undefined) {
    parts.push(namespaceText(namespace, kind));
  }
  if (userKey !== undefined) {
    parts.push(formatCut(userKey, MAX_KEY));
  }
  return parts.join(' · ');
}

function namespaceText(namespace: unknown, kind: StateKind): string {
  if (kind === 'window' && Array.isArray(namespace)) {
    const [start, end] = namespace.map(Number);
    return rangeText(start ?? Number.NaN, end ?? Number.NaN);
  }
  return typeof namespace === 'number' && kind.endsWith('timers') ? timeText(namespace) : formatCut(namespace, MAX_KEY);
}

/** The value of an entry in one line; empty for timers, which have none. */
export function entryValueText(bytes: Uint8Array, kind: StateKind, limit: number): string {
  return kind.endsWith('timers') ? '' : formatCut(decodeValue(bytes), limit);
}

/** An entry as one line of JSON, in the encoding of results (docs/results-encoding.md). */
export function entryJson(keyBytes: Uint8Array, value: Uint8Array, kind: StateKind): string {
  const { key, namespace, userKey } = decodeEntryKey(keyBytes);
  const field = (name: string, of: unknown): string[] => (of === undefined ? [] : [`"${name}":${taggedJson(of)}`]);
  const isTimer = kind.endsWith('timers');
  const parts = [
    ...field('key', key),
    ...(kind === 'window' && Array.isArray(namespace)
      ? field('window', { start: Number(namespace[0]), end: Number(namespace[1]) })
      : field(isTimer ? 'timestamp' : 'namespace', namespace)),
    ...field('userKey', userKey),
    ...(isTimer ? [] : field('value', decodeValue(value))),
  ];
  return `{${parts.join(',')}}`;
}

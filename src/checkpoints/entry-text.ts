import type { OperatorManifest, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { taggedJson } from '../../engine/formats/tagged-json.ts';
import { formatCut } from '../../engine/runtime/format-value.ts';
import { decodeEntryKey } from '../../engine/state/entry-codec.ts';
import { Expiring } from '../../engine/state/expiring.ts';
import { Serialized } from '../../engine/state/serialized.ts';
import { decodeValue } from '../../engine/state/stored-value.ts';
import { fullNumber, rangeText, timeText } from '../output/text.ts';
import type { Localizer } from '../platform/ports.ts';

const MAX_KEY = 200;

/** What is to be known of a state to show its entries. */
export interface ShownState extends Pick<StateManifest, 'name' | 'kind' | 'type'> {
  /** Kind of its operator: the engine's own states are shown as what they mean. */
  readonly operator: string;
}

export function shownState({ kind: operator }: Pick<OperatorManifest, 'kind'>, { name, kind, type }: StateManifest): ShownState {
  return { operator, name, kind, ...(type === undefined ? {} : { type }) };
}

function isTimers({ kind }: ShownState): boolean {
  return kind.endsWith('timers');
}

/** Of a pattern: the events that its partial matches hold, and those that wait for their time, which is their key within the map. */
function isOfPattern({ operator, name }: ShownState, state: 'waiting events' | 'events of partial matches'): boolean {
  return operator === 'cep' && name === state;
}

function isMergingSet({ operator, name }: ShownState): boolean {
  return operator === 'triggeredWindow' && name === 'merging windows';
}

function isSessions({ operator, name }: ShownState): boolean {
  return operator === 'sessionWindow' && name === 'sessions';
}

/** The key of an entry as users read it: key, then window or time, then the key within a map. */
export function entryKeyText(bytes: Uint8Array, state: ShownState, l10n: Localizer): string {
  const { key, namespace, userKey } = decodeEntryKey(bytes);
  const parts = [formatCut(key, MAX_KEY)];
  if (namespace !== undefined) {
    parts.push(isTimers(state) && typeof namespace === 'number' ? endOrTimeText(namespace, l10n) : namespaceText(namespace));
  }
  if (userKey !== undefined) {
    parts.push(userKeyText(userKey, state, l10n));
  }
  return parts.join(' · ');
}

function userKeyText(userKey: unknown, state: ShownState, l10n: Localizer): string {
  if (isTimers(state)) {
    return namespaceText(userKey);
  }
  return isOfPattern(state, 'waiting events') && typeof userKey === 'number' ? endOrTimeText(userKey, l10n) : formatCut(userKey, MAX_KEY);
}

/** Windows that never end have timers at the end of time. */
function endOrTimeText(time: number, l10n: Localizer): string {
  return timeText(time) || l10n.t('end of time');
}

function namespaceText(namespace: unknown): string {
  const window = windowOf(namespace);
  return window === null ? formatCut(namespace, MAX_KEY) : windowText(window);
}

/** A window as checkpoints hold it, in ms. */
function windowOf(namespace: unknown): { readonly start: number; readonly end: number } | null {
  const parts: readonly unknown[] = Array.isArray(namespace) ? namespace : [];
  const [start, end] = parts;
  return parts.length === 2 && typeof start === 'number' && typeof end === 'number' ? { start, end } : null;
}

function windowText({ start, end }: { readonly start: number; readonly end: number }): string {
  return Number.isFinite(start) || Number.isFinite(end) ? rangeText(start, end) : 'GlobalWindow';
}

/** The value of an entry in one line; empty for timers, which have none. */
export function entryValueText(bytes: Uint8Array, state: ShownState, limit: number, l10n: Localizer): string {
  if (isTimers(state)) {
    return '';
  }
  const text = valueText(decodeValue(bytes), state, limit, l10n);
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

function valueText(value: unknown, state: ShownState, limit: number, l10n: Localizer): string {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [];
  if (isMergingSet(state)) {
    return elements.map((window) => namespaceText(Array.isArray(window) ? window.slice(0, 2) : window)).join(', ');
  }
  if (
    isOfPattern(state, 'events of partial matches') &&
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    'time' in value
  ) {
    return `${formatCut(value.value, limit)} · ${endOrTimeText(Number(value.time), l10n)}`;
  }
  if (isSessions(state)) {
    return elements.map((session) => sessionText(session, limit)).join(', ');
  }
  const isSpecial = (one: unknown): boolean => one instanceof Expiring || one instanceof Serialized;
  return elements.some(isSpecial)
    ? `[${elements.map((element) => valueText(element, state, limit, l10n)).join(', ')}]`
    : singleText(value, state, limit, l10n);
}

/** A session of a key as its operator keeps it. */
function sessionText(session: unknown, limit: number): string {
  const isOne = typeof session === 'object' && session !== null && 'start' in session && 'end' in session && 'contents' in session;
  return isOne
    ? `${rangeText(Number(session.start), Number(session.end))}: ${formatCut(session.contents, limit)}`
    : formatCut(session, limit);
}

function singleText(value: unknown, state: ShownState, limit: number, l10n: Localizer): string {
  if (value instanceof Expiring) {
    return l10n.t('{0} (last used {1})', singleText(value.value, state, limit, l10n), timeText(value.lastAccess));
  }
  if (value instanceof Serialized) {
    const type = state.type?.version === undefined ? l10n.t('written by a serializer') : state.type.name;
    const { length } = value.bytes;
    const bytes = length === 1 ? l10n.t('1 byte') : l10n.t('{0} bytes', fullNumber(length));
    return l10n.t('{0}, version {1}: {2}', type, value.version, bytes);
  }
  return formatCut(value, limit);
}

/** What a function keeps for a subtask and not for a key, in one line: the elements of a list, or the entries of a broadcast map. */
export function operatorStateText(
  values: readonly Uint8Array[],
  { redistribution, type }: Pick<OperatorManifest['subtasks'][number]['operator'][number], 'redistribution' | 'type'>,
  limit: number,
  l10n: Localizer,
): string {
  const state: ShownState = { operator: '', name: '', kind: 'list', ...(type === undefined ? {} : { type }) };
  const texts: string[] = [];
  for (let at = 0, length = 0; at < values.length && length <= limit; at++) {
    const text = elementText(decodeValue(values[at] ?? new Uint8Array(0)), redistribution === 'broadcast', state, limit, l10n);
    texts.push(text);
    length += text.length;
  }
  const text = texts.join(', ');
  return text.length > limit || texts.length < values.length ? `${text.slice(0, limit)}…` : text;
}

function elementText(value: unknown, isPair: boolean, state: ShownState, limit: number, l10n: Localizer): string {
  const pair: readonly unknown[] = isPair && Array.isArray(value) ? value : [];
  return pair.length === 2
    ? `${formatCut(pair[0], MAX_KEY)} → ${valueText(pair[1], state, limit, l10n)}`
    : valueText(value, state, limit, l10n);
}

/** An entry as one line of JSON, in the encoding of results (docs/results-encoding.md). */
export function entryJson(keyBytes: Uint8Array, value: Uint8Array, state: ShownState): string {
  const { key, namespace, userKey } = decodeEntryKey(keyBytes);
  const field = (name: string, of: unknown): string[] => (of === undefined ? [] : [`"${name}":${taggedJson(of)}`]);
  const windowOr = (name: string, of: unknown): string[] => {
    const window = windowOf(of);
    return window === null ? field(name, of) : field('window', window);
  };
  const parts = [
    ...field('key', key),
    ...(isTimers(state)
      ? [...field('timestamp', namespace), ...windowOr('namespace', userKey)]
      : [...windowOr('namespace', namespace), ...field('userKey', userKey), ...field('value', decodeValue(value))]),
  ];
  return `{${parts.join(',')}}`;
}

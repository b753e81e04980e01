/** Messages between the extension host and the notebook renderer. Small, versioned, addressed by output id, validated on both sides. */
import type { Translations } from '../l10n/translations.ts';
import type { OutputDelta, OutputState, ReplayAction } from '../output/types.ts';

export const OUTPUT_MIME = 'application/vnd.streambook.output+json';
export const RENDERER_ID = 'streambook-output';
export const PROTOCOL_VERSION = 1;

/** The JSON of an output item: the state to draw first, and the language to draw it in. */
export type OutputItemContent = OutputState & { readonly strings?: Translations };

/** Host → renderer. A host message without an editor goes to every notebook editor: a renderer ignores ids it does not show. */
export type ToRenderer =
  | { readonly version: 1; readonly type: 'state'; readonly state: OutputState }
  | { readonly version: 1; readonly type: 'delta'; readonly delta: OutputDelta }
  /** The chart of an output as the notebook has it, a Vega-Lite specification; null: the inferred one. */
  | { readonly version: 1; readonly type: 'chart'; readonly id: string; readonly text: string | null };

/** Renderer → host. */
export type FromRenderer =
  /** The renderer shows this output and has nothing newer than `rows` rows: send the full state. Also after a missed delta. */
  | { readonly version: 1; readonly type: 'ready'; readonly id: string }
  /** A link to a place in a cell was followed. */
  | { readonly version: 1; readonly type: 'reveal'; readonly cell: string; readonly line: number; readonly column: number }
  /** A button of the output: run the cell again, stop its job, or edit its chart. */
  | { readonly version: 1; readonly type: 'run' | 'stop' | 'editChart'; readonly id: string }
  /** A control of a replay. */
  | { readonly version: 1; readonly type: 'replay'; readonly id: string; readonly action: ReplayAction }
  /** Copy or export the rows that are shown. */
  | { readonly version: 1; readonly type: 'export'; readonly id: string; readonly format: 'csv' | 'jsonl' };

/** A message from the host as its type, or null when it is not one of ours (another version, another sender). */
export function readToRenderer(message: unknown): ToRenderer | null {
  if (!isMessage(message)) {
    return null;
  }
  if (message['type'] === 'state') {
    const state = readOutputState(message['state']);
    return state === null ? null : { version: PROTOCOL_VERSION, type: 'state', state };
  }
  if (message['type'] === 'chart') {
    const { id, text } = message;
    const valid = typeof id === 'string' && (typeof text === 'string' || text === null);
    return valid ? { version: PROTOCOL_VERSION, type: 'chart', id, text } : null;
  }
  const delta = message['delta'];
  if (message['type'] !== 'delta' || !isFields(delta) || !isFields(delta['base']) || !isBody(delta)) {
    return null;
  }
  // SAFETY: the fields that are read before anything else were checked; the host builds the rest from the same types
  return { version: PROTOCOL_VERSION, type: 'delta', delta: delta as unknown as OutputDelta };
}

/** The full state of an output as it comes out of an output item; null when it is not one, or of another version. */
export function readOutputState(value: unknown): OutputItemContent | null {
  if (!isFields(value) || value['version'] !== 1 || typeof value['name'] !== 'string' || !isBody(value)) {
    return null;
  }
  // SAFETY: the fields that are read before anything else were checked; the fold builds the rest from the same types
  return value as unknown as OutputItemContent;
}

/** A message from the renderer as its type, or null when it is not one of ours. */
export function readFromRenderer(message: unknown): FromRenderer | null {
  if (!isMessage(message)) {
    return null;
  }
  const { type, id, cell, line, column, format } = message;
  if (type === 'reveal') {
    const valid = typeof cell === 'string' && isPosition(line) && isPosition(column);
    return valid ? { version: PROTOCOL_VERSION, type, cell, line, column } : null;
  }
  if (typeof id !== 'string') {
    return null;
  }
  if (type === 'ready' || type === 'run' || type === 'stop' || type === 'editChart') {
    return { version: PROTOCOL_VERSION, type, id };
  }
  if (type === 'replay') {
    const action = readReplayAction(message['action']);
    return action === null ? null : { version: PROTOCOL_VERSION, type, id, action };
  }
  return type === 'export' && (format === 'csv' || format === 'jsonl') ? { version: PROTOCOL_VERSION, type, id, format } : null;
}

function readReplayAction(value: unknown): ReplayAction | null {
  if (!isFields(value)) {
    return null;
  }
  const { kind, to, record } = value;
  switch (kind) {
    case 'play':
    case 'pause':
    case 'step':
    case 'step-back':
    case 'next-output':
      return { kind };
    case 'seek':
      return to === 'end' || isOrdinal(to) ? { kind, to } : null;
    case 'run-from':
      return isOrdinal(record) ? { kind, record } : null;
    default:
      return null;
  }
}

function isOrdinal(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

interface Fields {
  readonly [name: string]: unknown;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMessage(value: unknown): value is Fields {
  return isFields(value) && value['version'] === PROTOCOL_VERSION;
}

function isBody(value: Fields): boolean {
  const { chart } = value;
  const lists = [value['rows'], value['log'], value['columns'], value['ghosts'], value['late']];
  return (
    typeof value['id'] === 'string' &&
    lists.every(Array.isArray) &&
    isFields(value['status']) &&
    isFields(chart) &&
    Array.isArray(chart['marks'])
  );
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

/** Messages between the extension host and the chart editor's page. Versioned, validated on both sides. */
import { readTranslations, type Translations } from '../../l10n/translations.ts';
import type { OutputDelta, OutputState } from '../../output/types.ts';
import { readOutputState, readToRenderer } from '../../renderer/protocol.ts';

export const CHART_EDITOR_VERSION = 1;

/** Longest specification that is stored, in UTF-16 units. */
export const MAX_CHART_TEXT = 500_000;

/** Which chart is edited: what finds it again after a reload of the window, where cells have other addresses. */
export interface ChartPlace {
  /** URI of the notebook. */
  readonly notebook: string;
  /** Name of the cell, else "#" and its index. */
  readonly cell: string;
  /** Name of the display; null while it is not known, because the cell has not run. */
  readonly display: string | null;
}

/** What the page keeps while it is hidden and over a reload. */
export interface ChartEditorState {
  readonly version: 1;
  readonly place: ChartPlace;
  /** The text as edited; null when it is what the notebook has. */
  readonly draft: string | null;
}

/** Host → page. */
export type ToChartEditor =
  /** Everything: the answer to `ready`, and again when the display becomes known. */
  | {
      readonly version: 1;
      readonly type: 'open';
      readonly place: ChartPlace;
      /** What users call the cell. */
      readonly title: string;
      /** The chart in the notebook; null without one. */
      readonly stored: string | null;
      /** The newest state of the output; null before the cell has run. */
      readonly state: OutputState | null;
      readonly strings: Translations;
    }
  | { readonly version: 1; readonly type: 'state'; readonly state: OutputState }
  | { readonly version: 1; readonly type: 'delta'; readonly delta: OutputDelta }
  /** The chart in the notebook is another one now. */
  | { readonly version: 1; readonly type: 'stored'; readonly text: string | null }
  /** The cell is not there any more, or the chart could not be stored. */
  | { readonly version: 1; readonly type: 'gone' | 'failed'; readonly message: string };

/** Page → host. */
export type FromChartEditor =
  /** The page is drawn, or missed something: send everything. */
  | { readonly version: 1; readonly type: 'ready' }
  | { readonly version: 1; readonly type: 'apply'; readonly text: string }
  /** Take the chart out of the notebook. */
  | { readonly version: 1; readonly type: 'reset' }
  | { readonly version: 1; readonly type: 'run' }
  /** Whether there is text that is not in the notebook. */
  | { readonly version: 1; readonly type: 'edited'; readonly edited: boolean };

interface Fields {
  readonly [name: string]: unknown;
}

/** A message of the host as its type; null when it is not one of ours. */
export function readToChartEditor(message: unknown): ToChartEditor | null {
  if (!isMessage(message)) {
    return null;
  }
  const { type, title, stored, text } = message;
  const version = CHART_EDITOR_VERSION;
  if (type === 'state' || type === 'delta') {
    const read = readToRenderer({ ...message, version: 1 });
    return read?.type === 'state' || read?.type === 'delta' ? read : null;
  }
  if (type === 'stored') {
    return isText(text) ? { version, type, text } : null;
  }
  if (type === 'gone' || type === 'failed') {
    return typeof message['message'] === 'string' ? { version, type, message: message['message'] } : null;
  }
  const place = readPlace(message['place']);
  const state = message['state'] === null ? null : readOutputState(message['state']);
  if (type !== 'open' || place === null || typeof title !== 'string' || !isText(stored)) {
    return null;
  }
  return { version, type, place, title, stored, state, strings: readTranslations(message['strings']) };
}

/** A message of the page as its type; null when it is not one of ours. */
export function readFromChartEditor(message: unknown): FromChartEditor | null {
  if (!isMessage(message)) {
    return null;
  }
  const { type, text, edited } = message;
  const version = CHART_EDITOR_VERSION;
  switch (type) {
    case 'ready':
    case 'reset':
    case 'run':
      return { version, type };
    case 'apply':
      return typeof text === 'string' && text.length <= MAX_CHART_TEXT ? { version, type, text } : null;
    case 'edited':
      return typeof edited === 'boolean' ? { version, type, edited } : null;
    default:
      return null;
  }
}

/** What the page kept; null when it is of another version. */
export function readChartEditorState(value: unknown): ChartEditorState | null {
  const place = isMessage(value) ? readPlace(value['place']) : null;
  if (!isMessage(value) || place === null || !isText(value['draft'])) {
    return null;
  }
  return { version: CHART_EDITOR_VERSION, place, draft: value['draft'] };
}

function readPlace(value: unknown): ChartPlace | null {
  if (!isFields(value)) {
    return null;
  }
  const { notebook, cell, display } = value;
  return typeof notebook === 'string' && typeof cell === 'string' && isText(display) ? { notebook, cell, display } : null;
}

function isText(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}

function isMessage(value: unknown): value is Fields {
  return isFields(value) && value['version'] === CHART_EDITOR_VERSION;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

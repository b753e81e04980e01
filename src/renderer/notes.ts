/** What an output says about itself: a title that says what is the matter, a line that says why, a button that says what will happen. */
import { durationText, countText, rangeText, timeText } from '../output/text.ts';
import type { OutputState } from '../output/types.ts';
import { button, element } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { STRINGS } from './strings.ts';

/** A note as data. `action` asks the host for something. */
export interface Note {
  readonly icon: IconName;
  readonly tone: 'info' | 'warn' | 'bad' | 'plain';
  readonly title: string;
  readonly text: string;
  readonly action: 'run' | 'stop' | null;
  /** Stands in for results that are not there (yet): takes their place, so that nothing jumps when they come. */
  readonly instead: boolean;
}

/** The notes of a state, in order; the error card is apart. */
export function notesOf(state: OutputState): readonly Note[] {
  const notes: Note[] = [];
  if (state.notice !== null) {
    const { title, text, tone, rerun } = state.notice;
    notes.push({ icon: tone, tone, title, text, action: rerun ? 'run' : null, instead: false });
  }
  for (const { title, text, tone } of state.chart.notes ?? []) {
    notes.push({ icon: tone, tone, title, text, action: null, instead: false });
  }
  const phase = phaseNote(state);
  if (phase !== null) {
    notes.push(phase);
  }
  if (state.kind === 'preview' && state.rows.length > 0) {
    notes.push({
      icon: 'info',
      tone: 'info',
      title: STRINGS.notes.preview(state.name),
      text: STRINGS.notes.previewText(),
      action: null,
      instead: false,
    });
  }
  return withOneRun(notes, state.error !== null);
}

/** Running again is offered once: by the error card, else by the first note that does. */
function withOneRun(notes: readonly Note[], offered: boolean): readonly Note[] {
  const first = offered ? null : notes.find(({ action }) => action === 'run');
  return notes.map((note) => (note.action === 'run' && note !== first ? { ...note, action: null } : note));
}

/** Whether there is anything to see but notes. */
export function hasResults(state: OutputState): boolean {
  return state.rows.length > 0 || state.ghosts.length > 0 || state.chart.marks.length > 0;
}

/** A note as an element; without `send` there is no button. */
export function noteElement(note: Note, send: ((action: 'run' | 'stop') => void) | null): HTMLElement {
  const { action } = note;
  const body = element('div', { children: [element('h3', { text: note.title }), element('p', { class: 'muted', text: note.text })] });
  if (action !== null && send !== null) {
    const text = action === 'run' ? STRINGS.runAgain() : STRINGS.stop();
    body.append(element('div', { class: 'acts', children: [button({ class: 'btn second', text, onClick: () => send(action) })] }));
  }
  if (note.instead) {
    body.append(
      element('div', { class: 'skel', attributes: { 'aria-hidden': 'true' }, children: Array.from({ length: 12 }, () => element('i')) }),
    );
  }
  return element('div', { class: `note${note.instead ? ' instead' : ''}`, children: [icon(note.icon, note.tone), body] });
}

function phaseNote(state: OutputState): Note | null {
  const { phase, elapsed } = state.status;
  const texts = STRINGS.notes;
  const plain = { action: null, instead: true } as const;
  switch (phase) {
    case 'compiling':
    case 'starting':
      return hasResults(state)
        ? null
        : { icon: 'clock', tone: 'plain', title: texts[phase](), text: texts.clock(durationText(elapsed)), ...plain };
    case 'running':
      return hasResults(state) || state.totalLog > 0 || state.kind === 'config' ? null : waitingNote(state);
    case 'finished':
      return hasResults(state) || state.totalLog > 0 || state.kind === 'config'
        ? null
        : { icon: 'info', tone: 'info', title: texts.empty(), text: texts.emptyText(records(state)), ...plain, instead: false };
    case 'failed':
      return state.error === null
        ? { icon: 'error', tone: 'bad', title: texts.failed(), text: texts.failedText(), action: 'run', instead: false }
        : null;
    case 'stopped':
      return stoppedNote(state);
    case 'unresponsive':
      return { icon: 'warn', tone: 'warn', title: texts.unresponsive(), text: texts.unresponsiveText(), action: 'stop', instead: false };
  }
}

function waitingNote(state: OutputState): Note {
  const texts = STRINGS.notes;
  const { nextWindow, watermark } = state.status;
  const plain = { icon: 'clock', tone: 'plain', action: null, instead: true } as const;
  if (state.window === null) {
    return { ...plain, title: texts.waitingResult(), text: texts.noResultYet(records(state)) };
  }
  return {
    ...plain,
    title: texts.waitingWindow(),
    text: nextWindow === null ? texts.noWindow(records(state)) : firesText(state, nextWindow, watermark),
  };
}

/** "Window 12:00:00 – 12:00:05 fires at watermark 12:00:05; it is 12:00:03 now." */
export function firesText(state: OutputState, next: NonNullable<OutputState['status']['nextWindow']>, watermark: number | null): string {
  const range = rangeText(next.start, next.end);
  return state.window?.eventTime === false
    ? STRINGS.notes.windowByClock(range)
    : STRINGS.notes.windowFires(range, timeText(next.end), watermark === null ? '' : timeText(Math.floor(watermark / 1_000) * 1_000));
}

function stoppedNote(state: OutputState): Note {
  const texts = STRINGS.notes;
  const { watermark } = state.status;
  const open = new Set(state.ghosts.map((ghost) => ghost.window.end)).size;
  const text =
    !hasResults(state) && state.totalLog === 0
      ? texts.stoppedEmpty()
      : state.window === null
        ? texts.stoppedPlain()
        : texts.stoppedText(open);
  const title = texts.stoppedAt(watermark === null ? '' : timeText(Math.floor(watermark / 1_000) * 1_000));
  return { icon: 'stop', tone: 'plain', title, text, action: 'run', instead: false };
}

function records(state: OutputState): string {
  return countText(state.status.recordsIn, 'record');
}

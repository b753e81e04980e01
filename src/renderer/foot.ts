import { phaseText } from '../output/summary.ts';
import { countText, durationText, fullNumber, rangeText, shortNumber, timeText } from '../output/text.ts';
import type { OutputState } from '../output/types.ts';
import { button, element, setShown, setText } from './dom.ts';
import { icon } from './icons.ts';
import { STRINGS } from './strings.ts';
import type { TableStatus } from './table-panel.ts';

/** What the foot line is told. */
export interface FootInput {
  readonly shown: OutputState;
  readonly latest: OutputState;
  readonly paused: boolean;
  /** Null unless the table is on screen. */
  readonly table: TableStatus | null;
}

/** The last line of an output: where the run stands, what comes next, how much is shown. */
export class Foot {
  readonly element = element('div', { class: 'foot' });
  readonly #live = icon('live', 'ok');
  readonly #paused = icon('pause');
  readonly #phase = element('span');
  readonly #follow: HTMLButtonElement;
  readonly #next = element('span');
  readonly #end = element('span', { class: 'end' });

  constructor(onFollow: () => void) {
    this.#follow = button({ class: 'link', text: STRINGS.follow(), onClick: onFollow });
    const first = element('span', { children: [this.#live, this.#paused, this.#phase, this.#follow] });
    this.element.append(first, this.#next, this.#end);
  }

  update(input: FootInput): void {
    const { shown, latest, paused, table } = input;
    const waiting = paused ? latest.totalRows - shown.totalRows : (table?.waiting ?? 0);
    const held = paused || waiting > 0;
    this.#live.classList.toggle('gone', held || latest.status.phase !== 'running' || Boolean(latest.replay));
    this.#paused.classList.toggle('gone', !held);
    setShown(this.#follow, held);
    setText(this.#phase, held ? heldText(shown, waiting) : phaseLine(latest));
    const next = held ? '' : nextText(latest);
    setText(this.#next, next);
    setShown(this.#next, next !== '');
    setText(this.#end, endText(shown, table));
  }
}

function phaseLine(state: OutputState): string {
  if (state.replay) {
    return STRINGS.replay.foot();
  }
  return state.status.phase === 'running' ? (state.kind === 'display' ? STRINGS.live() : phaseText(state)) : phaseText(state);
}

function heldText(shown: OutputState, waiting: number): string {
  const { watermark } = shown.status;
  const time = watermark === null ? '' : timeText(Math.floor(watermark / 1_000) * 1_000);
  return waiting > 0 ? STRINGS.heldBack(time, countText(waiting, 'new result')) : STRINGS.held(time);
}

function nextText(state: OutputState): string {
  const { nextWindow, watermark, phase, recordsIn } = state.status;
  if (phase !== 'running') {
    return '';
  }
  if (nextWindow === null) {
    return STRINGS.recordsIn(shortNumber(recordsIn));
  }
  const range = rangeText(nextWindow.start, nextWindow.end);
  if (state.window?.eventTime === false) {
    return STRINGS.nextByClock(range);
  }
  return watermark === null ? '' : STRINGS.next(range, durationText(nextWindow.end - watermark));
}

function endText(state: OutputState, table: TableStatus | null): string {
  const { totalRows, rows, chart, status } = state;
  if (state.kind === 'log' || state.kind === 'config') {
    return '';
  }
  if (state.kind === 'preview') {
    return STRINGS.previewFoot(countText(rows.length, 'record'));
  }
  const all = countText(totalRows, 'result');
  const showing =
    totalRows === 0 ? all : totalRows > rows.length ? STRINGS.showingLast(fullNumber(rows.length), all) : STRINGS.showingAll(all);
  const kept = status.phase === 'failed' && totalRows > 0 ? STRINGS.kept() : '';
  const missed = chart.missed > 0 && table === null ? STRINGS.missed(countText(chart.missed, 'result')) : '';
  const selected = table?.selected === true ? STRINGS.selected() : '';
  const matching = table === null || table.matching === null ? '' : STRINGS.matching(fullNumber(table.matching));
  return [kept, missed, matching, selected, showing].filter((text) => text !== '').join(' ');
}

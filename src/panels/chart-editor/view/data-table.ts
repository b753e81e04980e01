import { looksLikeTime } from '../../../output/columns.ts';
import { plotOf } from '../../../output/plot.ts';
import { countText, fullNumber, timeText } from '../../../output/text.ts';
import type { OutputState } from '../../../output/types.ts';
import type { Datasets } from '../../../renderer/custom-data.ts';
import { element } from '../../../renderer/dom.ts';
import { STRINGS } from './strings.ts';

/** Fields that are listed. */
const MAX_FIELDS = 30;

const TIMES: ReadonlySet<string> = new Set(['start', 'end', 'window_start', 'window_end', 'event_time', 'watermark', 'to']);

/** Which data a specification can use: the fields of the data set that it uses, and the names of the others. */
export class DataTable {
  readonly element = element('section', { class: 'data' });
  #key = '';

  /** @param used names of data sets that the specification uses */
  update(state: OutputState, datasets: Datasets, used: ReadonlySet<string>): void {
    const sets = Object.entries(datasets);
    const [name, rows] = sets.find(([set, found]) => used.has(set) && found.length > 0) ?? sets[0] ?? ['', []];
    const newest = rows.at(-1);
    const fields = newest === undefined ? [] : Object.entries(newest).slice(0, MAX_FIELDS);
    const others = sets
      .filter(([set, found]) => set !== name && found.length > 0)
      .map(([set, found]) => `${set} (${fullNumber(found.length)})`);
    const isCut = name === 'results' && state.totalRows > state.rows.length;
    const count = isCut
      ? STRINGS.bounded(fullNumber(state.rows.length), countText(state.totalRows, 'result'))
      : STRINGS.rows(fullNumber(rows.length));
    const axis = plotOf(state.chart)?.axis;
    const overTime = axis === 'event-time' || axis === 'time';
    const lines = fields.map(([field, value]) => [field, typeOf(field, value, overTime), textOf(field, value, overTime)]);
    const key = JSON.stringify([name, count, others, lines]);
    if (key === this.#key) {
      return;
    }
    this.#key = key;
    const head = element('p', {
      class: 'bar',
      children: [
        element('b', { text: STRINGS.data() }),
        element('span', {
          class: 'muted small',
          children: [element('code', { text: name }), ` ${count}. `, others.length === 0 ? '' : STRINGS.also(others.join(', '))],
        }),
      ],
    });
    const cells = (tag: 'th' | 'td', texts: readonly (string | undefined)[]): HTMLElement =>
      element('tr', {
        children: texts.map((text, at) =>
          element(tag, { children: [at === 0 && tag === 'td' ? element('code', { text: text ?? '' }) : (text ?? '')] }),
        ),
      });
    const table = element('table', {
      children: [
        element('thead', { children: [cells('th', [STRINGS.field(), STRINGS.type(), STRINGS.newest()])] }),
        element('tbody', { children: lines.map((line) => cells('td', line)) }),
      ],
    });
    this.element.replaceChildren(head, ...(lines.length === 0 ? [] : [table]));
  }
}

function typeOf(field: string, value: unknown, overTime: boolean): string {
  if (isTime(field, value, overTime)) {
    return 'time';
  }
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function textOf(field: string, value: unknown, overTime: boolean): string {
  if (typeof value === 'number') {
    return isTime(field, value, overTime) ? timeText(value, true) : fullNumber(value);
  }
  return typeof value === 'string' ? value.slice(0, 80) : JSON.stringify(value).slice(0, 80);
}

/** Whether a number is to be read as a point in time. What we name so is one in charts over time, whatever its year. */
function isTime(field: string, value: unknown, overTime: boolean): value is number {
  return typeof value === 'number' && (looksLikeTime(field, value) || (overTime && TIMES.has(field)));
}

import type { OutputState } from '../output/types.ts';
import { element } from './dom.ts';

/** The Log tab: what the job printed, newest last; stays at the end unless the reader scrolled up. */
export class LogPanel {
  readonly element = element('pre', { class: 'log', role: 'log', attributes: { tabindex: '0', 'aria-live': 'off' } });
  #total = -1;

  update(state: OutputState): void {
    if (state.totalLog === this.#total) {
      return;
    }
    const box = this.element;
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
    const added = state.totalLog - this.#total;
    const lines = this.#total >= 0 && added > 0 && added <= state.log.length ? state.log.slice(-added) : state.log;
    if (lines === state.log) {
      box.replaceChildren();
    }
    box.append(...lines.map(({ stream, line }) => element('div', { class: stream, text: line === '' ? '\u200b' : line })));
    while (box.childElementCount > state.log.length) {
      box.firstElementChild?.remove();
    }
    this.#total = state.totalLog;
    if (atEnd) {
      box.scrollTop = box.scrollHeight;
    }
  }
}

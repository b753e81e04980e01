import { chartSummary, phaseText } from '../../../output/summary.ts';
import type { OutputState } from '../../../output/types.ts';
import { CustomChart } from '../../../renderer/custom-chart.ts';
import { button, element, setShown, setText } from '../../../renderer/dom.ts';
import { hasResults, noteElement } from '../../../renderer/notes.ts';
import { DataTable } from './data-table.ts';
import { STRINGS } from './strings.ts';

/** The chart as the text draws it, on the current results. */
export class Preview {
  readonly element = element('section', { class: 'preview streambook' });
  readonly #status = element('span', { class: 'small muted' });
  readonly #note = element('div');
  readonly #chart: CustomChart;
  readonly #summary = element('p', { class: 'small muted summary' });
  readonly #data = new DataTable();
  readonly #run: HTMLButtonElement;
  #state: OutputState | null = null;
  #isCurrent = false;
  #noteKey = '';

  /** @param refused told what a text that could be read cannot be drawn for */
  constructor(refused: (message: string) => void, run: () => void) {
    this.#chart = new CustomChart({ failed: refused, drawn: (state) => this.#list(state) });
    this.#run = button({ class: 'btn second', text: STRINGS.run(), onClick: run });
    this.element.setAttribute('aria-label', STRINGS.preview());
    const head = element('div', { class: 'bar', children: [element('b', { text: STRINGS.preview() }), this.#status] });
    this.element.append(head, this.#note, this.#chart.element, this.#summary, this.#data.element);
    this.#draw();
  }

  /** Draws another text from now on. Throws `ChartTextError` and keeps the picture before. */
  setText(text: string): void {
    this.#isCurrent = false;
    try {
      this.#chart.setText(text);
      this.#isCurrent = true;
    } finally {
      this.#draw();
    }
  }

  /** The text is not the one that is drawn. */
  setOutdated(): void {
    this.#isCurrent = false;
    this.#draw();
  }

  update(state: OutputState | null): void {
    this.#state = state;
    this.#draw();
  }

  /** Says that there is nothing to draw for, and why. */
  setGone(message: string): void {
    this.#state = null;
    this.#show('gone', STRINGS.gone(), message, false);
    setShown(this.#chart.element, false);
    setShown(this.#summary, false);
  }

  #draw(): void {
    const state = this.#state;
    const isDrawn = state !== null && hasResults(state);
    setShown(this.#chart.element, isDrawn);
    setShown(this.#summary, isDrawn);
    setShown(this.#data.element, isDrawn);
    if (state === null) {
      setText(this.#status, '');
      this.#show('not-run', STRINGS.notRun(), STRINGS.notRunText(), true);
      return;
    }
    const live = state.status.phase === 'running' ? STRINGS.live() : phaseText(state);
    setText(this.#status, this.#isCurrent ? live : `${live}, ${STRINGS.lastValid()}`);
    if (isDrawn) {
      this.#noteKey = '';
      this.#note.replaceChildren();
      setText(this.#summary, STRINGS.summary(chartSummary(state)));
      // Only what is shown has a width to draw into.
      this.#chart.update(state);
    } else {
      this.#show('no-rows', STRINGS.noRows(), STRINGS.noRowsText(phaseText(state)), state.status.phase !== 'running');
    }
  }

  #list(state: OutputState): void {
    const { datasets, used } = this.#chart;
    if (datasets !== null) {
      this.#data.update(state, datasets, used);
    }
  }

  #show(key: string, title: string, text: string, canRun: boolean): void {
    if (key !== this.#noteKey) {
      this.#noteKey = key;
      const note = noteElement({ icon: 'info', tone: 'info', title, text, action: null, instead: false }, null);
      if (canRun) {
        note.lastElementChild?.append(element('div', { class: 'acts', children: [this.#run] }));
      }
      this.#note.replaceChildren(note);
    }
  }
}

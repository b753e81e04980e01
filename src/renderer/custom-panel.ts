import type { OutputState } from '../output/types.ts';
import { ChartPanel } from './chart-panel.ts';
import { CustomChart } from './custom-chart.ts';
import { messageOf } from './custom-spec.ts';
import { element, setShown } from './dom.ts';
import { noteElement } from './notes.ts';
import { STRINGS } from './strings.ts';

/** The Chart tab with a chart from the notebook; while that cannot be drawn, the reason and the inferred chart. */
export class CustomPanel {
  readonly element = element('div');
  readonly #notes = element('div');
  readonly #chart = new CustomChart({ failed: (message) => this.#fail(message), drawn: () => undefined });
  #inferred: ChartPanel | null = null;
  #state: OutputState | null = null;

  constructor(text: string) {
    this.element.append(this.#notes, this.#chart.element);
    try {
      this.#chart.setText(text);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  update(state: OutputState): void {
    this.#state = state;
    if (this.#inferred === null) {
      this.#chart.update(state);
    } else if (state.chart.kind !== 'none') {
      this.#inferred.update(state);
    }
  }

  dispose(): void {
    this.#chart.dispose();
    this.#inferred?.dispose();
  }

  #fail(message: string): void {
    if (this.#inferred !== null) {
      return;
    }
    const { chartError, chartErrorText } = STRINGS.notes;
    const title = chartError();
    this.#notes.replaceChildren(
      noteElement({ icon: 'error', tone: 'bad', title, text: chartErrorText(message), action: null, instead: false }, null),
    );
    setShown(this.#chart.element, false);
    this.#inferred = new ChartPanel();
    this.element.append(this.#inferred.element);
    if (this.#state !== null) {
      this.update(this.#state);
    }
  }
}

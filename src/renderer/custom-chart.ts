import { plotOf } from '../output/plot.ts';
import { chartSummary } from '../output/summary.ts';
import type { OutputState } from '../output/types.ts';
import { CalmRange, layoutChart } from './chart-layout.ts';
import { customData, type Datasets } from './custom-data.ts';
import { messageOf, type PreparedChart, prepareChart, vegaLogger } from './custom-spec.ts';
import { element, setShown } from './dom.ts';
import { Legend } from './legend.ts';
import { ShownSeries } from './shown-series.ts';
import { STRINGS } from './strings.ts';
import { timeParameters } from './time-picture.ts';
import { type ChartPicture, VegaChart } from './vega-chart.ts';

export interface CustomChartEvents {
  /** A specification that could be read cannot be drawn. */
  failed(message: string): void;
  /** A state is drawn, or will be in this frame. */
  drawn(state: OutputState): void;
}

/** A chart by a specification of the user's, on the rows of an output. */
export class CustomChart {
  readonly element = element('div', { class: 'withlegend' });
  readonly #figure = element('div', { class: 'chart custom', role: 'img' });
  readonly #picture = element('div', { attributes: { 'aria-hidden': 'true' } });
  readonly #legend = new Legend({
    highlight: () => undefined,
    toggle: (slot) => this.#change(() => this.#shown.toggle(slot)),
    showAlone: (slot) => this.#change(() => this.#shown.showAlone(slot, this.#state?.chart ?? null)),
  });
  readonly #shown = new ShownSeries();
  readonly #range = new CalmRange();
  readonly #resizes: ResizeObserver;
  readonly #events: CustomChartEvents;
  #prepared: PreparedChart | null = null;
  #chart: VegaChart | null = null;
  #state: OutputState | null = null;
  #datasets: Datasets | null = null;

  constructor(events: CustomChartEvents) {
    this.#events = events;
    this.#figure.append(this.#picture);
    const box = element('div', { class: 'chartbox', children: [this.#figure] });
    this.element.append(box, this.#legend.element);
    this.#resizes = new ResizeObserver(() => this.#draw());
    this.#resizes.observe(box);
  }

  /** Draws another specification from now on. Throws `ChartTextError` and keeps the one before. Gives Vega-Lite's warnings. */
  setText(text: string): readonly string[] {
    const prepared = prepareChart(text);
    this.#drop();
    this.#prepared = prepared;
    this.#draw();
    return prepared.warnings;
  }

  update(state: OutputState): void {
    this.#state = state;
    this.#draw();
  }

  /** Names of the data sets that the specification uses. */
  get used(): ReadonlySet<string> {
    return this.#prepared?.datasets ?? new Set();
  }

  /** What the specification can draw at the moment. */
  get datasets(): Datasets | null {
    return this.#datasets;
  }

  dispose(): void {
    this.#resizes.disconnect();
    this.#drop();
  }

  #drop(): void {
    this.#chart?.dispose();
    this.#chart = null;
    this.#picture.replaceChildren();
  }

  #change(choose: () => void): void {
    choose();
    this.#draw();
  }

  #draw(): void {
    const state = this.#state;
    const prepared = this.#prepared;
    if (state === null || prepared === null) {
      return;
    }
    const overTime = plotOf(state.chart) !== null;
    const withLegend = overTime && prepared.datasets.has('marks');
    setShown(this.#legend.element, withLegend);
    this.element.classList.toggle('alone', !withLegend);
    const width = this.#figure.clientWidth;
    if (width <= 0) {
      return;
    }
    this.#figure.setAttribute('aria-label', STRINGS.chart.custom(state.name, chartSummary(state)));
    try {
      const picture = this.#pictureOf(state, prepared, overTime, width);
      if (this.#chart === null) {
        const logger = vegaLogger((message, isError) => isError && this.#events.failed(message));
        this.#chart = new VegaChart(prepared.runtime, this.#picture, picture, logger);
      } else {
        this.#chart.draw(picture);
      }
    } catch (error) {
      this.#drop();
      this.#prepared = null;
      this.#events.failed(messageOf(error));
      return;
    }
    if (withLegend) {
      this.#legend.update(state, this.#shown.hidden);
    }
    this.#events.drawn(state);
  }

  #pictureOf(state: OutputState, prepared: PreparedChart, overTime: boolean, whole: number): ChartPicture {
    const width = Math.max(80, whole - (prepared.margin ?? 0));
    this.#shown.decideOthers(state.chart);
    const layout = overTime ? layoutChart(state, this.#shown.hidden) : null;
    const parameters =
      layout === null ? {} : timeParameters(state.chart, layout, this.#range.next(layout.yMin, layout.yMax, performance.now()), width);
    this.#datasets = customData(state, layout);
    const known = <T>(values: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> =>
      Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
    return {
      ...(prepared.margin === null ? {} : { width }),
      data: known(this.#datasets, prepared.datasets),
      parameters: known(parameters, prepared.parameters),
    };
  }
}

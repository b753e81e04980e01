import * as l10n from '@vscode/l10n';
import { type DisplayOptions, INFERRED_DISPLAY } from '../../engine/graph/display-options.ts';
import type { RowKind } from '../../engine/runtime/job.ts';
import { CategoryValues } from './category-values.ts';
import { type ChartRow, isAt, labelAt, labelOf, numberAt } from './chart-fields.ts';
import { type ChosenChart, chooseChart } from './choose-chart.ts';
import type { ChartShape } from './infer-chart.ts';
import { MAX_PLACED, PlaceSeries } from './place-series.ts';
import { barsBeforeEnd, barsFromStart, pointsOf } from './mark-places.ts';
import { OTHERS_SLOT } from './slots.ts';
import { countText, fullNumber, sizeText } from './text.ts';
import { TimeSeries } from './time-series.ts';
import type { ChartData, ChartMark, Notice, Plot } from './types.ts';
import { WindowSeries, type WindowValue } from './window-series.ts';

/** Results that decide how all are drawn. */
const SAMPLE_SIZE = 100;

/** Numbers that a sparkline shows. */
const SPARKLINE = 120;

const NO_PLOT: Plot = { mark: 'point', axis: 'number' };

/** A result for the chart, with its changelog kind. */
export interface ChartInput extends ChartRow {
  readonly kind: RowKind;
}

/** Folds results into the data of a chart: constant size, whatever comes. */
export class ChartFold {
  readonly #options: DisplayOptions;
  #sample: readonly ChartInput[] = [];
  #chosen: ChosenChart;
  #windows = new WindowSeries();
  #times = new TimeSeries();
  #places = new PlaceSeries(NO_PLOT);
  #categories = new CategoryValues();
  #last: ChartMark[] = [];
  #count = 0;
  #ghosts: readonly ChartRow[] = [];
  #missed = 0;

  constructor(options: DisplayOptions = INFERRED_DISPLAY) {
    this.#options = options;
    this.#chosen = chooseChart([], options);
  }

  /** Adds results; `earlier` gives those to start again from when they change what the chart is. */
  add(rows: readonly ChartInput[], earlier: () => readonly ChartInput[]): void {
    const sample = this.#sampleWith(rows);
    if (sample !== this.#sample) {
      const before = this.#sample.length === 0 ? [] : earlier();
      this.#sample = sample;
      this.#reshape(chooseChart(sample, this.#options), before);
    }
    for (const row of rows) {
      this.#feed(row);
    }
  }

  /** Results that were passed over. */
  addMissed(count: number): void {
    this.#missed += count;
  }

  /** Results so far of the open windows. */
  setGhosts(rows: readonly ChartRow[]): void {
    this.#ghosts = rows;
    if (this.#sample.length === 0) {
      // What they lack the results may have.
      this.#reshape({ ...chooseChart(rows, this.#options), notes: [] }, []);
    }
  }

  chart(): ChartData {
    const { kind, plot, x, y, colour, reason, fold } = this.#shape;
    const empty: ChartData = {
      kind,
      plot,
      x,
      y,
      colour,
      reason,
      series: [],
      marks: [],
      categories: [],
      windowSize: null,
      others: 0,
      missed: this.#missed,
      notes: this.#notes(),
    };
    switch (fold) {
      case 'nothing':
        return empty;
      case 'newest':
        return { ...empty, categories: this.#latest(), marks: this.#last };
      case 'labels':
        return { ...empty, ...this.#categories.chart() };
      case 'places':
        return { ...empty, ...this.#places.chart() };
      case 'windows':
        return { ...empty, ...this.#windowChart() };
      case 'times':
        return { ...empty, ...this.#timeChart() };
    }
  }

  get #shape(): ChartShape {
    return this.#chosen.shape;
  }

  #notes(): readonly Notice[] {
    const { notes } = this.#chosen;
    if (this.#places.gone === 0) {
      return notes;
    }
    const title = l10n.t('The chart shows the newest {0} results', fullNumber(MAX_PLACED));
    return [...notes, { title, text: l10n.t('Older ones have given way to them.'), tone: 'info', rerun: false }];
  }

  /** The results that decide, with these: the first ones, and anew those that have a field at last which none had. */
  #sampleWith(rows: readonly ChartInput[]): readonly ChartInput[] {
    if (rows.length === 0) {
      return this.#sample;
    }
    if (this.#sample.length < SAMPLE_SIZE) {
      return [...this.#sample, ...rows.slice(0, SAMPLE_SIZE - this.#sample.length)];
    }
    const { missing } = this.#chosen;
    const first = rows.findIndex((row) =>
      missing.some(({ source, numeric }) => (numeric ? numberAt(source, row) !== null : isAt(source, row))),
    );
    return first < 0 ? this.#sample : rows.slice(first, first + SAMPLE_SIZE);
  }

  /** Bars; where windows overlap, lines over their ends. */
  #windowChart(): Partial<ChartData> {
    const { plot, kind, x, position, joinsOverlap } = this.#shape;
    this.#windows.setOpen(this.#ghosts.flatMap((row) => this.#windowValue(row)));
    const chart = this.#windows.chart();
    const overlap = this.#windows.overlap;
    const joined = (overlap && joinsOverlap && kind === 'window-bars') || kind === 'lines' || plot?.mark === 'area';
    const others = joined ? notDrawn(chart.others) : countText(chart.others, 'other');
    const marks = joined ? chart.marks.filter((mark) => mark.slot !== OTHERS_SLOT) : chart.marks;
    return {
      ...chart,
      ...(joined && kind === 'window-bars' ? { kind: 'lines', x: position.from === 'nothing' ? l10n.t('window end') : x } : {}),
      series: chart.series.map((series) => (series.slot === OTHERS_SLOT ? { ...series, label: others } : series)),
      marks: !joined && kind === 'window-bars' ? (overlap ? barsBeforeEnd(marks) : marks) : pointsOf(marks, position.from),
    };
  }

  #timeChart(): Partial<ChartData> {
    const chart = this.#times.chart();
    const { plot, y } = this.#shape;
    const others = { slot: OTHERS_SLOT, label: notDrawn(chart.others), lastFired: null, open: null };
    return {
      ...chart,
      marks: plot?.mark === 'bar' ? barsFromStart(chart.marks, this.#times.step) : chart.marks,
      y: this.#times.step === 1 ? y : l10n.t('mean of {0} per {1}', y ?? '', sizeText(this.#times.step)),
      series: chart.others > 0 ? [...chart.series, others] : chart.series,
    };
  }

  #latest(): ChartData['categories'] {
    const last = this.#last[this.#last.length - 1];
    return last === undefined ? [] : [{ label: this.#shape.y ?? '', value: last.value }];
  }

  #reshape(chosen: ChosenChart, earlier: readonly ChartInput[]): void {
    const isSame = JSON.stringify(chosen.shape) === JSON.stringify(this.#shape);
    this.#chosen = chosen;
    if (isSame) {
      return;
    }
    this.#windows = new WindowSeries();
    this.#times = new TimeSeries();
    this.#places = new PlaceSeries(chosen.shape.plot ?? NO_PLOT);
    this.#categories = new CategoryValues();
    this.#last = [];
    for (const row of earlier) {
      this.#feed(row);
    }
  }

  #feed(row: ChartInput): void {
    // −U is followed by the +U that replaces it.
    if (row.kind === '-U') {
      return;
    }
    const { fold, number, series } = this.#shape;
    const value = numberAt(number, row);
    if (value === null) {
      return;
    }
    const kept = row.kind === '-D' ? null : value;
    if (fold === 'windows') {
      if (row.window !== null) {
        this.#windows.set(row.window, labelAt(series, row), kept, this.#shape.sums ? partOf(row) : null);
      }
    } else if (fold === 'labels') {
      this.#categories.set(labelAt(series, row), kept);
    } else if (fold === 'places') {
      this.#place(row, value);
    } else if (fold === 'times') {
      const time = numberAt(this.#shape.position, row);
      if (time !== null && kept !== null) {
        this.#times.add(labelAt(series, row), time, kept);
      }
    } else if (fold === 'newest' && kept !== null) {
      this.#last = [...this.#last.slice(1 - SPARKLINE), { start: this.#count, end: this.#count, slot: 1, value: kept, open: false }];
      this.#count += 1;
    }
  }

  #place(row: ChartInput, value: number): void {
    const { position, plot, series } = this.#shape;
    let place: number | string | null;
    if (position.from === 'nothing') {
      this.#count += 1;
      place = this.#count;
    } else {
      place = plot?.axis === 'category' ? (isAt(position, row) ? labelAt(position, row) : null) : numberAt(position, row);
    }
    if (place === null) {
      return;
    }
    const placed = { place, series: labelAt(series, row), value };
    if (row.kind === '-D') {
      this.#places.remove(placed, partOf(row));
    } else {
      this.#places.set(placed, partOf(row));
    }
  }

  #windowValue(row: ChartRow): WindowValue[] {
    const value = numberAt(this.#shape.number, row);
    return value === null || row.window === null ? [] : [{ window: row.window, key: labelAt(this.#shape.series, row), value }];
  }
}

/** One line for many keys would join what does not belong together. */
function notDrawn(others: number): string {
  return l10n.t('{0}, not drawn', countText(others, 'other'));
}

/** Results of different keys at one place are different results. */
function partOf(row: ChartRow): string {
  return row.key === undefined ? '' : labelOf(row.key);
}

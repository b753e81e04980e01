import * as l10n from '@vscode/l10n';
import type { RowKind } from '../../engine/runtime/job.ts';
import { CategoryValues } from './category-values.ts';
import { type ChartRow, type ChartShape, chartNumber, inferChart, seriesOf } from './infer-chart.ts';
import { OTHERS_SLOT } from './slots.ts';
import { countText, sizeText } from './text.ts';
import { TimeSeries } from './time-series.ts';
import type { ChartData, ChartMark } from './types.ts';
import { WindowSeries, type WindowValue } from './window-series.ts';

/** Results that decide how all are drawn. */
const SAMPLE_SIZE = 100;

/** Numbers that a sparkline shows. */
const SPARKLINE = 120;

/** A result for the chart, with its changelog kind. */
export interface ChartInput extends ChartRow {
  readonly kind: RowKind;
}

/** Folds results into the data of a chart: constant size, whatever comes. */
export class ChartFold {
  #sample: ChartInput[] = [];
  #shape: ChartShape = inferChart([]);
  #windows = new WindowSeries();
  #times = new TimeSeries();
  #categories = new CategoryValues();
  #last: ChartMark[] = [];
  #count = 0;
  #ghosts: readonly ChartRow[] = [];
  #missed = 0;

  /** Adds results; `earlier` gives those to start again from when they change what the chart is. */
  add(rows: readonly ChartInput[], earlier: () => readonly ChartInput[]): void {
    if (this.#sample.length < SAMPLE_SIZE && rows.length > 0) {
      const before = this.#sample.length === 0 ? [] : earlier();
      this.#sample = [...this.#sample, ...rows.slice(0, SAMPLE_SIZE - this.#sample.length)];
      this.#reshape(inferChart(this.#sample), before);
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
      this.#shape = inferChart(rows);
    }
  }

  chart(): ChartData {
    const { kind, x, y, colour, reason } = this.#shape;
    const empty = { kind, x, y, colour, reason, series: [], marks: [], categories: [], windowSize: null, others: 0, missed: this.#missed };
    switch (kind) {
      case 'none':
        return empty;
      case 'single-number':
        return { ...empty, categories: this.#latest(), marks: this.#last };
      case 'category-bars':
        return { ...empty, ...this.#categories.chart() };
      default:
        return { ...empty, ...(this.#shape.kind === 'window-bars' ? this.#windowChart() : this.#timeChart()) };
    }
  }

  /** Bars; where windows overlap, lines over their ends. */
  #windowChart(): Partial<ChartData> {
    this.#windows.setOpen(this.#ghosts.flatMap((row) => this.#windowValue(row)));
    const chart = this.#windows.chart();
    const lines = this.#windows.overlap;
    const others = lines ? notDrawn(chart.others) : countText(chart.others, 'other');
    return {
      ...chart,
      ...(lines ? { kind: 'lines', x: l10n.t('window end') } : {}),
      series: chart.series.map((series) => (series.slot === OTHERS_SLOT ? { ...series, label: others } : series)),
      marks: lines ? chart.marks.filter((mark) => mark.slot !== OTHERS_SLOT) : chart.marks,
    };
  }

  #timeChart(): Partial<ChartData> {
    const chart = this.#times.chart();
    const others = { slot: OTHERS_SLOT, label: notDrawn(chart.others), lastFired: null, open: null };
    return {
      ...chart,
      y: this.#times.step === 1 ? this.#shape.y : l10n.t('mean of {0} per {1}', this.#shape.y ?? '', sizeText(this.#times.step)),
      series: chart.others > 0 ? [...chart.series, others] : chart.series,
    };
  }

  #latest(): ChartData['categories'] {
    const last = this.#last[this.#last.length - 1];
    return last === undefined ? [] : [{ label: this.#shape.y ?? '', value: last.value }];
  }

  #reshape(shape: ChartShape, earlier: readonly ChartInput[]): void {
    if (JSON.stringify(shape) === JSON.stringify(this.#shape)) {
      return;
    }
    this.#shape = shape;
    this.#windows = new WindowSeries();
    this.#times = new TimeSeries();
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
    const value = chartNumber(this.#shape, row);
    if (value === null) {
      return;
    }
    const kept = row.kind === '-D' ? null : value;
    if (this.#shape.kind === 'window-bars') {
      if (row.window !== null) {
        this.#windows.set(row.window, seriesOf(this.#shape, row), kept);
      }
    } else if (this.#shape.kind === 'category-bars') {
      this.#categories.set(seriesOf(this.#shape, row), kept);
    } else if (this.#shape.kind === 'lines' && row.timestamp !== null && kept !== null) {
      this.#times.add(seriesOf(this.#shape, row), row.timestamp, kept);
    } else if (this.#shape.kind === 'single-number' && kept !== null) {
      this.#last = [...this.#last.slice(1 - SPARKLINE), { start: this.#count, end: this.#count, slot: 1, value: kept, open: false }];
      this.#count += 1;
    }
  }

  #windowValue(row: ChartRow): WindowValue[] {
    const value = chartNumber(this.#shape, row);
    return value === null || row.window === null ? [] : [{ window: row.window, key: seriesOf(this.#shape, row), value }];
  }
}

/** One line for many keys would join what does not belong together. */
function notDrawn(others: number): string {
  return l10n.t('{0}, not drawn', countText(others, 'other'));
}

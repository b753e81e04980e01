/** The geometry of a chart: pure, so that drawing, hover and keyboard agree about it. */
import { plotOf } from '../output/plot.ts';
import type { ChartData, OutputState, Plot } from '../output/types.ts';

/** A mark with its place: `y0` … `y1` of a stack, both the value of a line. */
export interface PlacedMark {
  readonly start: number;
  readonly end: number;
  readonly slot: number;
  readonly value: number;
  readonly open: boolean;
  readonly y0: number;
  readonly y1: number;
}

/** Everything that is drawn, in data units. */
export interface ChartLayout {
  readonly marks: readonly PlacedMark[];
  readonly late: readonly { readonly time: number; readonly counted: boolean }[];
  /** Event time at the left and right edge. */
  readonly x0: number;
  readonly x1: number;
  readonly yMin: number;
  readonly yMax: number;
  /** Inside the x range, else null. */
  readonly watermark: number | null;
  /** Windows (or points in time) that have marks. */
  readonly columns: readonly number[];
  /** Width of the narrowest bar; null when there is none. */
  readonly narrowest: number | null;
}

/** Windows the x axis has room for at least: while a job runs, bars do not start as wide as the chart. */
const MIN_WINDOWS_RUNNING = 12;
const MIN_WINDOWS_ENDED = 6;

/** Room above the highest bar: the watermark's label stands there. */
const HEADROOM = 1.1;

/** Places the marks of windows and times; series in `hidden` are left out. */
export function layoutChart(state: OutputState, hidden: ReadonlySet<number>): ChartLayout {
  const { chart, status } = state;
  const shown = chart.marks.filter((mark) => !hidden.has(mark.slot));
  const plot = plotOf(chart);
  const bars = plot?.mark === 'bar';
  const marks = bars
    ? stacked(shown)
    : shown.map((mark) => ({ ...mark, start: mark.end, y0: plot?.mark === 'area' ? 0 : mark.value, y1: mark.value }));
  const [x0, x1] = xRange(chart, plot, status.phase === 'running' || status.phase === 'starting');
  const [yMin, yMax] = valueRange(marks, plot?.mark === 'line' || plot?.mark === 'point');
  // Windows of processing time have nothing to do with watermarks and late records.
  const eventTime = state.window?.eventTime !== false && plot?.axis === 'event-time';
  const { watermark } = status;
  return {
    marks,
    late: (eventTime ? state.late : [])
      .filter(({ timestamp }) => timestamp >= x0 && timestamp <= x1)
      .map(({ timestamp, counted }) => ({ time: timestamp, counted })),
    x0,
    x1,
    yMin,
    yMax,
    watermark: eventTime && watermark !== null && watermark >= x0 && watermark <= x1 ? watermark : null,
    columns: Array.from(new Set(marks.map((mark) => mark.end))).sort((a, b) => a - b),
    narrowest:
      bars && marks.length > 0 ? marks.reduce((least, { start, end }) => Math.min(least, end - start), Number.POSITIVE_INFINITY) : null,
  };
}

/** The mark under a point of the chart, or the nearest point of a line within `reach` (in data units of x and y); null if none. */
export function markAt(layout: ChartLayout, x: number, y: number, reach: { readonly x: number; readonly y: number }): PlacedMark | null {
  const inside = layout.marks.find(
    (mark) => x >= mark.start && x <= mark.end && y >= Math.min(mark.y0, mark.y1) && y <= Math.max(mark.y0, mark.y1),
  );
  if (inside !== undefined) {
    return inside;
  }
  let best: PlacedMark | null = null;
  let nearest = 1;
  for (const mark of layout.marks) {
    const distance = mark.start === mark.end ? Math.hypot((mark.end - x) / reach.x, (mark.y1 - y) / reach.y) : 2;
    if (distance <= nearest) {
      nearest = distance;
      best = mark;
    }
  }
  return best;
}

/** The next mark for an arrow key: Left and Right walk windows (keeping the series), Up and Down the series inside a window. */
export function walk(layout: ChartLayout, from: PlacedMark | null, key: string): PlacedMark | null {
  const { columns } = layout;
  const column = from === null ? -1 : columns.indexOf(from.end);
  if (from === null || column < 0) {
    return marksOf(layout, columns[columns.length - 1])[0] ?? null;
  }
  if (key === 'ArrowLeft' || key === 'ArrowRight' || key === 'Home' || key === 'End') {
    const target = { ArrowLeft: column - 1, ArrowRight: column + 1, Home: 0, End: columns.length - 1 }[key];
    const inColumn = marksOf(layout, columns[Math.min(columns.length - 1, Math.max(0, target))]);
    return inColumn.find((mark) => mark.slot === from.slot) ?? inColumn[0] ?? from;
  }
  const inColumn = marksOf(layout, from.end);
  const at = inColumn.findIndex((mark) => mark.slot === from.slot) + (key === 'ArrowUp' ? 1 : -1);
  return inColumn[at] ?? from;
}

/** The end of the axis that a chart grows to: 1, 2, 2.5 or 5 times a power of ten. */
export function niceCeiling(value: number): number {
  if (value <= 0 || !Number.isFinite(value)) {
    return value === 0 ? 1 : value;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((candidate) => candidate * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Keeps the y range calm: it grows at once, and shrinks only when a smaller one has been enough for 5 s. */
export class CalmRange {
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #enoughSince: number | null = null;

  /** The range to draw for the range that is needed now; `now` in ms of any steady clock. */
  next(min: number, max: number, now: number): readonly [number, number] {
    if (min < this.#min || max > this.#max) {
      this.#min = Math.min(this.#min, min);
      this.#max = Math.max(this.#max, max);
      this.#enoughSince = null;
    } else if (min > this.#min || max < this.#max) {
      this.#enoughSince ??= now;
      if (now - this.#enoughSince >= 5_000) {
        this.#min = min;
        this.#max = max;
        this.#enoughSince = null;
      }
    } else {
      this.#enoughSince = null;
    }
    return [this.#min, this.#max];
  }
}

function marksOf(layout: ChartLayout, end: number | undefined): PlacedMark[] {
  return layout.marks.filter((mark) => mark.end === end).sort((a, b) => a.y1 - b.y1 || a.slot - b.slot);
}

function stacked(marks: ChartData['marks']): PlacedMark[] {
  const tops = new Map<string, { up: number; down: number }>();
  return [...marks]
    .sort((a, b) => a.start - b.start || a.slot - b.slot)
    .map((mark) => {
      const id = `${mark.start},${mark.end},${mark.open}`;
      const top = tops.get(id) ?? { up: 0, down: 0 };
      tops.set(id, top);
      const y0 = mark.value >= 0 ? top.up : top.down;
      const y1 = y0 + mark.value;
      if (mark.value >= 0) {
        top.up = y1;
      } else {
        top.down = y1;
      }
      return { ...mark, y0, y1 };
    });
}

function xRange(chart: ChartData, plot: Plot | null, running: boolean): readonly [number, number] {
  if (plot?.axis === 'category') {
    return [-0.5, Math.max(1, chart.categories.length) - 0.5];
  }
  const bars = plot?.mark === 'bar';
  let x0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  for (const mark of chart.marks) {
    x0 = Math.min(x0, bars ? mark.start : mark.end);
    x1 = Math.max(x1, mark.end);
  }
  if (x0 > x1) {
    return [0, 1];
  }
  if (plot?.axis === 'number') {
    // A lone number has room on both sides, however many digits it has.
    const room = x0 === x1 ? Math.max(1, Math.abs(x0) * 1e-6) : bars ? 0 : (x1 - x0) * 0.03;
    return [x0 - room, x1 + room];
  }
  const windows = chart.kind === 'window-bars';
  const size = chart.windowSize ?? (windows ? x1 - x0 : 0);
  const least = windows ? size * (running ? MIN_WINDOWS_RUNNING : MIN_WINDOWS_ENDED) : 0;
  return [x0, Math.max(x1, x0 + least, x0 + 1)];
}

function valueRange(marks: readonly PlacedMark[], line: boolean): readonly [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { y0, y1 } of marks) {
    min = Math.min(min, y0, y1);
    max = Math.max(max, y0, y1);
  }
  if (min > max) {
    return [0, 1];
  }
  // A line far from zero shows its shape; a bar always stands on zero.
  if (line && min > 0 && max - min < max / 2) {
    const room = (max - min) * 0.1 || max * 0.1;
    return [min - room, max + room];
  }
  return [min < 0 ? -niceCeiling(-min * HEADROOM) : 0, max > 0 ? niceCeiling(max * HEADROOM) : min < 0 ? 0 : 1];
}

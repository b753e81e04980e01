import { SlotTable, topKeys } from './slots.ts';
import type { ChartData, ChartMark, ChartSeries } from './types.ts';

/** Points that are kept over all series; beyond, points are merged into coarser steps of time. */
const MAX_POINTS = 1_500;

/** Series that are followed; later ones are only counted. */
const MAX_SERIES = 50;

/** Steps of time in ms, each a multiple of the one before. */
const STEPS = [1, 10, 100, 1_000, 5_000, 10_000, 60_000, 300_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000];

interface Bucket {
  sum: number;
  count: number;
}

/** Numbers over event time, per series: each point is the mean of a step of time, and the step grows with the range. */
export class TimeSeries {
  readonly #series = new Map<string, Map<number, Bucket>>();
  readonly #ignored = new Set<string>();
  readonly #slots = new SlotTable();
  #step = 1;
  #points = 0;

  /** Length of the steps in ms; 1 while every millisecond has its own point. */
  get step(): number {
    return this.#step;
  }

  add(series: string, time: number, value: number): void {
    let buckets = this.#series.get(series);
    if (buckets === undefined) {
      if (this.#series.size >= MAX_SERIES) {
        this.#ignored.add(series);
        return;
      }
      buckets = new Map();
      this.#series.set(series, buckets);
    }
    this.#put(buckets, time, value, 1);
    while (this.#points > MAX_POINTS && this.#coarsen()) {
      // one step may not be enough
    }
  }

  chart(): Pick<ChartData, 'series' | 'marks' | 'others'> {
    this.#slots.rank(topKeys(Array.from(this.#series, ([key, buckets]) => [key, buckets.size] as const)));
    const series: ChartSeries[] = [];
    const marks: ChartMark[] = [];
    for (const { slot, key } of this.#slots.entries()) {
      const buckets = Array.from(this.#series.get(key) ?? []).sort(([a], [b]) => a - b);
      for (const [start, bucket] of buckets) {
        marks.push({ start, end: start, slot, value: bucket.sum / bucket.count, open: false });
      }
      const last = buckets[buckets.length - 1]?.[1];
      series.push({ slot, label: key, lastFired: last === undefined ? null : last.sum / last.count, open: null });
    }
    return { series, marks, others: this.#series.size + this.#ignored.size - series.length };
  }

  #put(buckets: Map<number, Bucket>, time: number, sum: number, count: number): void {
    const start = Math.floor(time / this.#step) * this.#step;
    const bucket = buckets.get(start);
    if (bucket === undefined) {
      buckets.set(start, { sum, count });
      this.#points += 1;
    } else {
      bucket.sum += sum;
      bucket.count += count;
    }
  }

  #coarsen(): boolean {
    const next = STEPS[STEPS.indexOf(this.#step) + 1];
    if (next === undefined) {
      return false;
    }
    this.#step = next;
    this.#points = 0;
    for (const [key, buckets] of this.#series) {
      const merged = new Map<number, Bucket>();
      for (const [time, bucket] of buckets) {
        this.#put(merged, time, bucket.sum, bucket.count);
      }
      this.#series.set(key, merged);
    }
    return true;
  }
}

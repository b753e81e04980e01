/** Counts something. */
export interface Counter {
  inc(n?: number): void;
  dec(n?: number): void;
  getCount(): number;
}

export interface Gauge {
  getValue(): number | string | boolean;
}

/** How often something happens. */
export interface Meter {
  markEvent(n?: number): void;
  /** Per second. */
  getRate(): number;
  getCount(): number;
}

/** How values are spread. */
export interface Histogram {
  update(value: number): void;
  getCount(): number;
  getStatistics(): HistogramStatistics;
}

export interface HistogramStatistics {
  /** `quantile` in [0, 1]. */
  getQuantile(quantile: number): number;
  getMean(): number;
  getStdDev(): number;
  getMin(): number;
  getMax(): number;
  size(): number;
}

export class SimpleCounter implements Counter {
  #count = 0;
  inc(n = 1): void {
    this.#count += n;
  }
  dec(n = 1): void {
    this.#count -= n;
  }
  getCount(): number {
    return this.#count;
  }
}

/** The clock that a meter counts by before it belongs to a job: it stands still. */
const STOPPED = { now: 0 };

/** Seconds between two looks at the count, as in Flink's ViewUpdater. */
const UPDATE_SECONDS = 5;

/** Rate over the last `timeSpanInSeconds`, looked at every five seconds on the job's clock (Flink's MeterView). */
export class MeterView implements Meter {
  readonly #span: number;
  /** The counts at the last looks, in a ring. */
  readonly #counts: number[];
  #at = 0;
  #count = 0;
  #rate = 0;
  #clock: { readonly now: number } = STOPPED;
  #looks = 0;

  constructor(timeSpanInSeconds = 60) {
    this.#span = Math.max(timeSpanInSeconds - (timeSpanInSeconds % UPDATE_SECONDS), UPDATE_SECONDS);
    this.#counts = Array.from({ length: this.#span / UPDATE_SECONDS + 1 }, () => 0);
  }

  /** For the engine: the meter is one of a job. */
  static attach(meter: Meter, clock: { readonly now: number }): void {
    if (!(meter instanceof MeterView)) return;
    meter.#clock = clock;
    meter.#looks = meter.#due;
  }

  get #due(): number {
    return Math.floor(this.#clock.now / (UPDATE_SECONDS * 1_000));
  }

  #look(): void {
    const due = this.#due;
    const { length } = this.#counts;
    for (let looks = Math.min(due - this.#looks, length); looks > 0; looks--) {
      this.#at = (this.#at + 1) % length;
      this.#counts[this.#at] = this.#count;
      this.#rate = (this.#count - (this.#counts[(this.#at + 1) % length] ?? 0)) / this.#span;
    }
    this.#looks = due;
  }

  markEvent(n = 1): void {
    this.#look();
    this.#count += n;
  }

  getRate(): number {
    this.#look();
    return this.#rate;
  }

  getCount(): number {
    return this.#count;
  }
}

/** Exact statistics of the last `windowSize` values. */
export class DescriptiveStatisticsHistogram implements Histogram {
  readonly #size: number;
  readonly #values: number[] = [];
  #count = 0;

  constructor(windowSize: number) {
    this.#size = windowSize;
  }

  update(value: number): void {
    this.#values[this.#count % this.#size] = value;
    this.#count++;
  }

  getCount(): number {
    return this.#count;
  }

  getStatistics(): HistogramStatistics {
    return new DescriptiveStatistics(this.#values);
  }
}

class DescriptiveStatistics implements HistogramStatistics {
  readonly #sorted: readonly number[];

  constructor(values: readonly number[]) {
    this.#sorted = values.toSorted((a, b) => a - b);
  }

  /** Between the two values next to it, as Commons Math's Percentile. */
  getQuantile(quantile: number): number {
    const count = this.#sorted.length;
    const place = quantile * (count + 1);
    const below = Math.floor(place);
    if (below < 1) return this.getMin();
    const value = this.#sorted[below - 1] ?? Number.NaN;
    return below >= count ? this.getMax() : value + (place - below) * ((this.#sorted[below] ?? value) - value);
  }

  getMean(): number {
    return this.#sorted.reduce((sum, value) => sum + value, 0) / this.#sorted.length;
  }

  /** Of a sample; 0 for one value. */
  getStdDev(): number {
    const count = this.#sorted.length;
    if (count < 2) return count === 1 ? 0 : Number.NaN;
    const mean = this.getMean();
    return Math.sqrt(this.#sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  }

  getMin(): number {
    return this.#sorted[0] ?? Number.NaN;
  }

  getMax(): number {
    return this.#sorted.at(-1) ?? Number.NaN;
  }

  size(): number {
    return this.#sorted.length;
  }
}

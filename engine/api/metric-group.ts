import {
  type Counter,
  DescriptiveStatisticsHistogram,
  type Gauge,
  type Histogram,
  type Meter,
  MeterView,
  SimpleCounter,
} from './metrics.ts';

/** A metric of a user function as it is now. */
export interface MetricValue {
  /** With the names of its groups, such as "rules.matched". */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'meter' | 'histogram';
  /** A count, what a gauge gives, a rate per second, or the mean of a histogram. */
  readonly value: number | string | boolean;
}

type Read = () => MetricValue;

const HISTOGRAM_SIZE = 1_000;

/** The metrics of a subtask, in groups. Of two with one name the first is the one that is seen, as in Flink. */
export class MetricGroup {
  readonly #scope: string;
  readonly #clock: { readonly now: number };
  readonly #metrics: Map<string, Read>;

  constructor(clock: { readonly now: number }, scope = '', metrics: Map<string, Read> = new Map()) {
    this.#clock = clock;
    this.#scope = scope;
    this.#metrics = metrics;
  }

  counter(name: string, counter: Counter = new SimpleCounter()): Counter {
    this.#register(name, 'counter', () => counter.getCount());
    return counter;
  }

  gauge(name: string, gauge: Gauge | (() => number | string | boolean)): Gauge {
    const own: Gauge = typeof gauge === 'function' ? { getValue: gauge } : gauge;
    this.#register(name, 'gauge', () => own.getValue());
    return own;
  }

  /** Events per second over the last minute, unless another meter is given. */
  meter(name: string, meter: Meter = new MeterView()): Meter {
    MeterView.attach(meter, this.#clock);
    this.#register(name, 'meter', () => meter.getRate());
    return meter;
  }

  /** The last 1,000 values, unless another histogram is given. */
  histogram(name: string, histogram: Histogram = new DescriptiveStatisticsHistogram(HISTOGRAM_SIZE)): Histogram {
    this.#register(name, 'histogram', () => histogram.getStatistics().getMean());
    return histogram;
  }

  addGroup(name: string, value?: string): MetricGroup {
    const inner = value === undefined ? name : `${name}.${value}`;
    return new MetricGroup(this.#clock, `${this.#scope}${inner}.`, this.#metrics);
  }

  #register(name: string, kind: MetricValue['kind'], read: () => MetricValue['value']): void {
    const whole = `${this.#scope}${name}`;
    if (!this.#metrics.has(whole)) this.#metrics.set(whole, () => ({ name: whole, kind, value: read() }));
  }

  /** For the engine: all of them as they are now; those whose functions throw are left out. */
  static valuesOf(group: MetricGroup): readonly MetricValue[] {
    return [...group.#metrics.values()].flatMap((read): MetricValue[] => {
      try {
        return [read()];
      } catch {
        return [];
      }
    });
  }
}

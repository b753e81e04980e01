/** What the benchmark of operators runs: pipelines, each beside the loop that one would write by hand for the same job. */
import type { DataStream } from '../../engine/api/data-stream.ts';
import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../engine/connectors/data-generator-source.ts';
import { DiscardingSink } from '../../engine/connectors/sink.ts';

/** The input as columns, as the engine's own benchmark has it; event time is out of order by less than 200 ms. */
export interface Columns {
  readonly key: Int32Array;
  /** ms of event time. */
  readonly ts: Float64Array;
  readonly value: Float64Array;
}

export interface Row {
  readonly key: number;
  readonly ts: number;
  readonly value: number;
}

/** How far event time may be out of order, ms. */
export const BOUND = 200;

/** Counts results and adds them up: pipeline and loop have to come to the same. Whole numbers alone, so that the order does not matter. */
export class Sum {
  results = 0;
  total = 0;
  add(value: number): void {
    this.results++;
    this.total += value;
  }
}

/** One kind of operator. */
export interface OperatorCase {
  readonly name: string;
  /** Records per run; fewer where each of them is more work. */
  readonly records: number;
  /** Default 10,000. */
  readonly keys?: number;
  /** Adds a pipeline that gives every result to `sum`. */
  readonly pipeline: (env: StreamExecutionEnvironment, data: Columns, sum: Sum) => void;
  /** The same by hand. */
  readonly loop: (data: Columns, sum: Sum) => void;
}

/** `value` as a whole number, 0 … 1023. */
export const whole = (value: number): number => value * 1_024;

/** Rows with event time and a watermark 200 ms behind the newest. */
export function rows(env: StreamExecutionEnvironment, { key, ts, value }: Columns, name = 'rows'): DataStream<Row> {
  const source = DataGeneratorSource<Row>({
    count: key.length,
    generatorFunction: (i) => ({ key: key[i] ?? 0, ts: ts[i] ?? 0, value: (value[i] ?? 0) * 1_024 }),
  });
  return env.fromSource(
    source,
    WatermarkStrategy.forBoundedOutOfOrderness<Row>(BOUND).withTimestampAssigner((row) => row.ts),
    name,
  );
}

/** Ends a pipeline: nothing but the sum is kept. */
export function into<T>(stream: DataStream<T>, sum: Sum, read: (result: T) => number): void {
  stream
    .filter((result) => {
      sum.add(read(result));
      return false;
    })
    .sinkTo(DiscardingSink());
}

/** Calls `fire` for every window end (ms) that the watermark has passed, in order: what a loop does after each record. */
export class Ends {
  readonly #pending: number[] = [];
  readonly #known = new Set<number>();
  #newest = Number.NEGATIVE_INFINITY;

  expect(end: number): void {
    if (this.#known.has(end)) return;
    this.#known.add(end);
    this.#pending.push(end);
    this.#pending.sort((a, b) => a - b);
  }

  /** After a record with that time. */
  pass(ts: number, fire: (end: number) => void): void {
    if (ts <= this.#newest) return;
    this.#newest = ts;
    this.#fire(ts - BOUND - 1, fire);
  }

  finish(fire: (end: number) => void): void {
    this.#fire(Number.POSITIVE_INFINITY, fire);
  }

  #fire(watermark: number, fire: (end: number) => void): void {
    for (let end = this.#pending[0]; end !== undefined && end - 1 <= watermark; end = this.#pending[0]) {
      this.#pending.shift();
      this.#known.delete(end);
      fire(end);
    }
  }
}

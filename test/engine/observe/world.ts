import fc from 'fast-check';
import { SlidingEventTimeWindows } from '../../../engine/api/assigners/sliding-event-time.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { TumblingProcessingTimeWindows } from '../../../engine/api/assigners/tumbling-processing-time.ts';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { RateLimiterStrategy } from '../../../engine/connectors/rate-limiter.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import type { SourceElement } from '../../../engine/runtime/mail.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { start } from '../job.ts';

/** Jobs of every kind of source and state, drawn at random, in a world whose files, clock and script are played as drawn too. */

interface Click {
  readonly t: number;
  readonly k: string | number;
  readonly v: number;
}

/** What a job reads: files of lines, a script, a generator; and how it is built. */
export interface Shape {
  readonly parallelism: number;
  readonly files: readonly (readonly Click[])[];
  readonly generated: number;
  readonly script: readonly SourceElement[];
  readonly interval: number;
}

/** What happens from outside: each number picks one of the things that can happen next. */
export type Choices = readonly { readonly what: number; readonly size: number }[];

const click = fc.record({
  t: fc.integer({ min: -50, max: 400 }),
  k: fc.constantFrom('a', 'b', 'c', 1, 2.5),
  v: fc.integer({ min: 0, max: 9 }),
});
const element: fc.Arbitrary<SourceElement> = fc.oneof(
  click.map((value): SourceElement => ({ kind: 'record', value, timestamp: value.t })),
  fc.integer({ min: -50, max: 400 }).map((watermark): SourceElement => ({ kind: 'watermark', watermark })),
  fc.constant<SourceElement>({ kind: 'idle' }),
);
export const shape: fc.Arbitrary<Shape> = fc.record({
  parallelism: fc.integer({ min: 1, max: 4 }),
  files: fc.array(fc.array(click, { maxLength: 12 }), { maxLength: 3 }),
  generated: fc.integer({ min: 0, max: 12 }),
  script: fc.array(element, { maxLength: 12 }),
  interval: fc.constantFrom(0, 0, 7),
});
export const choices: fc.Arbitrary<Choices> = fc.array(fc.record({ what: fc.nat(6), size: fc.integer({ min: 1, max: 40 }) }), {
  maxLength: 60,
});

export function describeJob({ parallelism, files, generated, script, interval }: Shape): (env: StreamExecutionEnvironment) => void {
  return (env) => {
    env.setParallelism(parallelism);
    env.getConfig().setAutoWatermarkInterval(interval);
    const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Click>(20)
      .withTimestampAssigner((r: Click) => r.t)
      .withIdleness(30);
    const streams: DataStream<Click>[] = [];
    if (files.length > 0) streams.push(env.fromSource(FileSource.ndjson<Click>('lines'), strategy, 'files'));
    if (generated > 0) {
      const generator = DataGeneratorSource<Click>({
        generatorFunction: (i, random) => ({ t: i * 10, k: random.nextInt(3), v: i }),
        count: generated,
        rateLimiterStrategy: RateLimiterStrategy.perSecond(500),
      });
      streams.push(env.fromSource(generator, strategy, 'generated'));
    }
    if (script.length > 0) streams.push(env.fromSource(scriptedSource<Click>('script'), WatermarkStrategy.noWatermarks<Click>(), 'script'));
    const [first, ...others] = streams;
    if (!first) return;
    const all = first.union(...others);
    const keyed = all.keyBy((r) => r.k);
    display(
      keyed
        .window(TumblingEventTimeWindows.of(50))
        .allowedLateness(30)
        .aggregate({ n: 'count', total: ['sum', 'v'] }),
      { name: 'tumbling' },
    );
    display(
      keyed.window(SlidingEventTimeWindows.of(60, 20)).reduce((a, b) => ({ ...a, v: a.v + b.v })),
      { name: 'sliding' },
    );
    display(
      keyed
        .window(TumblingProcessingTimeWindows.of(25))
        .process((key, context, clicks) => [[key, context.window().start, [...clicks].length]]),
      { name: 'clock' },
    );
    keyed
      .sum('v')
      .rebalance()
      .map((r) => `${r.k}:${r.v}`)
      .print('sum');
  };
}

/** A world around a job: it has the files, moves the clock, plays the script, all as `choices` say. */
export class World {
  readonly executor: Executor;
  readonly #shape: Shape;
  readonly #bytes: readonly Uint8Array[];
  readonly #sent = new Map<string, number>();
  #now = 0;
  #scripted = 0;
  #checkpoints = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#bytes = shape.files.map((lines) => new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
    this.executor = start(describeJob(shape));
  }

  #source(name: string): number | undefined {
    return this.executor.sources.find((source) => source.name === name)?.source;
  }

  play(choices: Choices): void {
    const files = this.#source('files');
    if (files !== undefined) {
      const splits = this.#bytes.map((bytes, i) => ({ id: String(i), offset: 0, size: bytes.length }));
      this.executor.deliver({ kind: 'splits', source: files, splits });
    }
    for (const { what, size } of choices) this.#happen(what, size);
    this.executor.deliver({ kind: 'pace', until: Number.POSITIVE_INFINITY });
    for (let i = 0; i < 400 && this.executor.step(64) !== 'finished'; i++) for (const what of [0, 1, 3]) this.#happen(what, 20);
  }

  #happen(what: number, size: number): void {
    const { executor } = this;
    switch (what) {
      case 0: {
        // What was delivered and not handled yet is still wanted.
        const wanted = executor.wanted().find(({ split, offset }) => offset === (this.#sent.get(split) ?? 0));
        const bytes = wanted && this.#bytes[Number(wanted.split)];
        if (!wanted || !bytes) return;
        this.#sent.set(wanted.split, wanted.offset + size >= bytes.length ? Number.NaN : wanted.offset + size);
        const chunk = bytes.slice(wanted.offset, wanted.offset + size);
        executor.deliver({ kind: 'source-data', ...wanted, bytes: chunk, end: wanted.offset + chunk.length >= bytes.length });
        break;
      }
      case 1:
        this.#now += size;
        executor.deliver({ kind: 'processing-time', now: this.#now });
        break;
      case 2:
        executor.deliver({ kind: 'pace', until: size * 10 - 50 });
        break;
      case 3: {
        const source = this.#source('script');
        const rest = this.#shape.script.slice(this.#scripted, this.#scripted + (size % 3) + 1);
        this.#scripted += rest.length;
        const ended: readonly SourceElement[] = rest.length === 0 ? [{ kind: 'end' }] : rest;
        if (source !== undefined) executor.deliver({ kind: 'elements', source, elements: ended });
        break;
      }
      case 6:
        executor.deliver({ kind: 'checkpoint', checkpoint: ++this.#checkpoints, full: size % 2 === 0 });
        break;
      default:
        executor.step(size % 4);
    }
  }
}

/** What can be compared of a job at one place of a run, however it got there. */
export function look(executor: Executor): unknown {
  return {
    records: executor.recordCount,
    displays: executor.displays.map(({ id, name }) => [name, executor.takeRows(id, 0).total, executor.displayWatermark(id)]),
    late: executor.displays.map(({ id }) => {
      const { dropped, counted } = executor.takeLate(id, 0);
      return [dropped, counted];
    }),
    operators: executor.metrics().map(({ id, recordsIn, recordsOut, watermark }) => [id, recordsIn, recordsOut, watermark]),
    positions: executor.positions(),
    failure: executor.failure,
    state: Buffer.from(executor.stateBytes()).toString('hex'),
  };
}

/** Everything that a run gives. */
export function digest(executor: Executor): unknown {
  const displays = executor.displays.map(({ id, name }) => [
    name,
    executor.takeRows(id, 1e6),
    executor.takeLate(id, 1e6),
    executor.displayWatermark(id),
  ]);
  return {
    displays,
    printed: executor.takePrinted(),
    // Where a test describes its job is no part of how it ran.
    metrics: executor.metrics().map((operator) => ({ ...operator, location: null })),
    failure: executor.failure,
    state: executor.stateBytes(),
  };
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EventTimeSessionWindows } from '../../../engine/api/assigners/event-time-session.ts';
import { SlidingEventTimeWindows } from '../../../engine/api/assigners/sliding-event-time.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { type KeyedContext, type KeyedOnTimerContext, KeyedProcessFunction } from '../../../engine/api/process-functions.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { canonical } from '../../../engine/testkit/canonical.ts';
import { MEMORY_STATE_BACKEND } from '../../../engine/testkit/memory-state-backend.ts';
import { PLAY_MODES, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, idle, mailOf, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { rest, rowsOf, start } from '../job.ts';

const sorted = (rows: readonly unknown[]): readonly string[] => rows.map(canonical).sort();

// ── Timers

/** A record that registers a timer, or deletes one. */
interface Order {
  readonly k: string;
  readonly at: number;
  readonly deletes: boolean;
}

type TimerStep = Order | { readonly watermark: number };

/** Near zero, where timers meet; at the ends of what a double has exactly; and Long.MIN_VALUE and Long.MAX_VALUE. */
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -6, max: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      Number.MIN_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER - 1,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ),
  },
);
const watermarkTime = time.filter((at) => at < Number.POSITIVE_INFINITY && at > Number.NEGATIVE_INFINITY);
const hotKey = fc.oneof({ weight: 6, arbitrary: fc.constant('hot') }, { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') });
const timerSteps: fc.Arbitrary<readonly TimerStep[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ k: hotKey, at: time, deletes: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ watermark: watermarkTime }) },
  ),
  { maxLength: 16, size: 'max' },
);

/** A timer says when it was for, and how many records its key has had. */
class Timers extends KeyedProcessFunction<string, Order, unknown> {
  readonly #count = new ValueStateDescriptor<number>('count');
  override processElement({ at, deletes }: Order, ctx: KeyedContext<string>): void {
    const count = ctx.getState(this.#count);
    count.update((count.value() ?? 0) + 1);
    if (deletes) ctx.timerService().deleteEventTimeTimer(at);
    else ctx.timerService().registerEventTimeTimer(at);
  }
  override onTimer(at: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
    out.collect([ctx.getCurrentKey(), at, ctx.getState(this.#count).value()]);
  }
}

/** By Flink's rule alone: a timer is due when the watermark reaches it, be it in the past when it is registered. */
function timerOracle(steps: readonly TimerStep[]): readonly unknown[] {
  const fired: unknown[] = [];
  const timers = new Map<string, Set<number>>();
  const counts = new Map<string, number>();
  let last = Number.NEGATIVE_INFINITY;
  for (const step of [...steps, { watermark: Number.POSITIVE_INFINITY }]) {
    if (!('watermark' in step)) {
      counts.set(step.k, (counts.get(step.k) ?? 0) + 1);
      const own = timers.get(step.k) ?? new Set();
      timers.set(step.k, own);
      if (step.deletes) own.delete(step.at);
      else own.add(step.at);
      continue;
    }
    if (step.watermark <= last) continue;
    last = step.watermark;
    for (const [k, own] of timers) {
      for (const at of [...own].filter((one) => one <= last)) {
        own.delete(at);
        fired.push([[k, at, counts.get(k)], at]);
      }
    }
  }
  return fired;
}

const timerScript = (steps: readonly TimerStep[]): readonly ScriptStep[] => [
  ...steps.map((step) => ('watermark' in step ? watermark('in', step.watermark) : record('in', step, 0))),
  end('in'),
];

// ── All kinds of operators in one job

interface Ev {
  readonly id: number;
  readonly k: string;
}

type Happening =
  | { readonly kind: 'record' | 'watermark'; readonly stream: 'left' | 'right'; readonly k: string; readonly time: number }
  | { readonly kind: 'idle'; readonly stream: 'left' | 'right' };

const stream = fc.constantFrom<'left' | 'right'>('left', 'right');
const near = fc.integer({ min: -40, max: 40 });
const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('record' as const), stream, k: hotKey, time: near }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('watermark' as const), stream, k: hotKey, time: near }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('idle' as const), stream }) },
  ),
  { maxLength: 30, size: 'max' },
);

function scriptOf(all: readonly Happening[]): readonly ScriptStep[] {
  const steps = all.map((happening, id) => {
    if (happening.kind === 'idle') return idle(happening.stream);
    if (happening.kind === 'watermark') return watermark(happening.stream, happening.time);
    return record(happening.stream, { id, k: happening.k } satisfies Ev, happening.time);
  });
  return [...steps, end('left'), end('right')];
}

function everything(env: StreamExecutionEnvironment): void {
  const input = (name: string) => env.fromSource(scriptedSource<Ev>(name), WatermarkStrategy.noWatermarks<Ev>(), name).setParallelism(1);
  const [left, right] = [input('left'), input('right')];
  const ids = (elements: Iterable<Ev>): readonly number[] => Array.from(elements, ({ id }) => id).sort((a, b) => a - b);
  const keyed = left
    .map((event) => event)
    .union(right)
    .keyBy('k');
  env.addDisplay(
    keyed
      .window(TumblingEventTimeWindows.of(10))
      .allowedLateness(5)
      .aggregate({ n: 'count', last: ['max', 'id'] }),
    'tumbling',
  );
  env.addDisplay(
    keyed.window(SlidingEventTimeWindows.of(20, 5)).process((k, context, elements) => [[k, context.window().start, ids(elements)]]),
    'sliding',
  );
  env.addDisplay(
    left
      .keyBy('k')
      .window(EventTimeSessionWindows.withGap(7))
      .process((k, context, elements) => [[k, context.window().start, context.window().end, ids(elements)]]),
    'sessions',
  );
  env.addDisplay(
    left
      .keyBy('k')
      .intervalJoin(right.keyBy('k'))
      .between(-5, 5)
      .process((l, r) => [[l.id, r.id]]),
    'interval join',
  );
  env.addDisplay(
    left
      .join(right)
      .where(({ k }) => k)
      .equalTo(({ k }) => k)
      .window(TumblingEventTimeWindows.of(10))
      .apply((l, r) => [l.id, r.id]),
    'window join',
  );
  env.addDisplay(
    keyed
      .process((event, ctx) => {
        ctx.timerService().registerEventTimeTimer((ctx.timestamp() ?? 0) + 5);
        return [event.id];
      })
      .filter((id) => id >= 0),
    'process',
  );
}

interface Variant {
  readonly parallelism: number;
  readonly chaining: boolean;
  readonly stored: boolean;
  /** Records that the job takes in one step; null: each element goes through the job before the next comes. */
  readonly batch: number | null;
}

/** Everything that comes out, in any order. */
function outputsOf(script: readonly ScriptStep[], { parallelism, chaining, stored, batch }: Variant): unknown {
  const executor = start(
    (env) => {
      env.setParallelism(parallelism);
      if (!chaining) env.disableOperatorChaining();
      everything(env);
    },
    {
      overrides: stored ? { 'state.backend.type': 'leveldb' } : {},
      stateBackends: () => MEMORY_STATE_BACKEND,
      stateCache: { entries: 4, bytes: 1024 },
    },
  );
  const sources = new Map(executor.sources.map(({ name, source }) => [name, source]));
  for (const step of script) {
    const mail = mailOf(step, (name) => sources.get(name));
    if (mail !== null) executor.deliver(mail);
    if (batch === null) rest(executor);
  }
  assert.equal(rest(executor, batch ?? 1), 'finished');
  return Object.fromEntries(
    executor.displays.map(({ id, name }) => [
      name,
      sorted(rowsOf(executor, id).map(({ value, timestamp, window }) => [value, timestamp, window])),
    ]),
  );
}

describe('Results do not depend on how a job is run', () => {
  it('timers are those of an oracle in every mode: in the past, at equal times, deleted, at the ends of time', () => {
    fc.assert(
      fc.property(
        timerSteps,
        fc.constantFrom(...PLAY_MODES, 'batched' as const),
        fc.integer({ min: 1, max: 3 }),
        (steps, mode, parallelism) => {
          const run = runPipeline(
            ({ env, input, show }) => {
              env.setParallelism(parallelism);
              show('out', input<Order>('in').keyBy('k').process(new Timers()));
            },
            timerScript(steps),
            mode,
          );
          assert.equal(run.failure, null);
          const rows = run.outputs['out']?.rows.map(({ value, timestamp }) => [value, timestamp]) ?? [];
          assert.deepEqual(sorted(rows), sorted(timerOracle(steps)), mode);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('windows, sessions, joins and functions: by batch, parallelism, backend and chaining', () => {
    const variants: readonly Variant[] = [
      { parallelism: 1, chaining: true, stored: false, batch: 1 },
      { parallelism: 1, chaining: false, stored: false, batch: 4_096 },
      { parallelism: 2, chaining: true, stored: true, batch: 4_096 },
      { parallelism: 3, chaining: false, stored: false, batch: 1 },
      { parallelism: 3, chaining: true, stored: true, batch: null },
    ];
    fc.assert(
      fc.property(happenings, (all) => {
        const script = scriptOf(all);
        const expected = outputsOf(script, { parallelism: 1, chaining: true, stored: false, batch: null });
        for (const variant of variants) assert.deepEqual(outputsOf(script, variant), expected, JSON.stringify(variant));
      }),
      { numRuns: 5 },
    );
  });

  it('windows move with their time, up to the last one that a double has exactly', () => {
    const results = (all: readonly Happening[], shift: number): readonly unknown[] => {
      const moved = all.map((happening) => (happening.kind === 'idle' ? happening : { ...happening, time: happening.time + shift }));
      const run = runPipeline(({ input, show }) => {
        const keyed = input<Ev>('left').keyBy('k');
        const tumbling = keyed.window(TumblingEventTimeWindows.of(10, 3)).allowedLateness(5);
        show(
          'tumbling',
          tumbling.process((k, context, elements) => [
            [k, [...elements].length, context.window().start - shift, context.window().end - shift],
          ]),
        );
        show(
          'sliding',
          keyed
            .window(SlidingEventTimeWindows.of(12, 4))
            .process((k, context, elements) => [[k, [...elements].length, context.window().start - shift]]),
        );
        show(
          'sessions',
          keyed
            .window(EventTimeSessionWindows.withGap(6))
            .process((k, context, elements) => [[k, [...elements].length, context.window().start - shift, context.window().end - shift]]),
        );
      }, scriptOf(moved));
      assert.equal(run.failure, null);
      return Object.values(run.outputs).map(({ rows }) =>
        rows.map(({ value, timestamp }) => [value, timestamp === null ? null : timestamp - shift]),
      );
    };
    /** A multiple of every slide above, with room for the records and their windows. */
    const FAR = 60 * Math.floor((Number.MAX_SAFE_INTEGER - 1_000) / 60);
    fc.assert(
      fc.property(happenings, fc.constantFrom(FAR, -FAR, -60_000), (all, shift) => {
        assert.deepEqual(results(all, shift), results(all, 0));
      }),
      { numRuns: 12 },
    );
  });

  it('100,000 keys, each with a window, a timer and state', () => {
    const KEYS = 100_000;
    const executor = start((env) => {
      env.setParallelism(2);
      const events = env
        .fromSequence(0, 2 * KEYS - 1)
        .map((n) => ({ k: n % KEYS, n }))
        .assignTimestampsAndWatermarks(
          WatermarkStrategy.forMonotonousTimestamps<{ k: number; n: number }>().withTimestampAssigner(({ n }) => n),
        );
      const keyed = events.keyBy('k');
      env.addDisplay(
        keyed
          .window(TumblingEventTimeWindows.of(2 * KEYS))
          .sum('n')
          .filter(({ k, n }) => n !== 2 * k + KEYS),
        'wrong sums',
      );
      env.addDisplay(keyed.window(TumblingEventTimeWindows.of(2 * KEYS)).aggregate({ n: 'count' }), 'counts');
      class Late extends KeyedProcessFunction<number, { k: number; n: number }, number> {
        override processElement({ n }: { n: number }, ctx: KeyedContext<number>): void {
          const first = ctx.getState(new ValueStateDescriptor<number>('first'));
          if (first.value() === null) first.update(n);
          else ctx.timerService().registerEventTimeTimer(10 * KEYS);
        }
        override onTimer(_at: number, ctx: KeyedOnTimerContext<number>, out: Collector<number>): void {
          if (ctx.getState(new ValueStateDescriptor<number>('first')).value() === ctx.getCurrentKey()) out.collect(1);
        }
      }
      env.addDisplay(keyed.process(new Late()), 'timers');
    });
    assert.equal(rest(executor, 4_096), 'finished');
    const [wrong, counts, timers] = executor.displays.map(({ id }) => executor.takeRows(id, 1_000_000));
    assert.equal(wrong?.rows.length, 0, JSON.stringify(wrong?.rows[0]));
    assert.equal(counts?.total, KEYS);
    assert.ok(counts.rows.every(({ value }) => typeof value === 'object' && value !== null && Reflect.get(value, 'n') === 2));
    assert.equal(timers?.total, KEYS);
  });
});

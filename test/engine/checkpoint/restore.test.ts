import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { KeyedProcessFunction, type KeyedContext, type KeyedOnTimerContext } from '../../../engine/api/process-functions.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { Executor, ResultRow } from '../../../engine/runtime/job.ts';
import { CollectionSource } from '../../../engine/connectors/collection-source.ts';
import { SnapshotChain } from '../../../engine/testkit/snapshots.ts';
import { rest, start, startFailure } from '../job.ts';

interface Event {
  readonly k: string;
  readonly t: number;
  readonly v: number;
}

/** Every kind of keyed state, and both kinds of timers' event-time half; random numbers, too. */
class Everything extends KeyedProcessFunction<string, Event, unknown> {
  readonly #last = new ValueStateDescriptor<number>('last');
  readonly #recent = new ListStateDescriptor<number>('recent');
  readonly #seen = new MapStateDescriptor<number, { n: number }>('seen');
  override processElement(event: Event, ctx: KeyedContext<string>, out: Collector<unknown>): void {
    const seen = ctx.getMapState(this.#seen);
    const entry = seen.get(event.v % 3);
    // Changed in place, without put: the state changes all the same.
    if (entry === null) seen.put(event.v % 3, { n: 1 });
    else entry.n++;
    const recent = ctx.getListState(this.#recent);
    recent.add(event.v);
    if ([...recent.get()].length > 4) recent.update([event.v]);
    const last = ctx.getState(this.#last);
    if (event.v % 5 === 0) last.clear();
    else last.update(event.v);
    ctx.timerService().registerEventTimeTimer(event.t + 20);
    out.collect({
      v: event.v,
      random: this.getRuntimeContext().getRandom().nextInt(1_000),
      seen: [...seen].map(([key, { n }]) => [key, n]),
    });
  }
  override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
    out.collect({ timer: time, last: ctx.getState(this.#last).value(), recent: [...ctx.getListState(this.#recent).get()] });
  }
}

function events(seed: number, count: number): Event[] {
  return Array.from({ length: count }, (_, i) => ({ k: `k${(i * seed) % 5}`, t: i * 3 + ((i * 7 * seed) % 23), v: i }));
}

const describeJob = (parallelism: number) => (env: StreamExecutionEnvironment) => {
  env.setParallelism(parallelism);
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Event>(5).withTimestampAssigner((event) => event.t);
  const left = env.fromData(events(3, 60)).assignTimestampsAndWatermarks(strategy);
  const right = env.fromData(events(4, 40)).assignTimestampsAndWatermarks(strategy);
  const all = left
    .union(right)
    .rebalance()
    .map((event) => ({ ...event }));
  env.addDisplay(all.keyBy('k').process(new Everything()).uid('everything'), 'processed');
  env.addDisplay(
    all
      .keyBy('k')
      .window(TumblingEventTimeWindows.of(25))
      .aggregate({ n: 'count', total: ['sum', 'v'] }),
    'windows',
  );
  env.addDisplay(all.shuffle().keyBy('k').sum('v'), 'sums');
};

const take = (executor: Executor): readonly ResultRow[][] => executor.displays.map(({ id }) => [...executor.takeRows(id, 1e6).rows]);

describe('A job restored from a checkpoint', function () {
  it('goes on exactly as one that was never interrupted, wherever that was: rows, indices, late records, state', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
        fc.boolean(),
        (parallelism, pauses, disturb) => {
          const undisturbed = start(describeJob(parallelism));
          assert.equal(rest(undisturbed), 'finished');
          const expected = take(undisturbed);
          let executor = start(describeJob(parallelism));
          let rows: ResultRow[][] = executor.displays.map(() => []);
          const collect = (): void => take(executor).forEach((more, at) => rows[at]?.push(...more));
          for (const [at, pause] of pauses.entries()) {
            executor.step(pause);
            executor.deliver({ kind: 'checkpoint', checkpoint: at + 1, full: true });
            executor.step(1);
            const { snapshot } = executor;
            assert.ok(snapshot);
            // What happens after the barrier must not get into the checkpoint, even if it is encoded much later.
            if (disturb) executor.step(25);
            collect();
            rows = rows.map((list, display) => list.slice(0, snapshot.rows[display]));
            const restore = new SnapshotChain().add(snapshot.finish());
            executor = start(describeJob(parallelism), { restore });
          }
          assert.equal(rest(executor), 'finished');
          collect();
          assert.deepEqual(rows, expected);
          assert.deepEqual(executor.takeLate(1, 0), undisturbed.takeLate(1, 0));
          assert.deepEqual(executor.stateBytes(), undisturbed.stateBytes());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('may have another parallelism: keyed state moves by key group', () => {
    const executor = start(describeJob(1));
    executor.step(50);
    executor.deliver({ kind: 'checkpoint', checkpoint: 1, full: true });
    executor.step(1);
    const rows = take(executor);
    const counts = executor.snapshot?.rows ?? [];
    const restore = new SnapshotChain().add((executor.snapshot ?? assert.fail()).finish());
    const wider = start(describeJob(3), { restore });
    assert.equal(rest(wider), 'finished');
    const sums = [...(rows[2] ?? []).slice(0, counts[2]), ...(take(wider)[2] ?? [])];
    const last = new Map(sums.map(({ key, value }) => [key, (value as Event).v]));
    const expected = new Map<unknown, number>();
    for (const { k, v } of [...events(3, 60), ...events(4, 40)]) expected.set(k, (expected.get(k) ?? 0) + v);
    assert.deepEqual(new Map([...last].sort()), new Map([...expected].sort()));
  });

  it('has the same late records with another parallelism', () => {
    const times = [1, 17, 12, 8, 24, 31, 19, 5, 42];
    const describe = (env: StreamExecutionEnvironment): void => {
      const strategy = WatermarkStrategy.forBoundedOutOfOrderness<number>(5).withTimestampAssigner<number>((time) => time);
      const source = env.fromSource(new CollectionSource(times), strategy, 'times');
      const counts = source
        .keyBy((time) => time % 2)
        .window(TumblingEventTimeWindows.of(10))
        .reduce((a, b) => a + b);
      env.addDisplay(counts, 'sums');
    };
    const inParallel =
      (parallelism: number) =>
      (env: StreamExecutionEnvironment): void => {
        env.setParallelism(parallelism);
        describe(env);
      };
    const values = (executor: Executor): number[] => (take(executor)[0] ?? []).map(({ value }) => Number(value));
    const undisturbed = start(inParallel(1));
    assert.equal(rest(undisturbed), 'finished');
    const expected = values(undisturbed).sort();
    for (const [before, after] of [
      [1, 3],
      [3, 1],
    ] as const) {
      for (let records = 1; records < times.length; records++) {
        const executor = start(inParallel(before));
        executor.step(records);
        executor.deliver({ kind: 'checkpoint', checkpoint: 1, full: true });
        executor.step(0);
        const shown = values(executor).slice(0, executor.snapshot?.rows[0]);
        const restored = start(inParallel(after), { restore: new SnapshotChain().add((executor.snapshot ?? assert.fail()).finish()) });
        assert.equal(rest(restored), 'finished');
        assert.deepEqual([...shown, ...values(restored)].sort(), expected, `${before} → ${after} after ${records} records`);
      }
    }
  });

  it('is refused when the program has no operator for a state, unless that is allowed, or another kind of operator', () => {
    const executor = start(describeJob(1));
    executor.step(50);
    executor.deliver({ kind: 'checkpoint', checkpoint: 7, full: true });
    executor.step(1);
    const restore = new SnapshotChain().add((executor.snapshot ?? assert.fail()).finish());
    const fewer = (allowed: boolean) => (env: StreamExecutionEnvironment) => {
      if (allowed) env.configure({ 'execution.state-recovery.ignore-unclaimed-state': true });
      const one = env.fromData(events(3, 60));
      const two = env.fromData(events(4, 40));
      env.addDisplay(one.union(two).keyBy('k').sum('v'), 'sums');
    };
    assert.match(
      startFailure(fewer(false), { restore }).message,
      /Cannot map the state of operator .* in checkpoint 7 of run 1 .*not available in the new program/,
    );
    assert.equal(rest(start(fewer(true), { restore })), 'finished');
    const other = (env: StreamExecutionEnvironment): void => {
      env.configure({ 'execution.state-recovery.ignore-unclaimed-state': true });
      env.addDisplay(
        env
          .fromData(events(3, 60))
          .map((event) => event)
          .uid('everything'),
        'mapped',
      );
    };
    assert.match(startFailure(other, { restore }).message, /holds state of a keyedProcess .* where the program now has a map/);
  });
});

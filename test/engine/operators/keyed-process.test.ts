import assert from 'node:assert/strict';
import type { Collector } from '../../../engine/api/collector.ts';
import { OutputTag } from '../../../engine/api/output-tag.ts';
import {
  type KeyedContext,
  type KeyedOnTimerContext,
  KeyedProcessFunction,
  ProcessFunction,
} from '../../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import type { JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { drain } from '../../../engine/testkit/drain.ts';
import { PLAY_MODES, type PipelineContext, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { clock, end, record, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { SnapshotChain } from '../../../engine/testkit/snapshots.ts';
import { failureOf, programOf, rowsOf } from '../job.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

const click = (k: string, v: number, time: number | null = null): ScriptStep => record('clicks', { k, v }, time);

/** Plays the script in every mode, which must all give the same, and gives the values of the output `main`. */
function valuesOf(describe: (context: PipelineContext) => void, script: readonly ScriptStep[]): readonly unknown[] {
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script, mode));
  const [first] = runs;
  assert.ok(first);
  for (const run of runs) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs);
    assert.deepEqual(run.stateBytes, first.stateBytes);
  }
  return first.outputs['main']?.rows.map(({ value, timestamp, key }) => [value, timestamp, key]) ?? [];
}

/** Counts per key; says so when nothing has come for 10 ms of event time. */
class Inactivity extends KeyedProcessFunction<string, Click, unknown> {
  readonly #count = new ValueStateDescriptor<{ n: number }>('count');
  readonly #timer = new ValueStateDescriptor<number>('timer');
  override processElement(_click: Click, ctx: KeyedContext<string>): void {
    const state = ctx.getState(this.#count);
    const count = state.value();
    if (count === null) state.update({ n: 1 });
    else count.n++;
    const timer = ctx.getState(this.#timer);
    const before = timer.value();
    if (before !== null) ctx.timerService().deleteEventTimeTimer(before);
    const next = (ctx.timestamp() ?? 0) + 10;
    timer.update(next);
    ctx.timerService().registerEventTimeTimer(next);
  }
  override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
    out.collect({ key: ctx.getCurrentKey(), n: ctx.getState(this.#count).value()?.n, watermark: ctx.timerService().currentWatermark() });
    ctx.output(new OutputTag<number>('times'), time);
    ctx.getState(this.#count).clear();
    ctx.getState(this.#timer).clear();
  }
}

/** Of a job in the middle of its input. */
function snapshotOf(executor: Executor): JobSnapshot {
  executor.deliver({ kind: 'checkpoint', checkpoint: 1, full: true });
  executor.step(1);
  return executor.snapshot?.finish() ?? assert.fail('no snapshot');
}

describe('KeyedProcessFunction', () => {
  it('keeps state and timers by dates, bytes, lists and objects of those', () => {
    const at = (value: unknown): ScriptStep => record('clicks', { key: value }, 1);
    const keys = [new Date(5), Uint8Array.of(1, 0), [1, new Date(5)], { id: Uint8Array.of(7), list: ['a'] }];
    class Count extends KeyedProcessFunction<unknown, { key: unknown }, unknown> {
      readonly #count = new ValueStateDescriptor<number>('count');
      override processElement(_: { key: unknown }, ctx: KeyedContext<unknown>): void {
        ctx.getState(this.#count).update((ctx.getState(this.#count).value() ?? 0) + 1);
        ctx.timerService().registerEventTimeTimer(10);
      }
      override onTimer(_: number, ctx: KeyedOnTimerContext<unknown>, out: Collector<unknown>): void {
        out.collect([ctx.getCurrentKey(), ctx.getState(this.#count).value()]);
      }
    }
    const rows = valuesOf(
      ({ input, show }) => show('main', input<{ key: unknown }>('clicks').keyBy('key').process(new Count())),
      [...keys.map(at), ...structuredClone(keys).map(at), at(new Date(6)), end('clicks')],
    );
    assert.deepEqual(
      rows,
      [keys[2], keys[3], keys[0], new Date(6), keys[1]].map((key) => [[key, key instanceof Date && key.getTime() === 6 ? 1 : 2], 10, key]),
    );
  });

  it('keeps state and timers per key, also when they are changed in place, in every mode', () => {
    const script = [click('b', 1, 0), click('a', 1, 0), click('a', 1, 5), watermark('clicks', 12), click('b', 1, 20), end('clicks')];
    const values = valuesOf(({ input, show }) => {
      const main = input<Click>('clicks').keyBy('k').process(new Inactivity());
      show('main', main);
      show('times', main.getSideOutput(new OutputTag<number>('times')));
    }, script);
    assert.deepEqual(values, [
      [{ key: 'b', n: 1, watermark: 12 }, 10, 'b'],
      [{ key: 'a', n: 2, watermark: Number.POSITIVE_INFINITY }, 15, 'a'],
      [{ key: 'b', n: 1, watermark: Number.POSITIVE_INFINITY }, 30, 'b'],
    ]);
  });

  it('gets its state in open, from the runtime context, but has no key there', () => {
    class InOpen extends KeyedProcessFunction<string, Click, number> {
      readonly early: boolean;
      constructor(early: boolean) {
        super();
        this.early = early;
      }
      override open(): void {
        const state = this.getRuntimeContext().getState(new ValueStateDescriptor<number>('sum'));
        if (this.early) state.value();
      }
      override processElement({ v }: Click, ctx: KeyedContext<string>, out: Collector<number>): void {
        const state = ctx.getState(new ValueStateDescriptor<number>('sum'));
        state.update((state.value() ?? 0) + v);
        out.collect(state.value() ?? 0);
      }
    }
    const script = [click('a', 1), click('b', 10), click('a', 2), end('clicks')];
    const values = valuesOf(({ input, show }) => show('main', input<Click>('clicks').keyBy('k').process(new InOpen(false))), script);
    assert.deepEqual(values, [
      [1, null, 'a'],
      [10, null, 'b'],
      [3, null, 'a'],
    ]);
    const failure = failureOf((env) =>
      env.addDisplay(
        env
          .fromData([{ k: 'a', v: 1 }])
          .keyBy('k')
          .process(new InOpen(true)),
        'main',
      ),
    );
    assert.equal(failure.errorName, 'IllegalStateException');
    assert.match(failure.message, /No key set/);
  });

  it('fires processing-time timers once the clock is past them; those of the past at once, in every mode', () => {
    class At extends KeyedProcessFunction<string, Click, unknown> {
      override processElement({ v }: Click, ctx: KeyedContext<string>, out: Collector<unknown>): void {
        ctx.timerService().registerProcessingTimeTimer(v);
        out.collect(`set ${v}`);
      }
      override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
        out.collect(`${ctx.timeDomain()} ${time} at ${ctx.timerService().currentProcessingTime()}`);
        if (time === 30) ctx.timerService().registerProcessingTimeTimer(5);
      }
    }
    const script = [
      clock(10),
      click('a', 10, 1),
      click('a', 5, 2),
      clock(11),
      click('a', 30, 3),
      clock(40),
      click('a', 90, 4),
      end('clicks'),
    ];
    const values = valuesOf(({ input, show }) => show('main', input<Click>('clicks').keyBy('k').process(new At())), script);
    assert.deepEqual(values, [
      ['set 10', 1, 'a'],
      ['set 5', 2, 'a'],
      ['PROCESSING_TIME 5 at 10', null, 'a'],
      ['PROCESSING_TIME 10 at 11', null, 'a'],
      ['set 30', 3, 'a'],
      ['PROCESSING_TIME 30 at 40', null, 'a'],
      ['PROCESSING_TIME 5 at 40', null, 'a'],
      ['set 90', 4, 'a'],
    ]);
  });

  it('fires processing-time timers that became due while the job was not running before its first record', () => {
    class Overdue extends KeyedProcessFunction<string, number, unknown> {
      override processElement(value: number, ctx: KeyedContext<string>, out: Collector<unknown>): void {
        if (value > 1) ctx.timerService().registerProcessingTimeTimer(value);
        else out.collect(value);
      }
      override onTimer(time: number, ctx: KeyedOnTimerContext<string>, out: Collector<unknown>): void {
        out.collect([time, ctx.timerService().currentProcessingTime()]);
      }
    }
    const program = programOf((env) => {
      const keyed = env.fromData([500, 2000, 1]).keyBy(() => 'a');
      env.addDisplay(keyed.process(new Overdue()), 'main');
    });
    const options = { settings: {}, overrides: {}, startTime: 0, journal: true };
    const before = createExecutor(program, options);
    assert.ok(before.ok);
    before.executor.step(2);
    const restore = new SnapshotChain().add(snapshotOf(before.executor));
    const after = createExecutor(program, { ...options, startTime: 1000, restore });
    assert.ok(after.ok);
    drain(after.executor);
    assert.deepEqual(
      rowsOf(after.executor).map(({ value }) => value),
      [[500, 1000], 1],
    );
  });

  it('says what is wrong with a key, and where keys are missing', () => {
    class Thing {
      n = 1;
    }
    const unusable = failureOf((env) => {
      const keyed = env.fromData([1]).keyBy(() => 'a');
      env.addDisplay(
        keyed.process((_, ctx) => ctx.getMapState(new MapStateDescriptor<Thing, number>('map')).put(new Thing(), 1)),
        'main',
      );
    });
    assert.match(unusable.message, /an object of class Thing cannot be part of a key/);
    assert.ok(unusable.hint);
    class Unkeyed extends ProcessFunction<number, number> {
      override processElement(): void {
        this.getRuntimeContext().getListState(new ListStateDescriptor<number>('list'));
      }
    }
    const unkeyed = failureOf((env) => env.addDisplay(env.fromData([1]).process(new Unkeyed()), 'main'));
    assert.match(unkeyed.message, /Keyed state 'list' with type LIST can only be used on a 'keyed stream'/);
  });
});

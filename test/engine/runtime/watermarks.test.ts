import assert from 'node:assert/strict';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { display } from '../../../engine/api/display.ts';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import type { Source } from '../../../engine/connectors/source.ts';
import { WatermarkValve } from '../../../engine/runtime/watermark-valve.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import type { SourceElement } from '../../../engine/runtime/mail.ts';
import { rest, start } from '../job.ts';
import type { Executor } from '../../../engine/runtime/job.ts';

function valve(channels: number): { readonly valve: WatermarkValve; readonly out: (number | string)[] } {
  const out: (number | string)[] = [];
  return {
    out,
    valve: new WatermarkValve(channels, { watermark: (w) => out.push(w), idle: (idle) => out.push(idle ? 'IDLE' : 'ACTIVE') }),
  };
}

function send(executor: Executor, element: SourceElement): void {
  executor.deliver({ kind: 'elements', source: 1, elements: [element] });
  rest(executor);
}

function live(strategy: WatermarkStrategy<number>, interval = 0): Executor {
  return start((env) => {
    env.getConfig().setAutoWatermarkInterval(interval);
    display(env.fromSource(scriptedSource<number>('live'), strategy, 'live'));
  });
}

function at(time: number): SourceElement {
  return { kind: 'record', value: time, timestamp: time };
}

describe('The watermark valve', () => {
  it('gives the smallest watermark once every channel has one, and never goes back', () => {
    const { valve: v, out } = valve(2);
    v.inputWatermark(0, 10);
    v.inputWatermark(1, 5);
    v.inputWatermark(1, 3);
    v.inputWatermark(1, 20);
    assert.deepEqual(out, [5, 10]);
  });

  it('leaves idle channels out, and a returning channel that is behind', () => {
    const { valve: v, out } = valve(2);
    v.inputWatermark(0, 10);
    v.inputWatermark(1, 5);
    v.inputIdle(1, true);
    v.inputIdle(1, false);
    v.inputWatermark(1, 7);
    v.inputWatermark(0, 12);
    v.inputWatermark(1, 12);
    v.inputWatermark(0, 13);
    assert.deepEqual(out, [5, 10, 12]);
  });

  it('flushes the largest watermark when all are idle', () => {
    const { valve: v, out } = valve(2);
    v.inputWatermark(0, 10);
    v.inputIdle(0, true);
    v.inputWatermark(1, 5);
    v.inputIdle(1, true);
    v.inputWatermark(1, 50);
    v.inputIdle(1, false);
    assert.deepEqual(out, [5, 10, 'IDLE', 'ACTIVE']);
  });
});

describe('Watermark strategies', () => {
  it('bounded out-of-orderness: largest − bound − 1', () => {
    const executor = live(WatermarkStrategy.forBoundedOutOfOrderness(200));
    assert.equal(executor.displayWatermark(0), Number.NEGATIVE_INFINITY);
    send(executor, at(1_000));
    assert.equal(executor.displayWatermark(0), 799);
    send(executor, at(900));
    assert.equal(executor.displayWatermark(0), 799);
    send(executor, { kind: 'end' });
    assert.equal(executor.displayWatermark(0), Number.POSITIVE_INFINITY);
  });

  it('with an interval, watermarks come with the clock', () => {
    const executor = live(WatermarkStrategy.forMonotonousTimestamps(), 200);
    send(executor, at(1_000));
    assert.equal(executor.displayWatermark(0), Number.NEGATIVE_INFINITY);
    assert.equal(executor.nextWakeUp(), 200);
    executor.deliver({ kind: 'processing-time', now: 200 });
    rest(executor);
    assert.equal(executor.displayWatermark(0), 999);
  });

  it('a custom generator sees events and periods, and may use a class', () => {
    const executor = live(
      WatermarkStrategy.forGenerator(() => ({
        onEvent(event: number, _time, output) {
          if (event % 10 === 0) output.emitWatermark(event);
        },
        onPeriodicEmit() {},
      })),
    );
    send(executor, at(11));
    assert.equal(executor.displayWatermark(0), Number.NEGATIVE_INFINITY);
    send(executor, at(20));
    assert.equal(executor.displayWatermark(0), 20);
  });

  it('idleness: strictly longer than the timeout, on the job’s clock; the other input then decides', () => {
    const executor = start((env) => {
      const idleness = WatermarkStrategy.forMonotonousTimestamps<number>().withIdleness('1 s');
      const slow = env.fromSource(scriptedSource<number>('slow'), idleness, 'slow');
      const fast = env.fromSource(scriptedSource<number>('fast'), idleness, 'fast');
      display(slow.union(fast));
    });
    const deliver = (source: number, element: SourceElement): void => {
      executor.deliver({ kind: 'elements', source, elements: [element] });
      rest(executor);
    };
    deliver(1, at(10));
    executor.deliver({ kind: 'processing-time', now: 500 });
    deliver(2, at(1_000));
    assert.equal(executor.displayWatermark(0), 9);
    assert.equal(executor.nextWakeUp(), 1_001);
    executor.deliver({ kind: 'processing-time', now: 1_000 });
    rest(executor);
    assert.equal(executor.displayWatermark(0), 9);
    executor.deliver({ kind: 'processing-time', now: 1_001 });
    rest(executor);
    assert.equal(executor.displayWatermark(0), 999);
  });

  it('idleness: an input that has never had a record is idle too', () => {
    const executor = start((env) => {
      const idleness = WatermarkStrategy.forMonotonousTimestamps<number>().withIdleness('1 s');
      const silent = env.fromSource(scriptedSource<number>('silent'), idleness, 'silent');
      const heard = env.fromSource(scriptedSource<number>('heard'), idleness, 'heard');
      display(silent.union(heard));
    });
    executor.deliver({ kind: 'processing-time', now: 900 });
    executor.deliver({ kind: 'elements', source: 2, elements: [at(50)] });
    rest(executor);
    assert.equal(executor.displayWatermark(0), Number.NEGATIVE_INFINITY);
    assert.equal(executor.nextWakeUp(), 1_001);
    executor.deliver({ kind: 'processing-time', now: 1_001 });
    rest(executor);
    assert.equal(executor.displayWatermark(0), 49);
  });

  /** Two endless sources of which one goes through event time a hundred times as fast, and one that may have elements; how far each has got. */
  function race(aligned: boolean): { watermarks: () => readonly number[]; executor: Executor } {
    const executor = start((env) => {
      const strategy = WatermarkStrategy.forMonotonousTimestamps<number>().withIdleness('1 s');
      const own = aligned ? strategy.withWatermarkAlignment('group', '2 s') : strategy;
      const endless = (step: number): Source<number> => DataGeneratorSource({ generatorFunction: (index) => index * step });
      const timed = own.withTimestampAssigner((time: number) => time);
      display(env.fromSource(endless(1_000), timed, 'fast'));
      display(env.fromSource(endless(10), timed, 'slow'));
      display(env.fromSource(scriptedSource<number>('silent'), own, 'silent'));
    });
    return { executor, watermarks: () => [0, 1, 2].map((id) => executor.displayWatermark(id)) };
  }

  it('alignment: who is ahead of the group rests until the slowest has caught up or is idle', () => {
    const { executor, watermarks } = race(true);
    executor.step(1_000);
    // Nobody may be ahead of the one without a watermark.
    assert.deepEqual(watermarks(), [-1, -1, Number.NEGATIVE_INFINITY]);
    assert.equal(executor.step(1_000), 'waiting');
    executor.deliver({ kind: 'processing-time', now: 1_001 });
    executor.step(1_000);
    const [fast = 0, slow = 0] = watermarks();
    assert.ok(slow > 9_000 && fast > slow && fast <= slow + 3_000, `${fast} and ${slow}`);
    const free = race(false);
    free.executor.step(2_000);
    assert.ok((free.watermarks()[0] ?? 0) > 900_000);
  });

  it('alignment: wants a drift of at least 0 and an interval', () => {
    const strategy = WatermarkStrategy.forMonotonousTimestamps<number>();
    assert.throws(() => strategy.withWatermarkAlignment('group', -1), /cannot be negative/);
    assert.throws(() => strategy.withWatermarkAlignment('group', 0, 0), /greater than zero/);
  });
});

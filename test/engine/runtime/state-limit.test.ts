import assert from 'node:assert/strict';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { DataStream, KeyedStream } from '../../../engine/api/data-stream.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { KeyedContext } from '../../../engine/api/process-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { JobRestore } from '../../../engine/checkpoint/snapshot.ts';
import type { Executor, JobFailure } from '../../../engine/runtime/job.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { start, startFailure } from '../job.ts';

const LIMIT = 512_000;
const RECORDS = 200_000;
const SETTINGS = { 'streambook.state.max-size': `${LIMIT} b` };

interface Numbered {
  readonly k: string;
  readonly n: number;
}

const value = new ValueStateDescriptor<unknown>('value');
const words = new ValueStateDescriptor<string>('words');
const list = new ListStateDescriptor<unknown>('list');
const map = new MapStateDescriptor<unknown, unknown>('map');

const numbers = (env: StreamExecutionEnvironment): DataStream<Numbered> =>
  env
    .fromSequence(1, RECORDS)
    .map((n) => ({ k: `key ${n % 3}`, n }))
    .assignTimestampsAndWatermarks(WatermarkStrategy.forMonotonousTimestamps<Numbered>().withTimestampAssigner(({ n }) => n));

const process = (each: (record: Numbered, ctx: KeyedContext<unknown>) => void) => (env: StreamExecutionEnvironment) => {
  const done = numbers(env)
    .keyBy('k')
    .process((record, ctx) => {
      each(record, ctx);
      return [];
    });
  env.addDisplay(done, 'done');
};

const windows = (keyed: (records: DataStream<Numbered>) => KeyedStream<Numbered, unknown>) => (env: StreamExecutionEnvironment) =>
  keyed(numbers(env)).window(TumblingEventTimeWindows.of('10 min'));

/** What lets state grow without end. */
const GROWTH: Readonly<Record<string, (env: StreamExecutionEnvironment) => void>> = {
  'more and more keys': (env) => {
    env.addDisplay(
      numbers(env)
        .keyBy(({ n }) => n)
        .sum('n'),
      'sums',
    );
  },
  'a value with a number per key': (env) => {
    const counted = numbers(env)
      .keyBy(({ n }) => `key ${n}`)
      .process((record, ctx) => {
        ctx.getState(value).update(record.n);
        return [];
      });
    env.addDisplay(counted, 'counted');
  },
  'text that grows in a value': process((_record, ctx) => {
    ctx.getState(words).update(`${ctx.getState(words).value() ?? ''}, more than there was before`);
  }),
  'an array in a value, changed in place': process(({ n }, ctx) => {
    const before = ctx.getState(value).value();
    if (Array.isArray(before)) before.push(n);
    else ctx.getState(value).update([n]);
  }),
  'a Map in a value, changed in place': process(({ n }, ctx) => {
    const before = ctx.getState(value).value();
    if (before instanceof Map) before.set(n, n);
    else ctx.getState(value).update(new Map([[n, n]]));
  }),
  'an object as a dictionary in a value': process(({ n }, ctx) => {
    const before = ctx.getState(value).value();
    if (typeof before === 'object' && before !== null) Object.assign(before, { [`name ${n}`]: n });
    else ctx.getState(value).update({});
  }),
  'a typed array that is made anew, larger': process(({ n }, ctx) => {
    if (n % 64 === 0) ctx.getState(value).update(new Uint8Array(100 * n));
  }),
  'a list state': process((record, ctx) => ctx.getListState(list).add(record)),
  'a map state': process(({ n }, ctx) => ctx.getMapState(map).put(`name ${n}`, { n })),
  timers: process(({ n }, ctx) => ctx.timerService().registerEventTimeTimer(1e12 + n)),
  'windows that list their records': (env) => {
    const listed = windows((records) => records.keyBy('k'))(env).process((_key, _ctx, records) => [[...records].length]);
    env.addDisplay(listed, 'listed');
  },
  'windows with more and more keys': (env) => {
    env.addDisplay(windows((records) => records.keyBy('n'))(env).aggregate({ count: 'count' }), 'counts');
  },
  'a window with objects that are not touched again': (env) => {
    const lists = numbers(env).map(({ n }) => ({ k: Math.min(n, 2_000), list: Array.from({ length: 100 }, () => n) }));
    const first = lists
      .keyBy('k')
      .window(TumblingEventTimeWindows.of('10 min'))
      .reduce((a) => a);
    env.addDisplay(first, 'first');
  },
  'more and more windows': (env) => {
    const late = numbers(env).assignTimestampsAndWatermarks(
      WatermarkStrategy.forBoundedOutOfOrderness<Numbered>('10 d').withTimestampAssigner(({ n }) => n * 1_000),
    );
    env.addDisplay(late.keyBy('k').window(TumblingEventTimeWindows.of('1 s')).sum('n'), 'sums');
  },
  'a window whose reduce joins text': (env) => {
    const texts = numbers(env).map(({ k, n }) => ({ k, text: String(n) }));
    const joined = texts
      .keyBy('k')
      .window(TumblingEventTimeWindows.of('10 min'))
      .reduce((a, b) => ({ k: a.k, text: a.text + b.text }));
    env.addDisplay(joined, 'joined');
  },
  'a window whose accumulator is changed in place': (env) => {
    const collected = windows((records) => records.keyBy('k'))(env).aggregate({
      createAccumulator: (): number[] => [],
      add: ({ n }, all) => {
        all.push(n);
        return all;
      },
      getResult: (all) => all.length,
      merge: (a, b) => [...a, ...b],
    });
    env.addDisplay(collected, 'collected');
  },
  'a running reduce that keeps all': (env) => {
    const all = numbers(env)
      .map(({ k, n }) => ({ k, all: [n] }))
      .keyBy('k')
      .reduce((a, b) => {
        a.all.push(...b.all);
        return a;
      });
    env.addDisplay(all, 'all');
  },
};

/** Without the stack: it shows who asked for the step. */
function failure(executor: Executor, stepRecords: number): JobFailure {
  for (let steps = 0; steps < 10 * RECORDS; steps++) {
    const kind = executor.step(stepRecords);
    if (kind === 'failed') break;
    assert.equal(kind, 'progress');
  }
  assert.ok(executor.failure);
  return { ...executor.failure, stack: null };
}

/** The job after so many records, as a checkpoint of it restores it. */
function restoredAt(describe: (env: StreamExecutionEnvironment) => void, records: number): JobRestore {
  const executor = start(describe, { settings: SETTINGS });
  executor.step(records);
  return new SnapshotChain().add(takeSnapshot(executor, 1, true));
}

describe('The memory of state', () => {
  for (const [name, describe] of Object.entries(GROWTH)) {
    it(`has a limit, at the same record however a run came there: ${name}`, () => {
      const failed = failure(start(describe, { settings: SETTINGS }), 1_000);
      assert.equal(failed.errorName, 'StateTooLargeException');
      assert.equal(failed.suppressesRestarts, true);
      const number = failed.recordNumber ?? 0;
      assert.ok(number > 50 && number < RECORDS, `record ${number}`);
      assert.deepEqual(failure(start(describe, { settings: SETTINGS }), 77), failed, 'in other steps');
      const restore = restoredAt(describe, Math.floor(number * 0.7));
      const again = failure(start(describe, { settings: SETTINGS, restore }), 500);
      assert.equal(again.recordNumber, number, 'restored');
      assert.equal(again.message, failed.message, 'restored');
    });
  }

  it('is told with the largest operators and keys, and what to do', () => {
    const describe = process(({ k, n }, ctx) => {
      if (k === 'key 1' || n % 30 === 0) ctx.getListState(list).add(n);
    });
    const { message, hint, operator } = failure(start(describe, { settings: SETTINGS }), 1_000);
    assert.match(
      message,
      /^The state of the job takes 516\.6 KB, more than the 500 KB of streambook\.state\.max-size\. KeyedProcess: 516\.6 KB in 2 entries, largest keys "key 1" 469\.5 KB, "key 0" 47\.1 KB\.$/,
    );
    assert.equal(operator?.name, 'KeyedProcess');
    assert.match(hint ?? '', /set streambook\.state\.max-size higher\. Checkpoints so far are kept\.$/);
  });

  it('cannot be hidden by user code that catches what a state throws', () => {
    const describe = process(({ n }, ctx) => {
      try {
        for (let i = 0; ; i++) ctx.getMapState(map).put(`${n} ${i}`, i);
      } catch {
        // Goes on.
      }
    });
    const { errorName, recordNumber } = failure(start(describe, { settings: SETTINGS }), 1_000);
    assert.deepEqual([errorName, recordNumber], ['StateTooLargeException', 1]);
  });

  it('counts what waits between operators because of one record', () => {
    const describe = (env: StreamExecutionEnvironment): void => {
      env.setParallelism(2);
      const many = env.fromSequence(1, 1).flatMap(function* (n) {
        for (;;) yield n;
      });
      env.addDisplay(
        many.rebalance().map((n) => n),
        'many',
      );
    };
    const { message } = failure(start(describe, { settings: SETTINGS }), 1_000);
    assert.match(message, /records waiting for Map: 512 KB/);
  });

  it('becomes less when state goes away', () => {
    const executor = start(
      process(({ n }, ctx) => {
        ctx.getState(value).update(n % 2 === 0 ? null : [n]);
        ctx.getMapState(map).put(n, 'text');
        ctx.getMapState(map).remove(n - 30);
        ctx.timerService().registerEventTimeTimer(n + 5);
      }),
    );
    executor.step(16_384);
    const { bytes } = executor.stateMemory();
    assert.ok(bytes > 0);
    executor.step(49_152);
    assert.equal(executor.stateMemory().bytes, bytes);
  });

  it('becomes less when windows go away', () => {
    const executor = start((env) => {
      const sums = numbers(env).keyBy('k').window(TumblingEventTimeWindows.of('16 ms'));
      env.addDisplay(
        sums.reduce((a) => a),
        'first',
      );
      env.addDisplay(sums.aggregate({ count: 'count' }), 'counts');
    });
    executor.step(16_384);
    const { bytes } = executor.stateMemory();
    assert.ok(bytes > 0);
    executor.step(32_768);
    assert.equal(executor.stateMemory().bytes, bytes);
  });

  it('of a restored job counts before the job runs', () => {
    const describe = GROWTH['a map state'];
    assert.ok(describe);
    const restore = restoredAt(describe, 2_000);
    const settings = { 'streambook.state.max-size': '100 kb' };
    const { errorName, message } = startFailure(describe, { settings, restore });
    assert.equal(errorName, 'StateTooLargeException', message);
  });

  it('has the limit of the window too, for a job alone', () => {
    const describe = GROWTH['a list state'];
    assert.ok(describe);
    const settings = { 'streambook.state.max-window-size': '1 mb' };
    assert.match(failure(start(describe, { settings }), 1_000).message, /more than the 1 MB of streambook\.state\.max-window-size/);
  });
});

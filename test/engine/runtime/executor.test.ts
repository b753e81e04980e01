import assert from 'node:assert/strict';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../../engine/api/display.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { Source } from '../../../engine/connectors/source.ts';
import { createCellScope } from '../../../engine/cells.ts';
import { rest, rowsOf, start, valuesOf } from '../job.ts';

interface Timed {
  readonly t: number;
  readonly s?: string;
}

const MONOTONOUS = WatermarkStrategy.forMonotonousTimestamps<Timed>().withTimestampAssigner((r: Timed) => r.t);

/** A source with timestamps at the source, whatever its data. */
function timedSource(env: StreamExecutionEnvironment, data: readonly Timed[], name: string): ReturnType<typeof env.fromData<Timed>> {
  return env.fromSource(listSource(data), MONOTONOUS, name);
}

/** The values as a source whose splits are all of them, `perSplit` records each. */
function listSource<T>(data: readonly T[], perSplit = data.length): Source<T> {
  const splits = Array.from({ length: Math.ceil(data.length / perSplit) }, (_, i) => ({ id: `split ${i}`, offset: i * perSplit }));
  return {
    boundedness: 'BOUNDED',
    description: 'list',
    enumeration: { kind: 'fixed', splits },
    createReader() {
      let next = 0;
      let end = 0;
      let current: T | undefined;
      return {
        addSplits: ([split]) => {
          next = split?.offset ?? 0;
          end = Math.min(next + (split ? perSplit : 0), data.length);
        },
        noMoreSplits: () => undefined,
        supply: () => undefined,
        advance: () => {
          if (next >= end) return 2;
          current = data[next++];
          return 1;
        },
        get current() {
          return current as T;
        },
        currentTimestamp: Number.NEGATIVE_INFINITY,
        currentSplit: 0,
        splitCount: 1,
        isSplitFinished: () => next >= end,
        wanted: () => [],
        positions: () => [],
        positionsBeforeCurrent: () => [],
        nextWakeUp: () => Number.POSITIVE_INFINITY,
      };
    },
  };
}

describe('The order of sources', () => {
  const left = [{ t: 1 }, { t: 4 }, { t: 5 }];
  const right = [{ t: 2 }, { t: 3 }, { t: 6 }];
  const merged = (env: StreamExecutionEnvironment): void => {
    display(
      timedSource(env, left, 'left')
        .union(timedSource(env, right, 'right'))
        .map((r) => r.t),
    );
  };

  it('bounded sources with timestamps are merged by event time', () => {
    assert.deepEqual(valuesOf(merged), [1, 2, 3, 4, 5, 6]);
  });

  it('of two records with one timestamp the one of the first source comes first', () => {
    const values = valuesOf((env) => {
      const first = timedSource(env, [{ t: 1, s: 'first' }], 'first');
      const second = timedSource(env, [{ t: 1, s: 'second' }], 'second');
      display(second.union(first).map((r) => r.s ?? ''));
    });
    assert.deepEqual(values, ['first', 'second']);
  });

  it('splits of one source are merged by event time as well, and watermarks follow the slowest', () => {
    const executor = start((env) => {
      const source = listSource([{ t: 1 }, { t: 30 }, { t: 2 }, { t: 20 }], 2);
      display(env.fromSource(source, MONOTONOUS, 'files').process((r, ctx) => [[r.t, ctx.timerService().currentWatermark()]]));
    });
    rest(executor);
    assert.deepEqual(
      rowsOf(executor).map(({ value }) => value),
      [
        [1, Number.NEGATIVE_INFINITY],
        [2, 0],
        [20, 0],
        [30, 0],
      ],
    );
  });

  it('sources without timestamps take turns with those that have them', () => {
    const values = valuesOf((env) => {
      const plain = env.fromData<Timed | string>(['a', 'b']);
      const timed = timedSource(env, left, 'left').map((r): Timed | string => String(r.t));
      display(plain.union(timed));
    });
    assert.deepEqual(values, ['1', 'a', '4', 'b', '5']);
  });

  it('is the same at every pace and however few records a step takes', () => {
    const executor = start(merged);
    executor.deliver({ kind: 'pace', until: Number.NEGATIVE_INFINITY });
    assert.equal(rest(executor, 1), 'waiting');
    assert.equal(executor.nextTimestamp(), 1);
    executor.deliver({ kind: 'pace', until: 3 });
    assert.equal(rest(executor, 1), 'waiting');
    assert.equal(executor.recordCount, 3);
    assert.equal(executor.nextTimestamp(), 4);
    executor.deliver({ kind: 'pace', until: Number.POSITIVE_INFINITY });
    assert.equal(rest(executor, 1), 'finished');
    assert.deepEqual(
      rowsOf(executor).map(({ value }) => value),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it('as if one record at a time: each passes the whole job before the next, at any parallelism', () => {
    const executor = start((env) => {
      env.setParallelism(3);
      const words = env
        .fromData(['a', 'b', 'c'])
        .rebalance()
        .map((w) => `${w}1`);
      words.print();
      words
        .keyBy((w) => w)
        .map((w) => `${w}2`)
        .print();
    });
    rest(executor);
    const lines = executor.takePrinted().map(({ line }) => line.replace(/^\d> /, ''));
    assert.deepEqual(
      lines.map((line) => line[0]),
      ['a', 'a', 'b', 'b', 'c', 'c'],
    );
  });
});

describe('Cells and outputs', () => {
  it('sinks of cells above are not part of the job, their streams are', () => {
    const executor = start((env) => {
      const { __cell: cell } = createCellScope(env) as { __cell: (index: number, isTarget: boolean) => void };
      cell(0, false);
      const numbers = env.fromData([1, 2]);
      numbers.print();
      display(numbers, { name: 'above' });
      cell(1, true);
      display(
        numbers.map((n) => n * 2),
        { name: 'below' },
      );
    });
    rest(executor);
    assert.deepEqual(
      executor.displays.map(({ name }) => name),
      ['below'],
    );
    assert.deepEqual(executor.takePrinted(), []);
  });

  it('the last expression is shown; a variable only when there is nothing else, and then its first 20 rows', () => {
    type Hooks = { __result: (value: unknown, name: string | null) => void; __preview: (value: unknown, name: string) => void };
    const both = start((env) => {
      const { __result, __preview } = createCellScope(env) as Hooks;
      const numbers = env.fromSequence(1, 3);
      __preview(numbers, 'numbers');
      __result(
        numbers.filter((n) => n > 1),
        null,
      );
    });
    assert.deepEqual(
      both.displays.map(({ name, kind }) => [name, kind]),
      [['Filter', 'display']],
    );
    const preview = start((env) => (createCellScope(env) as Hooks).__preview(env.fromSequence(1, 100), 'numbers'));
    rest(preview);
    const { rows, total } = preview.takeRows(0, 1_000);
    assert.deepEqual(
      rows.map(({ value, index }) => [value, index]),
      Array.from({ length: 20 }, (_, i) => [i + 1, i]),
    );
    assert.equal(total, 100);
    assert.deepEqual(
      preview.displays.map(({ name, kind }) => [name, kind]),
      [['numbers', 'preview']],
    );
  });

  it('takeRows gives the newest and their place in the whole output', () => {
    const executor = start((env) => display(env.fromSequence(0, 9_999)), { maxBufferedRows: 300 });
    rest(executor);
    const { rows, total } = executor.takeRows(0, 2);
    assert.deepEqual(
      rows.map(({ value, index }) => [value, index]),
      [
        [9_998, 9_998],
        [9_999, 9_999],
      ],
    );
    assert.equal(total, 10_000);
    assert.deepEqual(executor.takeRows(0, 10).rows, []);
  });

  it('Date, Math and console of cells belong to the job (rule 8)', () => {
    const run = (): readonly unknown[] => {
      const executor = start(
        (env) => {
          const scope = createCellScope(env) as { Math: Math; Date: DateConstructor; console: Console };
          scope.console.log('described');
          display(
            env.fromData([1, 2]).map((n) => {
              scope.console.log('at', n, { n });
              return [
                scope.Math.random(),
                scope.Date.now(),
                new scope.Date().getTime(),
                new scope.Date(5).getTime(),
                new scope.Date() instanceof Date,
                scope.Math.max(1, n),
              ];
            }),
          );
        },
        { startTime: 1_000 },
      );
      rest(executor);
      return [rowsOf(executor).map(({ value }) => value), executor.takePrinted().map(({ line }) => line)];
    };
    const [values, printed] = run();
    assert.deepEqual(printed, ['described', 'at 1 {"n":1}', 'at 2 {"n":2}']);
    assert.deepEqual(
      (values as unknown[][]).map((row) => row.slice(1)),
      [
        [1_000, 1_000, 5, true, 1],
        [1_000, 1_000, 5, true, 2],
      ],
    );
    assert.deepEqual(run(), [values, printed]);
  });

  it('ghosts show open windows and change nothing (rule 13)', () => {
    let calls = 0;
    const describeJob = (env: StreamExecutionEnvironment): void => {
      let results = 0;
      display(
        timedSource(
          env,
          [
            { t: 1, s: 'a' },
            { t: 2, s: 'b' },
            { t: 3, s: 'a' },
            { t: 2_000, s: 'a' },
          ],
          'clicks',
        )
          .keyBy((r) => r.s ?? '')
          .window(TumblingEventTimeWindows.of('1 s'))
          .aggregate({
            createAccumulator: () => ({ n: 0 }),
            add: (_r, acc) => {
              acc.n++;
              return acc;
            },
            getResult: (acc) => {
              calls++;
              acc.n += 1_000;
              return [acc.n - 1_000, ++results];
            },
          }),
      );
    };
    const run = (ghosts: boolean): unknown => {
      const executor = start(describeJob);
      for (let kind = 'progress'; kind === 'progress'; ) {
        kind = executor.step(1);
        if (!ghosts) continue;
        for (const { key, value, count } of executor.openWindows(0, 50)) assert.deepEqual([key, (value as number[])[0]], [key, count]);
      }
      return [rowsOf(executor).map(({ value }) => value), executor.stateBytes()];
    };
    const without = run(false);
    const callsWithout = calls;
    assert.deepEqual(run(true), without);
    assert.ok(calls > 2 * callsWithout);
  });

  it('ghosts are the windows with the most records first, at most as many as asked for', () => {
    const executor = start((env) =>
      display(
        timedSource(
          env,
          [
            { t: 1, s: 'a' },
            { t: 2, s: 'b' },
            { t: 3, s: 'b' },
            { t: 4, s: 'c' },
          ],
          'clicks',
        )
          .keyBy((r) => r.s ?? '')
          .window(TumblingEventTimeWindows.of('1 s'))
          .aggregate({ n: 'count' }),
      ),
    );
    executor.step(4);
    assert.deepEqual(executor.openWindows(0, 2), [
      { window: { start: 0, end: 1_000 }, key: 'b', value: { key: 'b', n: 2 }, count: 2 },
      { window: { start: 0, end: 1_000 }, key: 'a', value: { key: 'a', n: 1 }, count: 1 },
    ]);
  });

  it('options: overrides win over cells, cells over settings', () => {
    const executor = start(
      (env) => {
        env.configure({ 'parallelism.default': 2, 'pipeline.auto-watermark-interval': '200 ms', 'streambook.seed': 7 });
        display(env.fromSequence(1, 2));
      },
      { settings: { 'streambook.seed': '3', 'restart-strategy.type': 'none' }, overrides: { 'parallelism.default': '4' } },
    );
    const { configuration } = executor;
    assert.equal(configuration['parallelism.default'], '4');
    assert.equal(configuration['streambook.seed'], '7');
    assert.equal(configuration['restart-strategy.type'], 'none');
    assert.equal(configuration['pipeline.auto-watermark-interval'], '200 ms');
  });

  it('metrics count per operator over all subtasks', () => {
    const executor = start((env) => {
      env.setParallelism(2);
      display(env.fromSequence(1, 10).filter((n) => n % 2 === 0));
    });
    rest(executor);
    assert.deepEqual(
      executor.metrics().map(({ name, recordsIn, recordsOut, watermark }) => [name, recordsIn, recordsOut, watermark]),
      [
        ['Source: Sequence Source', 0, 10, Number.POSITIVE_INFINITY],
        ['Filter', 10, 5, Number.POSITIVE_INFINITY],
        ['Sink: Filter', 5, 0, Number.POSITIVE_INFINITY],
      ],
    );
  });

  it('a job without sinks is finished at once', () => {
    const executor = start((env) => void env.setParallelism(2));
    assert.equal(rest(executor), 'finished');
    assert.deepEqual(executor.displays, []);
  });
});

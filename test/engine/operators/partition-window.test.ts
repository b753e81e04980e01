import assert from 'node:assert/strict';
import type { DataStream, SingleOutputStreamOperator } from '../../../engine/api/data-stream.ts';
import { display } from '../../../engine/api/display.ts';
import type { PartitionWindowedStream } from '../../../engine/api/partition-windowed-stream.ts';
import { PLAY_MODES, type PipelineContext, type PipelineRun, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record, restore, type ScriptStep, watermark } from '../../../engine/testkit/script.ts';
import { failureOf, startFailure } from '../job.ts';

interface Click {
  readonly k: string;
  readonly v: number;
}

const CLICKS: readonly ScriptStep[] = [
  record('clicks', { k: 'b', v: 3 }, 5),
  record('clicks', { k: 'a', v: 1 }, 7),
  watermark('clicks', 6),
  record('clicks', { k: 'c', v: 2 }),
  record('clicks', { k: 'd', v: 3 }, 1),
  record('clicks', { k: 'e', v: 1 }, 9),
  end('clicks'),
];

const rowsOf = (run: PipelineRun): readonly unknown[] => run.outputs['main']?.rows.map(({ value }) => value) ?? [];

/** Plays the clicks in every mode, dealt out to two subtasks in turn; gives what comes out, by subtask. */
function play<R>(describe: (windowed: PartitionWindowedStream<Click>) => SingleOutputStreamOperator<R>): readonly (readonly unknown[])[] {
  const dealtOut = ({ input, show }: PipelineContext): void =>
    show('main', describe(alternating(input<Click>('clicks')).fullWindowPartition()));
  const runs = PLAY_MODES.map((mode) => runPipeline(dealtOut, CLICKS, mode));
  const [first] = runs;
  assert.ok(first);
  for (const [at, run] of runs.entries()) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs, PLAY_MODES[at]);
  }
  const rows = first.outputs['main']?.rows ?? [];
  assert.ok(rows.every(({ timestamp }) => timestamp === null));
  return [0, 1].map((subtask) => rows.filter((row) => row.subtask === subtask).map(({ value }) => value));
}

/** On two subtasks: odd values on the first, even ones on the second. */
function alternating(clicks: DataStream<Click>): DataStream<Click> {
  return clicks
    .partitionCustom(
      (v: number) => (v + 1) % 2,
      ({ v }) => v,
    )
    .map((click) => click)
    .setParallelism(2);
}

const SUM = {
  createAccumulator: () => ({ sum: 0 }),
  add: ({ v }: Click, { sum }: { sum: number }) => ({ sum: sum + v }),
  getResult: ({ sum }: { sum: number }) => sum,
};
const MERGING_SUM = { ...SUM, merge: (a: { sum: number }, b: { sum: number }) => ({ sum: a.sum + b.sum }) };

describe('fullWindowPartition: all records of a subtask as one window', () => {
  it('mapPartition gets all records of its subtask at the end, as they came', () => {
    assert.deepEqual(
      play((windowed) => windowed.mapPartition((values) => [Array.from(values, ({ k }) => k).join('')])),
      [['bade'], ['c']],
    );
    class Collects {
      mapPartition(values: Iterable<Click>, out: { collect(k: string): void }): void {
        for (const { k } of values) out.collect(k);
      }
    }
    assert.deepEqual(
      play((windowed) => windowed.mapPartition(new Collects())),
      [['b', 'a', 'd', 'e'], ['c']],
    );
  });

  it('sortPartition sorts by a field or a selector, records that are equal in it as they came', () => {
    const keys = (order: 'ASCENDING' | 'DESCENDING', by: 'v' | ((click: Click) => Date)): unknown =>
      play((windowed) =>
        windowed
          .sortPartition(by, order)
          .map(({ k }) => k)
          .setParallelism(2),
      )[0];
    assert.deepEqual(keys('ASCENDING', 'v'), ['a', 'e', 'b', 'd']);
    assert.deepEqual(keys('DESCENDING', 'v'), ['b', 'd', 'a', 'e']);
    assert.deepEqual(
      keys('DESCENDING', ({ v }) => new Date(v)),
      ['b', 'd', 'a', 'e'],
    );
  });

  it('reduce and aggregate give one result of each subtask; of one without records only aggregate does', () => {
    assert.deepEqual(
      play((windowed) => windowed.reduce((a, b) => ({ k: a.k + b.k, v: a.v + b.v }))),
      [[{ k: 'bade', v: 8 }], [{ k: 'c', v: 2 }]],
    );
    assert.deepEqual(
      play((windowed) => windowed.aggregate(SUM)),
      [[8], [2]],
    );
    const withoutRecords = (describe: (windowed: PartitionWindowedStream<Click>) => SingleOutputStreamOperator<unknown>): unknown =>
      rowsOf(runPipeline(({ input, show }) => show('main', describe(input<Click>('clicks').fullWindowPartition())), [end('clicks')]));
    assert.deepEqual(
      withoutRecords((windowed) => windowed.reduce((a) => a)),
      [],
    );
    assert.deepEqual(
      withoutRecords((windowed) => windowed.aggregate(SUM)),
      [0],
    );
    assert.deepEqual(
      withoutRecords((windowed) => windowed.mapPartition((values) => [[...values].length])),
      [0],
    );
  });

  it('gives nothing before the end', () => {
    const run = runPipeline(
      ({ input, show }) =>
        show(
          'main',
          input<Click>('clicks')
            .fullWindowPartition()
            .mapPartition((values) => values),
        ),
      CLICKS.slice(0, -1),
    );
    assert.deepEqual(rowsOf(run), []);
    assert.deepEqual(run.outputs['main']?.watermarks, [[0, 6]]);
  });

  it('behind keyBy the records of a key are a window', () => {
    const describe = ({ input, show }: PipelineContext): void => {
      const keyed = input<Click>('clicks')
        .keyBy(({ v }) => v)
        .fullWindowPartition();
      show(
        'mapped',
        keyed.mapPartition((values) => [Array.from(values, ({ k }) => k).join('')]),
      );
      show(
        'sorted',
        keyed.sortPartition('k', 'DESCENDING').map(({ k }) => k),
      );
      show('sums', keyed.aggregate(MERGING_SUM));
      show(
        'reduced',
        keyed.reduce((a, b) => ({ k: a.k + b.k, v: a.v })).map(({ k }) => k),
      );
    };
    for (const mode of PLAY_MODES) {
      const { outputs, failure } = runPipeline(describe, CLICKS, mode);
      assert.equal(failure, null);
      const values = Object.fromEntries(Object.entries(outputs).map(([name, { rows }]) => [name, rows.map(({ value }) => value)]));
      // A window that fires at the end has its records in the order of their times.
      assert.deepEqual(
        values,
        { mapped: ['ae', 'c', 'db'], sorted: ['e', 'a', 'c', 'd', 'b'], sums: [2, 2, 6], reduced: ['ae', 'c', 'db'] },
        mode,
      );
    }
  });

  it('goes on with another parallelism: records are dealt out anew, accumulators are merged', () => {
    const script = [restore(null, 3), ...CLICKS.slice(0, 4), restore(null, 1), ...CLICKS.slice(4)];
    const counts = runPipeline(({ input, show }) => {
      const spread = input<Click>('clicks')
        .rebalance()
        .map((click) => click);
      show(
        'main',
        spread.fullWindowPartition().mapPartition((values) => [[...values].length]),
      );
    }, script);
    assert.deepEqual(rowsOf(counts), [5]);
    const sums = (aggregator: typeof SUM): PipelineRun =>
      runPipeline(({ input, show }) => {
        const spread = input<Click>('clicks')
          .rebalance()
          .map((click) => click);
        show('main', spread.fullWindowPartition().aggregate(aggregator));
      }, script);
    assert.deepEqual(rowsOf(sums(MERGING_SUM)), [10]);
    const { failure } = sums(SUM);
    assert.equal(failure?.errorName, 'IllegalStateException');
    assert.match(failure.message, /^There are accumulators of several subtasks, as the parallelism was reduced/);
  });

  it('counts for the limit of state', () => {
    const failure = failureOf((env) => {
      env.configure({ 'streambook.state.max-size': '500 kb' });
      const all = env.fromSequence(1, 40_000).map((v) => ({ v }));
      display(all.fullWindowPartition().mapPartition((values) => values));
    });
    assert.equal(failure.errorName, 'StateTooLargeException');
    assert.match(failure.message, /MapPartition/);
  });

  it('says what is wrong', () => {
    const message = (order: unknown, by: unknown): string => {
      const failure = startFailure((env) => {
        const windowed = env.fromData([{ v: 1 }]).fullWindowPartition();
        const sort: unknown = Reflect.get(windowed, 'sortPartition');
        if (typeof sort === 'function') Reflect.apply(sort, windowed, [by, order]);
      });
      return `${failure.errorName}: ${failure.message}`;
    };
    assert.equal(message('UP', 'v'), 'IllegalArgumentException: sortPartition needs an order, not UP.');
    assert.equal(
      message('ASCENDING', -1),
      'IllegalArgumentException: sortPartition needs the name of a field or a position in a tuple, not -1.',
    );
    const atTheEnd = (by: (record: { v: number }) => unknown): string => {
      const failure = failureOf((env) =>
        display(
          env
            .fromData([{ v: 1 }, { v: 2 }])
            .fullWindowPartition()
            .sortPartition(by, 'ASCENDING'),
        ),
      );
      return `${failure.errorName}: ${failure.message}`;
    };
    assert.equal(
      atTheEnd(() => null),
      'RuntimeException: sortPartition cannot sort by what the selector returned: it is null.',
    );
    const missing = failureOf((env) =>
      display(
        env
          .fromData([{ v: 1 }])
          .fullWindowPartition()
          .sortPartition('w', 'ASCENDING'),
      ),
    );
    assert.equal(missing.errorName, 'InvalidFieldReferenceException');
    assert.equal(missing.message, 'Unable to find field "w" in the record: its fields are v.');
  });
});

import assert from 'node:assert/strict';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { RichMapFunction } from '../../../engine/api/rich-functions.ts';
import { PLAY_MODES, type PipelineContext, type PipelineRun, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record, type ScriptStep } from '../../../engine/testkit/script.ts';

/** Adds the subtask that maps it to a list. */
class Visit extends RichMapFunction<readonly number[], readonly number[]> {
  override map(path: readonly number[]): readonly number[] {
    return [...path, this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()];
  }
}

/** Numbers 0, 1, 2 …, each in a list of its own. */
const script = (count: number): readonly ScriptStep[] => [
  ...Array.from({ length: count }, (_, n) => record('numbers', [n])),
  end('numbers'),
];

/** [number, sender, receiver] of every record: `deal` is between `senders` subtasks, to which numbers go modulo their count, and `receivers`. */
function dealt(
  senders: number,
  receivers: number,
  deal: (stream: DataStream<readonly number[]>) => DataStream<readonly number[]>,
  count = 8,
): readonly unknown[] {
  const describe = ({ input, show }: PipelineContext): void => {
    const sent = input<readonly number[]>('numbers')
      .partitionCustom(
        (n: number, partitions) => n % partitions,
        (path) => path[0] ?? 0,
      )
      .map(new Visit())
      .setParallelism(senders);
    show('main', deal(sent).map(new Visit()).setParallelism(receivers));
  };
  const runs = PLAY_MODES.map((mode) => runPipeline(describe, script(count), mode));
  const [first] = runs;
  assert.ok(first);
  for (const run of runs) {
    assert.equal(run.failure, null);
    assert.deepEqual(run.outputs, first.outputs);
  }
  return first.outputs['main']?.rows.map(({ value }) => value) ?? [];
}

function failing(describe: (context: PipelineContext) => void): PipelineRun['failure'] {
  return runPipeline(describe, script(3)).failure;
}

describe('Partitioning', () => {
  it('partitionCustom: the function chooses, by a key that is a function’s or a field', () => {
    const chosen = dealt(
      2,
      3,
      (stream) => stream.partitionCustom({ partition: (n: number, partitions) => partitions - 1 - (n % partitions) }, 0),
      6,
    );
    assert.deepEqual(chosen, [
      [0, 0, 2],
      [1, 1, 1],
      [2, 0, 0],
      [3, 1, 2],
      [4, 0, 1],
      [5, 1, 0],
    ]);
  });

  it('partitionCustom: every sender has a partitioner of its own', () => {
    class InTurn {
      #next = 0;
      partition(_key: number, partitions: number): number {
        return this.#next++ % partitions;
      }
    }
    const describe = ({ input, show }: PipelineContext): void => {
      const sent = input<readonly number[]>('numbers')
        .partitionCustom((n: number, partitions) => n % partitions, 0)
        .map(new Visit())
        .setParallelism(2);
      show('main', sent.partitionCustom(new InTurn(), 0).map(new Visit()).setParallelism(2));
    };
    assert.deepEqual(
      runPipeline(describe, script(4), 'replay').outputs['main']?.rows.map(({ value }) => value),
      [
        [0, 0, 0],
        [1, 1, 0],
        [2, 0, 1],
        [3, 1, 1],
      ],
    );
  });

  it('partitionCustom: fails the job for what is no partition, also where there is only one', () => {
    for (const [parallelism, chosen] of [
      [2, 2],
      [2, -1],
      [1, 1],
      [2, 0.5],
      [2, Number.NaN],
    ] as const) {
      const failure = failing(({ input, show }) =>
        show(
          'main',
          input<readonly number[]>('numbers')
            .partitionCustom(() => chosen, 0)
            .map(new Visit())
            .setParallelism(parallelism),
        ),
      );
      assert.equal(failure?.message, `The partitioner of partitionCustom chose ${chosen}, but the partitions are 0 to ${parallelism - 1}.`);
      assert.equal(failure.record, '[0]');
      assert.equal(failure.operator?.name, 'Map');
    }
  });

  it('rescale: in turn inside of the sender’s group; rebalance: in turn over all', () => {
    const groups = (
      senders: number,
      receivers: number,
      deal: (stream: DataStream<readonly number[]>) => DataStream<readonly number[]>,
    ): unknown => {
      const bySender = new Map<unknown, Set<unknown>>();
      for (const row of dealt(senders, receivers, deal)) {
        const [, sender, receiver] = Array.isArray(row) ? row : [];
        bySender.set(sender, (bySender.get(sender) ?? new Set()).add(receiver));
      }
      return Object.fromEntries([...bySender].map(([sender, found]) => [sender, [...found].toSorted()]));
    };
    assert.deepEqual(
      groups(2, 4, (stream) => stream.rescale()),
      { 0: [0, 1], 1: [2, 3] },
    );
    assert.deepEqual(
      groups(4, 2, (stream) => stream.rescale()),
      { 0: [0], 1: [0], 2: [1], 3: [1] },
    );
    assert.deepEqual(
      groups(2, 4, (stream) => stream.rebalance()),
      { 0: [0, 1, 2, 3], 1: [0, 1, 2, 3] },
    );
  });

  it('rebalance: the same for every receiver, in the order of the sender', () => {
    const rows = dealt(1, 3, (stream) => stream.rebalance(), 9);
    for (const receiver of [0, 1, 2]) {
      const numbers = rows.flatMap((row) => (Array.isArray(row) && row[2] === receiver ? [Number(row[0])] : []));
      assert.equal(numbers.length, 3);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
    }
  });

  it('global: to the first; broadcast: to all; forward: to the one with the same number; shuffle: to any', () => {
    assert.deepEqual(
      dealt(2, 2, (stream) => stream.global(), 3),
      [
        [0, 0, 0],
        [1, 1, 0],
        [2, 0, 0],
      ],
    );
    assert.deepEqual(
      dealt(2, 2, (stream) => stream.forward(), 3),
      [
        [0, 0, 0],
        [1, 1, 1],
        [2, 0, 0],
      ],
    );
    const everywhere = dealt(1, 3, (stream) => stream.broadcast(), 2);
    assert.deepEqual(everywhere.map((row) => String(row)).toSorted(), ['0,0,0', '0,0,1', '0,0,2', '1,0,0', '1,0,1', '1,0,2']);
    const shuffled = dealt(1, 2, (stream) => stream.shuffle(), 30).map((row) => (Array.isArray(row) ? row[2] : null));
    assert.deepEqual([...new Set(shuffled)].toSorted(), [0, 1]);
  });

  it('a keyed stream stays as its keys deal it out', () => {
    for (const deal of ['rebalance', 'rescale', 'shuffle', 'forward', 'global', 'broadcast'] as const) {
      assert.throws(
        () => failing(({ input }) => input<readonly number[]>('numbers').keyBy(0)[deal]()),
        /^UnsupportedOperationException: Cannot override partitioning for KeyedStream\.$/,
        deal,
      );
    }
    assert.throws(
      () =>
        failing(({ input }) =>
          input<readonly number[]>('numbers')
            .keyBy(0)
            .partitionCustom(() => 0, 0),
        ),
      /Cannot override partitioning for KeyedStream/,
    );
  });
});

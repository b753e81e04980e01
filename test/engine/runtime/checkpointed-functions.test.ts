import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FunctionInitializationContext, FunctionSnapshotContext } from '../../../engine/api/checkpointed-function.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { type KeyedContext, KeyedProcessFunction, type ProcessContext, ProcessFunction } from '../../../engine/api/process-functions.ts';
import { RichMapFunction } from '../../../engine/api/rich-functions.ts';
import { ListStateDescriptor, MapStateDescriptor, ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { restoreOfSnapshot } from '../../../engine/checkpoint/restore-of-snapshot.ts';
import type { JobRestore } from '../../../engine/checkpoint/snapshot.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import type { BroadcastState } from '../../../engine/state/operator/broadcast-state.ts';
import type { ListState } from '../../../engine/state/keyed/list-state.ts';
import type { ValueState } from '../../../engine/state/keyed/value-state.ts';
import { PLAY_MODES, runPipeline } from '../../../engine/testkit/pipeline.ts';
import { end, record } from '../../../engine/testkit/script.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { type Describe, failureOf, rest, rowsOf, start } from '../job.ts';

/** Collects records and emits them three at a time; the rest is in the state at a checkpoint. */
class Buffering extends ProcessFunction<number, number[]> {
  #buffer: number[] = [];
  #state: ListState<number> | null = null;
  initializeState(context: FunctionInitializationContext): void {
    this.#state = context.getOperatorStateStore().getListState(new ListStateDescriptor<number>('buffered'));
    if (context.isRestored()) this.#buffer = [...this.#state.get()];
  }
  snapshotState(): void {
    this.#state?.update(this.#buffer);
  }
  override processElement(value: number, _ctx: ProcessContext, out: Collector<number[]>): void {
    this.#buffer.push(value);
    if (this.#buffer.length === 3) out.collect(this.#buffer.splice(0));
  }
}

/** Keeps everything in operator state right away. */
class Counting extends RichMapFunction<number, unknown> {
  #union: ListState<number> | null = null;
  #rules: BroadcastState<string, number> | null = null;
  initializeState(context: FunctionInitializationContext): void {
    const store = context.getOperatorStateStore();
    this.#union = store.getUnionListState(new ListStateDescriptor<number>('seen'));
    this.#rules = store.getBroadcastState(new MapStateDescriptor<string, number>('rules'));
  }
  snapshotState(): void {}
  override map(value: number): unknown {
    this.#union?.add(value);
    this.#rules?.put(`rule ${9 - (value % 10)}`, value);
    return { seen: [...(this.#union?.get() ?? [])], rules: [...(this.#rules?.immutableEntries() ?? [])] };
  }
}

const script = [...[5, 3, 8, 1, 9, 2, 7].map((value) => record('in', value, value)), end('in')];

describe('A CheckpointedFunction', () => {
  for (const mode of PLAY_MODES) {
    it(`goes on from its operator state as if nothing had happened (${mode})`, () => {
      const run = runPipeline(
        ({ input, show }) => {
          show('buffered', input<number>('in').process(new Buffering()));
          show('counted', input<number>('in').map(new Counting()));
        },
        script,
        mode,
      );
      assert.equal(run.failure, null);
      assert.deepEqual(
        run.outputs['buffered']?.rows.map(({ value }) => value),
        [
          [5, 3, 8],
          [1, 9, 2],
        ],
      );
      assert.deepEqual(run.outputs['counted']?.rows.at(-1)?.value, {
        seen: [5, 3, 8, 1, 9, 2, 7],
        rules: [
          ['rule 0', 9],
          ['rule 1', 8],
          ['rule 2', 7],
          ['rule 4', 5],
          ['rule 6', 3],
          ['rule 7', 2],
          ['rule 8', 1],
        ],
      });
    });
  }

  it('is told which checkpoint it takes part in and which it goes on from, before open', () => {
    const calls: unknown[] = [];
    class Telling extends RichMapFunction<number, number> {
      initializeState(context: FunctionInitializationContext): void {
        calls.push(['initialize', this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()]);
        calls.push([context.isRestored(), context.getRestoredCheckpointId()]);
      }
      override open(): void {
        calls.push('open');
      }
      snapshotState(context: FunctionSnapshotContext): void {
        calls.push(['snapshot', context.getCheckpointId(), context.getCheckpointTimestamp()]);
      }
      notifyCheckpointComplete(checkpoint: number): void {
        calls.push(['complete', checkpoint]);
      }
      notifyCheckpointAborted(checkpoint: number): void {
        calls.push(['aborted', checkpoint]);
      }
      override map(value: number): number {
        return value;
      }
    }
    const describeJob: Describe = (env) => env.addDisplay(env.fromData([1, 2]).map(new Telling()), 'out');
    const first = start(describeJob, { startTime: 7 });
    first.step(1);
    const restore = new SnapshotChain().add(takeSnapshot(first, 4, true));
    first.deliver({ kind: 'checkpoint-complete', checkpoint: 4 });
    first.deliver({ kind: 'checkpoint-aborted', checkpoint: 5 });
    rest(first);
    assert.ok(first.noticesCheckpoints);
    assert.deepEqual(calls.splice(0), [['initialize', 0], [false, null], 'open', ['snapshot', 4, 7], ['complete', 4], ['aborted', 5]]);
    rest(start(describeJob, { restore }));
    assert.deepEqual(calls, [['initialize', 0], [true, 4], 'open']);
  });

  it('may get keyed state before there is a key', () => {
    class Summing extends KeyedProcessFunction<string, { k: string }, number> {
      #state: ValueState<number> | null = null;
      initializeState(context: FunctionInitializationContext): void {
        this.#state = context.getKeyedStateStore().getState(new ValueStateDescriptor<number>('n'));
      }
      snapshotState(): void {}
      override processElement(_value: { k: string }, _ctx: KeyedContext<string>, out: Collector<number>): void {
        const n = (this.#state?.value() ?? 0) + 1;
        this.#state?.update(n);
        out.collect(n);
      }
    }
    for (const mode of PLAY_MODES) {
      const run = runPipeline(
        ({ input, show }) => show('n', input<{ k: string }>('in').keyBy('k').process(new Summing())),
        [record('in', { k: 'a' }, 1), record('in', { k: 'b' }, 2), record('in', { k: 'a' }, 3), end('in')],
        mode,
      );
      assert.deepEqual(
        run.outputs['n']?.rows.map(({ value }) => value),
        [1, 1, 2],
        mode,
      );
    }
  });

  it('fails the checkpoint, not the job, with what cannot be stored; fails the job with what it throws', () => {
    class Unstorable extends Counting {
      override map(value: number): unknown {
        return value;
      }
      override initializeState(context: FunctionInitializationContext): void {
        context
          .getOperatorStateStore()
          .getListState(new ListStateDescriptor<unknown>('functions'))
          .add(() => 1);
      }
    }
    const executor = start((env) => env.addDisplay(env.fromData([1, 2]).map(new Unstorable()), 'out'));
    executor.step(1);
    assert.throws(() => takeSnapshot(executor, 1, true), { name: 'StateEncodingError', message: /State "functions": A function/ });
    assert.equal(rest(executor), 'finished');
    class Throwing extends Counting {
      override initializeState(): void {
        throw new TypeError('not today');
      }
    }
    const failure = failureOf((env) => env.addDisplay(env.fromData([1]).map(new Throwing()), 'out'));
    assert.deepEqual([failure.errorName, failure.message], ['TypeError', 'not today']);
  });

  it('cannot use one name for two kinds of state', () => {
    class Confused extends Counting {
      override initializeState(context: FunctionInitializationContext): void {
        const store = context.getOperatorStateStore();
        store.getListState(new ListStateDescriptor<number>('x'));
        store.getUnionListState(new ListStateDescriptor<number>('x'));
      }
    }
    const failure = failureOf((env) => env.addDisplay(env.fromData([1]).map(new Confused()), 'out'));
    assert.equal(failure.errorName, 'IllegalStateException');
    assert.match(failure.message, /State "x" is a list state of this operator, and cannot be used as a union list state/);
  });
});

/** Emits what it has in its states when it is opened. */
class Holding extends RichMapFunction<number, unknown> {
  #lists: ListState<string>[] = [];
  #broadcast: BroadcastState<string, number> | null = null;
  initializeState(context: FunctionInitializationContext): void {
    const store = context.getOperatorStateStore();
    const [split, union] = [new ListStateDescriptor<string>('split'), new ListStateDescriptor<string>('union')];
    this.#lists = [store.getListState(split), store.getUnionListState(union)];
    this.#broadcast = store.getBroadcastState(new MapStateDescriptor<string, number>('broadcast'));
  }
  snapshotState(): void {}
  override map(value: number): unknown {
    const subtask = this.getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    if (value < 100) {
      for (const list of this.#lists) list.add(`${subtask}/${value}`);
      // The same in every subtask: a rule about the first record.
      this.#broadcast?.put('rule', 1);
    }
    return {
      subtask,
      split: [...(this.#lists[0]?.get() ?? [])],
      union: [...(this.#lists[1]?.get() ?? [])],
      broadcast: [...(this.#broadcast ?? [])],
    };
  }
}

interface Held {
  readonly subtask: number;
  readonly split: string[];
  readonly union: string[];
  readonly broadcast: unknown;
}

describe('Operator state of another parallelism', () => {
  const job =
    (parallelism: number): Describe =>
    (env) => {
      const numbers = env.fromSequence(0, 199);
      env.addDisplay(numbers.rebalance().map(new Holding()).uid('holding').setParallelism(parallelism), 'out');
    };
  const lastOf = (executor: Executor, parallelism: number): readonly (Held | undefined)[] => {
    // SAFETY: what the only operator emits.
    const rows = rowsOf(executor).map(({ value }) => value as Held);
    return Array.from({ length: parallelism }, (_, subtask) => rows.findLast((row) => row.subtask === subtask));
  };
  const restoreAt = (executor: Executor, records: number): JobRestore => {
    executor.step(records);
    executor.deliver({ kind: 'checkpoint', checkpoint: 1, full: true });
    executor.step(0);
    assert.ok(executor.snapshot);
    return restoreOfSnapshot(executor.snapshot.finish(), 1);
  };

  it('is split, united or copied', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 30 }),
        (before, after, count) => {
          const first = start(job(before));
          const restore = restoreAt(first, count);
          const had = lastOf(first, before).map((row) => row?.split ?? []);
          assert.equal(had.flat().length, count);
          const second = start(job(after), { restore });
          second.deliver({ kind: 'pace', until: Number.POSITIVE_INFINITY });
          rest(second);
          const last = lastOf(second, after);
          const original = (of: 'split' | 'union') =>
            last.map((row) => row?.[of].filter((text) => Number(text.split('/')[1]) < count) ?? []);
          if (before !== after) {
            assert.deepEqual(original('split').flat(), had.flat());
            assert.ok(
              Math.max(...original('split').map(({ length }) => length)) - Math.min(...original('split').map(({ length }) => length)) <= 1,
            );
            for (const list of original('union')) assert.deepEqual(list, had.flat());
          } else {
            assert.deepEqual(original('split'), had);
          }
          for (const row of last) assert.deepEqual(row?.broadcast, [['rule', 1]]);
        },
      ),
      { numRuns: 30 },
    );
  });
});

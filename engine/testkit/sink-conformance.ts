import assert from 'node:assert/strict';
import type { StreamExecutionEnvironment } from '../api/environment.ts';
import type { CheckpointRef } from '../checkpoint/manifest.ts';
import type { UserSink } from '../connectors/user-sink.ts';
import { CheckpointStore } from '../node/checkpoints/checkpoint-store.ts';
import { lockHolder } from '../node/checkpoints/lock.ts';
import { MemoryDisk } from '../node/checkpoints/memory-disk.ts';
import { type Injection, type JobEnd, JobMaster } from '../node/job-master.ts';
import type { PartDisk } from '../node/part-disk.ts';
import { PartFiles } from '../node/part-files.ts';
import type { RunnerClock } from '../node/runner-clock.ts';
import { createExecutor } from '../runtime/executor.ts';

/** A sink over an outside system that is empty at first, and outlives every job. Records are the numbers from 1 on. */
export interface SinkUnderTest {
  /** The sink as a pipeline would make it: anew for each evaluation of the program, over the same system. */
  create(): UserSink<number>;
  /** What those who read the system see, in any order. */
  committed(): readonly number[] | Promise<readonly number[]>;
}

const RECORDS = 300;
const RECORDS_AT_ONCE = 5;
/** Checkpoints of an undisturbed run, about, at which things go wrong in turn. */
const CHECKPOINTS = [1, 2, 3, 4];

/** What every sink that promises exactly-once has to do, by name: each wants a system of its own. Throws AssertionError. */
export const SINK_CONFORMANCE: Readonly<Record<string, (open: () => SinkUnderTest) => Promise<void>>> = {
  async 'commits every record once'(open) {
    const sink = open();
    const run = await play(sink, new MemoryDisk());
    assert.equal(run.end.kind, 'finished', run.end.failure?.message);
    assert.ok(run.published >= CHECKPOINTS.length, `only ${run.published} checkpoints`);
    await assertOnce(sink);
  },

  async 'shows nothing that no checkpoint covers'(open) {
    const sink = open();
    let seen: readonly number[] = [];
    await play(sink, new MemoryDisk(), {
      stopAfterStep: 3,
      onEnd: async () => {
        seen = await sink.committed();
      },
    });
    assert.deepEqual(seen, [], 'before the first checkpoint');
  },

  ...Object.fromEntries(
    (
      [
        ['crashes between two records', { kind: 'crash', records: 7 }],
        ['crashes just after a checkpoint, whose commit then comes again', { kind: 'crash', records: 0 }],
        ['has a checkpoint that fails after its writers prepared it', { kind: 'checkpoint' }],
        ['fails between a checkpoint and its commit', { kind: 'commit' }],
      ] as const satisfies readonly (readonly [string, Injection])[]
    ).map(([what, injection]) => [
      `commits every record once when the job ${what}`,
      async (open: () => SinkUnderTest): Promise<void> => {
        for (const at of CHECKPOINTS) {
          const sink = open();
          const run = await play(sink, new MemoryDisk(), { injectAt: at, injection });
          assert.equal(run.end.kind, 'finished', run.end.failure?.message);
          await assertOnce(sink);
        }
      },
    ]),
  ),

  async 'goes on from a savepoint in another run, with the same parallelism or another'(open) {
    for (const [before, after] of [
      [1, 1],
      [1, 3],
      [3, 1],
      [2, 3],
    ] as const) {
      const sink = open();
      const disk = new MemoryDisk();
      const first = await play(sink, disk, { parallelism: before, stopAt: 2 });
      assert.equal(first.end.kind, 'stopped');
      assert.notEqual(first.last, null);
      const second = await play(sink, disk, { parallelism: after, from: first.last });
      assert.equal(second.end.kind, 'finished', second.end.failure?.message);
      await assertOnce(sink);
    }
  },

  async 'leaves alone what was committed when a job is restored a second time from where it ended'(open) {
    const sink = open();
    const disk = new MemoryDisk();
    const first = await play(sink, disk);
    const second = await play(sink, disk, { from: first.last });
    assert.equal(second.end.kind, 'finished', second.end.failure?.message);
    await assertOnce(sink);
  },
};

async function assertOnce(sink: SinkUnderTest): Promise<void> {
  const committed = [...(await sink.committed())].sort((a, b) => a - b);
  const expected = Array.from({ length: RECORDS }, (_, at) => at + 1);
  const twice = committed.filter((record, at) => committed[at - 1] === record);
  const missing = expected.filter((record) => !committed.includes(record));
  assert.deepEqual({ twice, missing }, { twice: [], missing: [] });
  assert.deepEqual(committed, expected);
}

interface Play {
  readonly parallelism?: number;
  readonly from?: CheckpointRef | null;
  /** Number of the checkpoint after which something goes wrong, once. */
  readonly injectAt?: number;
  readonly injection?: Injection;
  /** The job stops with a savepoint after so many checkpoints. */
  readonly stopAt?: number;
  /** The job is stopped, without a checkpoint, after so many steps. */
  readonly stopAfterStep?: number;
  readonly onEnd?: () => Promise<void>;
}

/** Runs a job that writes to the sink, on a clock that moves with its steps. */
async function play(
  sink: SinkUnderTest,
  disk: MemoryDisk,
  { parallelism = 1, from = null, injectAt, injection, stopAt, stopAfterStep, onEnd }: Play = {},
): Promise<{ readonly end: JobEnd; readonly published: number; readonly last: CheckpointRef | null }> {
  const clock = new StepClock();
  const holder = lockHolder('conformance', 'conformance', clock.now());
  const store = await CheckpointStore.open(disk, { notebook: 'sink', cell: 'sink' }, { holder, now: () => clock.now(), from });
  let published = 0;
  let steps = 0;
  let last: CheckpointRef | null = null;
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: {
      name: 'sink',
      evaluate: (env) => {
        env.configure({ 'execution.checkpointing.interval': '10 ms', 'restart-strategy.fixed-delay.delay': '1 ms' });
        env.setParallelism(parallelism);
        const numbers = env.fromSequence(1, RECORDS).uid('numbers').setParallelism(1);
        // Alone in a chain with the source, or behind a channel.
        (parallelism === 1 ? numbers : numbers.rebalance()).sinkTo(sink.create()).uid('sink');
      },
      locate: () => null,
    },
    createExecutor,
    executor: { settings: {}, overrides: {}, journal: false },
    baseDirectory: '',
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(NO_FILES),
    restore: from === null ? null : await store.load(from),
    events: {
      onPublished: ({ run, checkpoint }) => {
        published++;
        last = { run, checkpoint };
        if (published === injectAt && injection !== undefined) master.inject(injection);
        if (published === stopAt) void master.stopWith('savepoint', null);
      },
      onFailed: () => undefined,
    },
    onAttempt: () => undefined,
    onProgress: () => undefined,
    ports: { clock },
    step: (executor, maxRecords) => {
      clock.time += 1;
      steps++;
      if (steps === stopAfterStep) master.stop();
      return executor.step(Math.min(maxRecords, RECORDS_AT_ONCE));
    },
  });
  const end = await master.run();
  await onEnd?.();
  await store.close();
  return { end, published, last };
}

/** Moves with the job's steps, and over its sleeps. */
class StepClock implements RunnerClock {
  time = 0;
  now(): number {
    return 1_700_000_000_000 + this.time;
  }
  elapsed(): number {
    return this.time;
  }
  yield(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  wakeAfter(milliseconds: number, wake: () => void): () => void {
    const timer = setImmediate(() => {
      this.time += milliseconds;
      wake();
    });
    return () => clearImmediate(timer);
  }
}

function noFiles(): Promise<never> {
  return Promise.reject(new Error('The job writes no part files.'));
}

const NO_FILES: PartDisk = {
  create: noFiles,
  append: noFiles,
  syncFile: noFiles,
  syncFolder: noFiles,
  rename: noFiles,
  size: noFiles,
  remove: noFiles,
  list: () => Promise.resolve([]),
  makeFolder: noFiles,
};

import assert from 'node:assert/strict';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { KeyedProcessFunction, type KeyedContext } from '../../../engine/api/process-functions.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import type { CheckpointManifest, CheckpointRef, FailedCheckpoint } from '../../../engine/checkpoint/manifest.ts';
import { FileSink } from '../../../engine/connectors/file-sink.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import type { Disk } from '../../../engine/node/checkpoints/disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { type Attempt, type JobEnd, JobMaster } from '../../../engine/node/job-master.ts';
import { PartFiles } from '../../../engine/node/part-files.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import { programOf } from '../job.ts';
import { MemoryPartDisk } from './memory-part-disk.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Counts per key; throws when `fails` says so. */
class Count extends KeyedProcessFunction<number, number, { key: number; count: number }> {
  readonly #count = new ValueStateDescriptor<number>('count');
  readonly #fails: (value: number, attempt: number) => boolean;
  constructor(fails: (value: number, attempt: number) => boolean) {
    super();
    this.#fails = fails;
  }
  override processElement(value: number, ctx: KeyedContext<number>, out: Collector<{ key: number; count: number }>): void {
    if (this.#fails(value, this.getRuntimeContext().getTaskInfo().getAttemptNumber())) throw new TypeError(`bad record ${value}`);
    const state = ctx.getState(this.#count);
    const count = (state.value() ?? 0) + 1;
    state.update(count);
    out.collect({ key: ctx.getCurrentKey(), count });
  }
}

interface Run {
  readonly end: JobEnd;
  readonly attempts: readonly (CheckpointRef | null)[];
  readonly rows: readonly unknown[];
  readonly published: readonly CheckpointManifest[];
  readonly failed: readonly FailedCheckpoint[];
}

describe('A job with checkpoints', () => {
  let files: MemoryPartDisk;
  beforeEach(() => {
    files = new MemoryPartDisk();
  });

  const counts =
    (fails: (value: number, attempt: number) => boolean, sink = false) =>
    (env: StreamExecutionEnvironment) => {
      env.configure({
        'execution.checkpointing.interval': '10 ms',
        'execution.checkpointing.timeout': '1000 h',
        'execution.checkpointing.num-retained': 2,
        'restart-strategy.fixed-delay.delay': '100 ms',
      });
      const counted = env
        .fromSequence(1, 30_000)
        .keyBy((value) => value % 10)
        .process(new Count(fails));
      if (sink) counted.sinkTo(FileSink.ndjson('out'));
      env.addDisplay(counted, 'counts');
    };

  async function play(
    describe: (env: StreamExecutionEnvironment) => void,
    disk: Disk,
    from: CheckpointRef | null = null,
    stopAfter = Infinity,
  ): Promise<Run> {
    const clock = new VirtualClock();
    const job = { notebook: 'n.stream.md', cell: 'counts' };
    const holder = lockHolder('test', 'session', clock.now());
    const store = await CheckpointStore.open(disk, job, { holder, now: () => clock.now(), from });
    const attempts: (CheckpointRef | null)[] = [];
    const published: CheckpointManifest[] = [];
    const failed: FailedCheckpoint[] = [];
    let rows: unknown[] = [];
    let attempt: Attempt | null = null;
    const take = (): void => {
      for (const { value } of attempt?.executor.takeRows(0, 1e6).rows ?? []) rows.push(value);
    };
    const master = new JobMaster<StreamExecutionEnvironment>({
      program: programOf(describe),
      createExecutor,
      executor: { settings: {}, overrides: {}, journal: false },
      baseDirectory: '',
      pace: { kind: 'full' },
      store,
      parts: new PartFiles(files),
      restore: from === null ? null : await store.load(from),
      events: {
        onPublished: (manifest) => {
          published.push(manifest);
          if (published.length >= stopAfter) master.stop();
        },
        onFailed: (one) => failed.push(one),
      },
      onAttempt: (next) => {
        take();
        attempt = next;
        attempts.push(next.restored && { run: next.restored.run, checkpoint: next.restored.checkpoint });
        rows = rows.slice(0, next.executor.takeRows(0, 0).total);
      },
      onProgress: take,
      ports: { clock },
      // Work takes time.
      step: (executor, maxRecords) => {
        clock.time += 1;
        return executor.step(Math.min(maxRecords, 100));
      },
    });
    const end = await master.run();
    take();
    await store.close();
    return { end, attempts, rows, published, failed };
  }

  const output = (): readonly string[] =>
    [...files.finished()].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).flatMap(([, text]) => text.trimEnd().split('\n'));

  it('takes checkpoints, and a last one at the end of the input', async () => {
    const run = await play(
      counts(() => false),
      new MemoryDisk(),
    );
    assert.equal(run.end.kind, 'finished');
    assert.equal(run.rows.length, 30_000);
    assert.ok(run.published.length > 3, `${run.published.length} checkpoints`);
    assert.equal(run.published.at(-1)?.final, true);
    assert.deepEqual(run.failed, []);
  });

  it('restarts from the newest checkpoint after an error on the first attempt, and ends with the right result', async () => {
    const undisturbed = await play(
      counts(() => false),
      new MemoryDisk(),
    );
    const run = await play(
      counts((value, attempt) => value === 20_000 && attempt === 0, true),
      new MemoryDisk(),
    );
    assert.equal(run.end.kind, 'finished');
    assert.equal(run.attempts.length, 2);
    assert.notEqual(run.attempts[1], null);
    assert.deepEqual(run.rows, undisturbed.rows);
    assert.deepEqual(
      output(),
      undisturbed.rows.map((row) => JSON.stringify(row)),
    );
  });

  it('fails at once when the error comes back at the same record, with operator and record', async () => {
    const run = await play(
      counts((value) => value === 20_000),
      new MemoryDisk(),
    );
    assert.equal(run.end.kind, 'failed');
    assert.equal(run.attempts.length, 2);
    const { failure } = run.end;
    assert.equal(failure.message, 'bad record 20000');
    assert.equal(failure.operator?.name, 'KeyedProcess');
    assert.equal(failure.recordNumber, 20_000);
    assert.match(failure.hint ?? '', /came back at the same record/);
  });

  it('goes on from a checkpoint of an earlier run as a run of its own', async () => {
    const disk = new MemoryDisk();
    const undisturbed = await play(
      counts(() => false),
      new MemoryDisk(),
    );
    const first = await play(
      counts(() => false, true),
      disk,
      null,
      2,
    );
    assert.equal(first.end.kind, 'stopped');
    assert.deepEqual(
      files.paths().filter((path) => path.includes('inprogress')),
      [],
      'a stopped job leaves no unfinished files',
    );
    const from = first.published.at(-1);
    assert.ok(from);
    const second = await play(
      counts(() => false, true),
      disk,
      { run: from.run, checkpoint: from.checkpoint },
    );
    assert.equal(second.end.kind, 'finished');
    assert.equal(second.published[0]?.run, 2);
    assert.equal(second.attempts[0]?.checkpoint, from.checkpoint);
    assert.deepEqual(
      output(),
      undisturbed.rows.map((row) => JSON.stringify(row)),
    );
  });

  it('keeps as many of the newest checkpoints as the program says, and every one that is left can be read', async () => {
    const disk = new MemoryDisk();
    await play(
      counts(() => false),
      disk,
    );
    const manifests = [...disk.files.keys()].filter((name) => name.endsWith('.json') && name.includes('chk-'));
    assert.equal(manifests.length, 2);
    const store = await CheckpointStore.open(
      disk,
      { notebook: 'n.stream.md', cell: 'counts' },
      {
        holder: lockHolder('test', 'session', 0),
        now: () => 0,
        from: null,
      },
    );
    for (const name of manifests) {
      const checkpoint = Number(/chk-(\d+)/.exec(name)?.[1]);
      const restore = await store.load({ run: 1, checkpoint });
      assert.equal([...(restore.operators.find(({ kind }) => kind === 'keyedProcess')?.keyed[0]?.entries ?? [])].length, 10);
    }
  });
});

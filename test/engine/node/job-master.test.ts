import assert from 'node:assert/strict';
import { AsyncDataStream } from '../../../engine/api/async-data-stream.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { KeyedProcessFunction, type KeyedContext } from '../../../engine/api/process-functions.ts';
import type { Collector } from '../../../engine/api/collector.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { CheckpointManifest, CheckpointRef, FailedCheckpoint } from '../../../engine/checkpoint/manifest.ts';
import type { UserSink, UserSinkWriter } from '../../../engine/connectors/user-sink.ts';
import { FileSink } from '../../../engine/connectors/file-sink.ts';
import type { ExceptionEntry } from '../../../engine/failover/exception-history.ts';
import type { JobStatus } from '../../../engine/failover/job-status.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import type { Disk } from '../../../engine/node/checkpoints/disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { type Attempt, type Injection, type JobEnd, JobMaster } from '../../../engine/node/job-master.ts';
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
  readonly statuses: readonly JobStatus[];
  readonly exceptions: readonly ExceptionEntry[];
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
    onPublished: (count: number, job: JobMaster<StreamExecutionEnvironment>) => void = () => undefined,
  ): Promise<Run> {
    const clock = new VirtualClock();
    const job = { notebook: 'n.stream.md', cell: 'counts' };
    const holder = lockHolder('test', 'session', clock.now());
    const store = await CheckpointStore.open(disk, job, { holder, now: () => clock.now(), from });
    const attempts: (CheckpointRef | null)[] = [];
    const published: CheckpointManifest[] = [];
    const failed: FailedCheckpoint[] = [];
    const statuses: JobStatus[] = [];
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
          onPublished(published.length, master);
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
      onStatus: (status) => statuses.push(status),
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
    return { end, attempts, rows, published, failed, statuses, exceptions: master.exceptions };
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

  it('calls an asynchronous function again for what had no answer at the checkpoint, and gives each result once', async () => {
    const calls: number[] = [];
    let failed = false;
    const run = await play((env) => {
      env.configure({ 'execution.checkpointing.interval': '10 ms', 'restart-strategy.fixed-delay.delay': '100 ms' });
      const doubled = AsyncDataStream.orderedWait(
        env.fromSequence(1, 400),
        async (n: number) => {
          calls.push(n);
          for (let turns = 1 + (n % 7); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
          if (n === 300 && !failed) {
            failed = true;
            throw new RangeError('not now');
          }
          return [n * 2];
        },
        '1 h',
        5,
      );
      env.addDisplay(doubled, 'doubled');
    }, new MemoryDisk());
    assert.equal(run.end.kind, 'finished', run.end.failure?.message);
    assert.deepEqual(
      run.exceptions.map(({ failure }) => [failure.errorName, failure.record, failure.operator?.name]),
      [['RangeError', '300', 'async wait operator']],
    );
    assert.notEqual(run.attempts[1], null);
    assert.deepEqual(
      run.rows,
      Array.from({ length: 400 }, (_, at) => (at + 1) * 2),
    );
    assert.equal(new Set(calls).size, 400);
    assert.ok(calls.length > 400 && calls.length < 500, `${calls.length} calls`);
  });

  it('restarts from a savepoint when that is the newest, as what it has committed is not to be written again', async () => {
    let savepoint: number | null = null;
    let failed = false;
    const fails = (value: number): boolean => {
      if (failed || savepoint === null || value < savepoint + 50) return false;
      failed = true;
      return true;
    };
    const run = await play(counts(fails, true), new MemoryDisk(), null, (count, job) => {
      if (count !== 2) return;
      void job.checkpoint('savepoint', null).then(({ records }) => {
        savepoint = records;
      });
    });
    assert.equal(run.end.kind, 'finished', run.end.failure?.message);
    const taken = run.published.find(({ kind }) => kind === 'savepoint');
    assert.ok(taken);
    assert.deepEqual(run.attempts, [null, { run: 1, checkpoint: taken.checkpoint }]);
    assert.deepEqual(
      output(),
      run.rows.map((row) => JSON.stringify(row)),
    );
    assert.equal(run.rows.length, 30_000);
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

  it('removes what a crash has left uncommitted, when it goes on, and nothing that a checkpoint is still to commit', async () => {
    const disk = new MemoryDisk();
    const first = await play(
      counts(() => false, true),
      disk,
      null,
      (count, job) => {
        if (count === 3) job.stop();
      },
    );
    const [older, newest] = first.published.slice(-2);
    assert.ok(older && newest);
    const [last] = newest.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables));
    assert.ok(last);
    // As if the process had been killed before the commit, and two more soon after their start.
    await files.rename(`out/${last.final}`, `out/${last.pending}`);
    for (const name of ['.part-1-0-90.ndjson', '.part-2-0-0.ndjson', '.part-3-0-0.ndjson']) files.put(`out/${name}.inprogress`, 'x');
    for (let run = 2; run <= 3; run++) await play(() => undefined, disk);
    const uncommitted = (): readonly string[] => files.paths().filter((path) => path.includes('inprogress'));
    const stay = [...uncommitted(), 'out/.part-5-0-0.ndjson.inprogress', 'out/.other-2-0-0.ndjson.inprogress'];
    for (const path of stay.slice(-2)) files.put(path, 'x');
    await play(() => undefined, disk);
    assert.deepEqual(uncommitted(), [...stay].sort(), 'a run that has no sink touches nothing');
    await play(
      counts(() => false, true),
      disk,
      { run: 1, checkpoint: older.checkpoint },
    );
    assert.deepEqual(uncommitted(), [`out/${last.pending}`, stay.at(-1)].sort(), 'what another checkpoint needs, and what is not ours');
    await play(
      counts(() => false, true),
      disk,
      { run: 1, checkpoint: newest.checkpoint },
    );
    assert.deepEqual(uncommitted(), [stay.at(-1)]);
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
      (count, job) => {
        if (count === 2) job.stop();
      },
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

  const RECOVERED = ['RUNNING', 'FAILING', 'RESTARTING', 'RUNNING', 'FINISHED'];
  const INJECTIONS: readonly { readonly injection: Injection; readonly failure: RegExp }[] = [
    { injection: { kind: 'crash', records: 0 }, failure: /^The job was told to crash here, after record \d+\.$/ },
    { injection: { kind: 'crash', records: 150 }, failure: /^The job was told to crash here, after record \d+\.$/ },
    { injection: { kind: 'checkpoint' }, failure: /Exceeded checkpoint tolerable failure threshold: The checkpoint was told to fail\.$/ },
    { injection: { kind: 'commit' }, failure: /^The commit of the sinks was told to fail\.$/ },
  ];

  for (const { injection, failure } of INJECTIONS) {
    it(`recovers from a failure that was asked for: ${JSON.stringify(injection)}`, async () => {
      const run = await play(
        counts(() => false, true),
        new MemoryDisk(),
        null,
        (count, job) => {
          if (count === 2) job.inject(injection);
        },
      );
      assert.deepEqual(run.statuses, RECOVERED);
      const [entry, ...others] = run.exceptions;
      assert.deepEqual(others, []);
      assert.match(entry?.failure.message ?? '', failure);
      assert.deepEqual([entry?.attempt, entry?.begunFrom, entry?.decision.kind], [0, null, 'restart']);
      assert.notEqual(run.attempts[1], null);
      assert.deepEqual(
        output(),
        run.rows.map((row) => JSON.stringify(row)),
      );
      assert.equal(run.rows.length, 30_000);
    });
  }

  it('crashes after just as many records as it was told, and tells each crash apart from the one before', async () => {
    let crashes = 0;
    const run = await play(
      counts(() => false),
      new MemoryDisk(),
      null,
      (_, job) => {
        // One for each attempt.
        if (crashes === 3 || job.exceptions.length < crashes) return;
        crashes++;
        job.inject({ kind: 'crash', records: 500 });
      },
    );
    assert.equal(run.end.kind, 'finished');
    assert.equal(run.exceptions.length, 3);
    for (const [at, { attempt }] of run.exceptions.entries()) assert.equal(attempt, 2 - at);
    assert.equal(run.rows.length, 30_000);
  });

  it('stops with a savepoint behind which nothing was read, and goes on from it exactly', async () => {
    const disk = new MemoryDisk();
    const undisturbed = await play(
      counts(() => false),
      new MemoryDisk(),
    );
    const savepoints: CheckpointManifest[] = [];
    const first = await play(
      counts(() => false, true),
      disk,
      null,
      (count, job) => {
        if (count !== 2) return;
        void job.stopWith('savepoint', 'upgrade').then((manifest) => savepoints.push(manifest));
      },
    );
    assert.deepEqual(first.statuses, ['RUNNING', 'FINISHED']);
    assert.equal(first.end.kind, 'stopped');
    const [from = assert.fail('there is no savepoint')] = savepoints;
    assert.deepEqual([from.kind, from.label, from.records], ['savepoint', 'upgrade', first.rows.length]);
    assert.equal(output().length, first.rows.length, 'sinks have committed all of it');
    const second = await play(
      counts(() => false, true),
      disk,
      { run: from.run, checkpoint: from.checkpoint },
    );
    assert.deepEqual([...first.rows, ...second.rows], undisturbed.rows);
    assert.equal(output().length, 30_000);
  });

  it('goes on when the savepoint that it should stop with comes to nothing', async () => {
    let refused = '';
    const run = await play(
      (env) => {
        counts(() => false, true)(env);
        env.configure({ 'execution.checkpointing.tolerable-failed-checkpoints': 3 });
      },
      new MemoryDisk(),
      null,
      (count, job) => {
        if (count !== 2) return;
        job.inject({ kind: 'checkpoint' });
        job.stopWith('savepoint', null).catch((error: unknown) => {
          refused = String(error);
        });
      },
    );
    assert.match(refused, /The checkpoint was told to fail/);
    assert.deepEqual([run.end.kind, run.rows.length], ['finished', 30_000]);
  });

  const visible = (disk: MemoryDisk): readonly string[] =>
    [...disk.files.keys()].flatMap((name) => /run-\d+\/chk-\d+/.exec(name)?.[0] ?? []).sort();
  const configured =
    (options: Readonly<Record<string, string>>) =>
    (env: StreamExecutionEnvironment): void => {
      counts(() => false)(env);
      env.configure(options);
    };
  const stopAt =
    (last: number) =>
    (count: number, job: JobMaster<StreamExecutionEnvironment>): void => {
      if (count === 1) void job.checkpoint('savepoint', null);
      if (count === last) job.stop();
    };

  it('lets checkpoints go when the job has ended, as its retention says; savepoints stay', async () => {
    const retention = 'execution.checkpointing.externalized-checkpoint-retention';
    const left = async (options: Readonly<Record<string, string>>): Promise<number> => {
      const disk = new MemoryDisk();
      await play(configured(options), disk, null, stopAt(4));
      return visible(disk).length;
    };
    assert.equal(await left({}), 3, 'a savepoint and two others');
    assert.equal(await left({ [retention]: 'DELETE_ON_CANCELLATION' }), 1);
    assert.equal(await left({ [retention]: 'NO_EXTERNALIZED_CHECKPOINTS' }), 1);
    const failed = new MemoryDisk();
    await play((env) => {
      counts((value) => value === 20_000)(env);
      env.configure({ [retention]: 'DELETE_ON_CANCELLATION' });
    }, failed);
    assert.equal(visible(failed).length, 2, 'those of a job that has failed stay');
  });

  it('deletes what it was restored from only when it has claimed it, and not before it has enough of its own', async () => {
    for (const claims of [false, true]) {
      const disk = new MemoryDisk();
      await play(configured({}), disk, null, stopAt(4));
      const savepoint = 'run-1/chk-2';
      assert.ok(
        visible(disk).some((name) => name.startsWith(savepoint)),
        visible(disk).join(),
      );
      const options = { 'execution.state-recovery.claim-mode': claims ? 'CLAIM' : 'NO_CLAIM' };
      await play(configured(options), disk, { run: 1, checkpoint: 2 }, (count, job) => {
        if (count === 1)
          assert.ok(
            visible(disk).some((name) => name.startsWith(savepoint)),
            'one of its own is not enough',
          );
        if (count === 5) job.stop();
      });
      assert.equal(
        visible(disk).some((name) => name.startsWith(savepoint)),
        !claims,
      );
    }
  });

  it('goes on from compressed checkpoints, and from those of a run that was not', async () => {
    const disk = new MemoryDisk();
    const compression = (on: boolean) => configured({ 'execution.checkpointing.snapshot-compression': String(on) });
    const first = await play(compression(true), disk, null, stopAt(3));
    const from = first.published.at(-1) ?? assert.fail('no checkpoint');
    const second = await play(compression(false), disk, { run: from.run, checkpoint: from.checkpoint }, stopAt(3));
    const next = second.published.at(-1) ?? assert.fail('no checkpoint');
    const third = await play(compression(true), disk, { run: next.run, checkpoint: next.checkpoint });
    assert.equal(third.end.kind, 'finished');
    assert.deepEqual(third.rows.at(-1), { key: 0, count: 3_000 });
  });

  it('fails at the sink when a writer of the user’s own throws, with the record, and when a committer gives up', async () => {
    const failing = (sink: UserSink<unknown, number>) => (env: StreamExecutionEnvironment) => {
      env.configure({ 'execution.checkpointing.interval': '10 ms', 'restart-strategy.type': 'none' });
      env.fromSequence(1, 3_000).sinkTo(sink).name('orders');
    };
    const writer: UserSinkWriter<unknown, number> = { write: () => undefined, flush: () => undefined, prepareCommit: () => [7] };
    const wrong = (): never => {
      throw new TypeError('no such table');
    };
    const write = (value: unknown): void => {
      if (value === 1_234) wrong();
    };
    const thrown = await play(failing({ createWriter: () => ({ write, flush: () => undefined }) }), new MemoryDisk());
    assert.deepEqual([thrown.end.failure?.errorName, thrown.end.failure?.message], ['TypeError', 'no such table']);
    assert.deepEqual([thrown.end.failure?.operator?.name, thrown.end.failure?.record], ['orders', '1234']);
    const given = await play(
      failing({
        createWriter: () => writer,
        createCommitter: () => ({ commit: ([request]) => request?.signalFailedWithKnownReason(new RangeError('too old')) }),
      }),
      new MemoryDisk(),
    );
    assert.equal(given.end.failure?.message, 'too old');
    const missing = await play(failing({ createWriter: () => writer }), new MemoryDisk());
    assert.match(missing.end.failure?.message ?? '', /has committables, but no createCommitter/);
    const never = await play(failing({ createWriter: wrong }), new MemoryDisk());
    assert.equal(never.end.failure?.message, 'no such table');
    const unsaved = await play(
      failing({
        createWriter: () => ({ ...writer, prepareCommit: () => [Symbol('x')] as unknown as number[] }),
        createCommitter: () => ({ commit: () => undefined }),
      }),
      new MemoryDisk(),
    );
    assert.match(unsaved.end.failure?.message ?? '', /symbol/i);
  });

  it('drains: the input ends where it is, the last watermark fires what is open, and the sinks commit', async () => {
    const disk = new MemoryDisk();
    const run = await play(
      (env) => {
        env.configure({ 'execution.checkpointing.interval': '10 ms' });
        const strategy = WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((value) => value);
        const counted = env
          .fromSequence(1, 1_000_000_000)
          .assignTimestampsAndWatermarks(strategy)
          .keyBy((value) => value % 2)
          .window(TumblingEventTimeWindows.of('1000 d'))
          .aggregate({ n: 'count' });
        counted.sinkTo(FileSink.ndjson('out'));
        env.addDisplay(counted, 'counts');
      },
      disk,
      null,
      (count, job) => {
        if (count === 2) void job.stopWith('savepoint', 'the end', true);
      },
    );
    assert.equal(run.end.kind, 'finished');
    assert.deepEqual(run.statuses, ['RUNNING', 'FINISHED']);
    const savepoint = run.published.find(({ kind }) => kind === 'savepoint');
    assert.deepEqual([savepoint?.label, savepoint?.ended], ['the end', true]);
    assert.equal(run.rows.length, 2);
    assert.equal(
      run.rows.reduce((sum: number, row) => sum + (row as { n: number }).n, 0),
      savepoint?.records,
    );
    assert.deepEqual(
      output(),
      run.rows.map((row) => JSON.stringify(row)),
    );
  });

  it('has drained once its savepoint is there: after a crash before its end it commits that and ends, instead of reading on', async () => {
    const run = await play(
      (env) => {
        env.configure({ 'execution.checkpointing.interval': '10 ms', 'restart-strategy.fixed-delay.delay': '100 ms' });
        const sums = env
          .fromSequence(1, 100_000)
          .keyBy((value) => value % 2)
          .reduce((a, b) => a + b);
        sums.sinkTo(FileSink.ndjson('out'));
        env.addDisplay(sums, 'sums');
      },
      new MemoryDisk(),
      null,
      (count, job) => {
        if (count !== 2) return;
        job.inject({ kind: 'commit' });
        // Who asked hears that the job has failed meanwhile.
        job.stopWith('savepoint', 'the end', true).catch(() => undefined);
      },
    );
    assert.equal(run.end.kind, 'finished');
    assert.deepEqual(run.statuses, ['RUNNING', 'FAILING', 'RESTARTING', 'RUNNING', 'FINISHED']);
    assert.deepEqual(run.attempts[1], { run: 1, checkpoint: 3 }, 'it goes on from the savepoint');
    const last = run.published.at(-1);
    assert.deepEqual([last?.ended, last?.records], [true, run.rows.length]);
    assert.equal(output().length, run.rows.length);
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

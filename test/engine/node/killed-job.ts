/** A worker thread with a job over a real folder, for killed-worker.test.ts: stands still at one of its mails, so that it can be killed there. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import { CollectionSource } from '../../../engine/connectors/collection-source.ts';
import { FileSink } from '../../../engine/connectors/file-sink.ts';
import { CheckpointReader } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore, type StoreOptions } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { FilePartDisk } from '../../../engine/node/file-part-disk.ts';
import { JobMaster } from '../../../engine/node/job-master.ts';
import { PartFiles } from '../../../engine/node/part-files.ts';
import type { RunnerClock } from '../../../engine/node/runner-clock.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { CreateExecutor, Executor } from '../../../engine/runtime/job.ts';
import { digest } from '../../simulation/digest.ts';
import { Sessions } from '../../simulation/sessions.ts';
import type { Input } from '../../simulation/inputs.ts';

export interface KilledJobData {
  readonly folder: string;
  /** Number of the mail at which it stands still; null = it runs to its end. */
  readonly stopAt: number | null;
  /** What it waits on when it stands still. */
  readonly gate: SharedArrayBuffer;
}

/** What the worker says last. */
export interface KilledJobEnd {
  readonly mails: number;
  /** Rows that the checkpoint it began with covers, and those it showed itself. */
  readonly begun: number;
  readonly rows: readonly string[];
  /** Of its last checkpoint. */
  readonly digest: string;
  readonly checkpoints: number;
}

const JOB = { notebook: 'killed.stream.md', cell: 'main' };
const INPUTS: readonly Input[] = Array.from({ length: 40 }, (_, i) => ({
  key: 'abc'.charAt((i * 7) % 3),
  value: 100 + i,
  at: i * 2 + ((i * 5) % 4),
}));

function describe(env: StreamExecutionEnvironment): void {
  env.configure({ 'execution.checkpointing.interval': '10 ms' });
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Input>(4).withTimestampAssigner<Input>(({ at }) => at);
  const sessions = env.fromSource(new CollectionSource(INPUTS), strategy, 'events').keyBy('key').process(new Sessions());
  sessions.sinkTo(FileSink.ndjson('out'));
  env.addDisplay(sessions, 'sessions');
}

/** Operations of the disk that go by before the job may go on. */
const OPERATIONS_PER_STEP = 4;

/** Time passes with records alone, and while the disk is busy they pass with its operations: a checkpoint takes a few records, on any computer. */
class PacedClock implements RunnerClock {
  time = 0;
  #operations = 0;
  #waiting: (() => void)[] = [];
  #busy = 0;
  now(): number {
    return 1_700_000_000_000 + this.time;
  }
  elapsed(): number {
    return this.time;
  }
  yield(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#busy === 0) setImmediate(resolve);
      else this.#waiting.push(resolve);
    });
  }
  wakeAfter(milliseconds: number, wake: () => void): () => void {
    if (this.#busy > 0) {
      this.#waiting.push(wake);
      return () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== wake);
      };
    }
    const timer = setImmediate(() => {
      this.time += milliseconds;
      wake();
    });
    return () => clearImmediate(timer);
  }
  /** The same object, with its operations counted. */
  watch<T extends object>(disk: T): T {
    return new Proxy(disk, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          this.#busy++;
          try {
            return await Reflect.apply(method, target, args);
          } finally {
            this.#busy--;
            if (++this.#operations % OPERATIONS_PER_STEP === 0 || this.#busy === 0) setImmediate(() => this.#goOn());
          }
        };
      },
    });
  }

  #goOn(): void {
    // The next operation may have begun at once after the last: then it goes on with that.
    if (this.#busy > 0 && this.#operations % OPERATIONS_PER_STEP !== 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const { folder, stopAt, gate } = workerData as KilledJobData;
let mails = 0;

/** Counts mail, and stands still at the one that was asked for. */
const counting: CreateExecutor<StreamExecutionEnvironment> = (program, options) => {
  const created = createExecutor(program, options);
  if (!created.ok) return created;
  const { executor } = created;
  const deliver = executor.deliver.bind(executor);
  executor.deliver = (mail) => {
    deliver(mail);
    if (++mails !== stopAt) return;
    parentPort?.postMessage('here');
    Atomics.wait(new Int32Array(gate), 0, 0);
  };
  return created;
};

async function newest(disk: FileDisk): Promise<CheckpointRef | null> {
  const reader = new CheckpointReader(disk);
  const runs = await reader.runs(jobFolder(JOB));
  const listed = await Promise.all(runs.map(({ run }) => reader.checkpoints(jobFolder(JOB), run)));
  return listed.flat().at(-1) ?? null;
}

async function run(): Promise<KilledJobEnd> {
  const clock = new PacedClock();
  const disk = clock.watch(new FileDisk(`${folder}/.streambook`));
  const from = await newest(disk);
  const options: StoreOptions = { holder: lockHolder('test', 'one', 0), now: () => clock.now(), retained: 2, from };
  const store = await CheckpointStore.open(disk, JOB, options);
  let current: Executor | null = null;
  let begun = 0;
  let checkpoints = 0;
  const rows: string[] = [];
  const take = (): void => {
    for (const { value } of current?.takeRows(0, 1_000).rows ?? []) rows.push(JSON.stringify(value));
  };
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: { name: 'killed', evaluate: describe, locate: () => null },
    createExecutor: counting,
    executor: { settings: {}, overrides: {}, journal: false },
    baseDirectory: folder,
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(clock.watch(new FilePartDisk(folder))),
    restore: from === null ? null : await store.load(from),
    events: {
      onPublished: () => {
        checkpoints++;
      },
      onFailed: ({ reason }) => console.error(reason),
    },
    onAttempt: ({ executor }) => {
      current = executor;
      begun = executor.takeRows(0, 0).total;
    },
    onProgress: take,
    ports: { clock },
    step: (executor) => {
      const before = executor.recordCount;
      const kind = executor.step(1);
      if (executor.recordCount > before) clock.time += 9;
      return kind;
    },
  });
  const end = await master.run();
  take();
  if (end.kind !== 'finished') throw new Error(end.failure?.message ?? 'the job was stopped');
  await store.close();
  const last = await newest(disk);
  if (last === null) throw new Error('there is no checkpoint');
  const looking = await CheckpointStore.maintain(disk, JOB, options);
  const found = digest(await looking.load(last));
  await looking.close();
  return { mails, begun, rows, digest: found, checkpoints };
}

parentPort?.postMessage(await run());

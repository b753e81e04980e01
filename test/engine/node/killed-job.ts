/** A worker thread with a job over a real folder, for killed-worker.test.ts: stands still at one of its mails, so that it can be killed there. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import type { CheckpointManifest, CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import { loadCheckpoint } from '../../../engine/node/checkpoints/checkpoint-load.ts';
import { CheckpointReader } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { FilePartDisk } from '../../../engine/node/file-part-disk.ts';
import { JobMaster } from '../../../engine/node/job-master.ts';
import { PartFiles } from '../../../engine/node/part-files.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { CreateExecutor, Executor, ResultRow } from '../../../engine/runtime/job.ts';
import { wholeDigest } from '../../simulation/digest.ts';
import { describePipeline } from './killed-pipeline.ts';
import { LockstepClock } from './lockstep-clock.ts';

export interface KilledJobData {
  readonly folder: string;
  /** Number of the mail at which it stands still; null = it runs to its end. */
  readonly stopAt: number | null;
  /** What it waits on when it stands still. */
  readonly gate: SharedArrayBuffer;
}

/** What the worker says last: that it stands still, or has come to its end. */
export interface KilledJobReport {
  readonly kind: 'still' | 'ended';
  /** That it has had. */
  readonly mails: number;
  /** Position of the checkpoint that it began with; null = it began with the input. */
  readonly from: string | null;
  readonly displays: readonly DisplayReport[];
  /** Of the checkpoints that it has published, as they are on the disk: position and digest. */
  readonly checkpoints: readonly (readonly [position: string, digest: string])[];
}

/** What a display has shown. */
export interface DisplayReport {
  /** Rows that the checkpoint it began with covers. */
  readonly begun: number;
  /** Rows since, each with its index and everything else that is shown of it. */
  readonly rows: readonly string[];
}

const JOB = { notebook: 'killed.stream.md', cell: 'main' };
/** A checkpoint is asked for after so many records, and is over before the next: it begins at the same records in every run. */
const RECORDS_PER_CHECKPOINT = 70;
/** ms of the job's clock that pass with a record. */
const TICK = 9;

const { folder, stopAt, gate } = workerData as KilledJobData;
const clock = new LockstepClock();
const disk = new FileDisk(`${folder}/.streambook`);
let mails = 0;
let from: string | null = null;
let current: Executor | null = null;
const displays: { begun: number; readonly rows: string[] }[] = [];
const checkpoints: [string, string][] = [];

function positionOf({ records, ended }: Pick<CheckpointManifest, 'records' | 'ended'>): string {
  return `${records} records${ended ? ' and the end' : ''}`;
}

function take(): void {
  displays.forEach(({ rows }, display) => {
    for (const row of current?.takeRows(display, 1_000).rows ?? []) rows.push(shown(row));
  });
}

function shown({ watermark, ...row }: ResultRow): string {
  return JSON.stringify({ ...row, watermark: String(watermark) });
}

function report(kind: KilledJobReport['kind']): void {
  take();
  parentPort?.postMessage({ kind, mails, from, displays, checkpoints } satisfies KilledJobReport);
}

/** Counts mail, and stands still at the one that was asked for. */
const counting: CreateExecutor<StreamExecutionEnvironment> = (program, options) => {
  const created = createExecutor(program, options);
  if (!created.ok) return created;
  const { executor } = created;
  const deliver = executor.deliver.bind(executor);
  executor.deliver = (mail) => {
    deliver(mail);
    if (++mails !== stopAt) return;
    report('still');
    Atomics.wait(new Int32Array(gate), 0, 0);
  };
  return created;
};

async function newest(): Promise<CheckpointRef | null> {
  const reader = new CheckpointReader(disk);
  const runs = await reader.runs(jobFolder(JOB));
  const listed = await Promise.all(runs.map(({ run }) => reader.checkpoints(jobFolder(JOB), run)));
  return listed.flat().at(-1) ?? null;
}

async function run(): Promise<void> {
  const watched = clock.watch(disk);
  const begin = await newest();
  const store = await CheckpointStore.open(watched, JOB, {
    holder: lockHolder('test', 'one', 0),
    now: () => clock.now(),
    from: begin,
  });
  const restore = begin === null ? null : await store.load(begin);
  if (restore !== null) {
    from = positionOf(restore);
    clock.goOnFrom(restore.processingTime);
  }
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: { name: 'killed', evaluate: describePipeline, locate: () => null },
    createExecutor: counting,
    executor: { settings: {}, overrides: {}, journal: false },
    baseDirectory: folder,
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(clock.watch(new FilePartDisk(folder))),
    restore,
    events: {
      // Who is to be killed is not looked at: nobody would hear of it.
      onPublished: (manifest) => {
        if (stopAt !== null) return;
        clock.hold(async () => {
          checkpoints.push([positionOf(manifest), wholeDigest(await loadCheckpoint(disk, jobFolder(JOB), manifest))]);
        });
      },
      onFailed: ({ reason }) => {
        throw new Error(reason);
      },
    },
    onAttempt: ({ executor, failure }) => {
      if (failure !== null) throw new Error(failure.message);
      current = executor;
      for (const { id } of executor.displays) displays.push({ begun: executor.takeRows(id, 0).total, rows: [] });
    },
    onProgress: take,
    ports: { clock },
    step: (executor) => {
      const before = executor.recordCount;
      const kind = executor.step(1);
      if (executor.recordCount === before) return kind;
      // By records alone: timers in processing time fire behind the same ones in every run.
      clock.time = executor.recordCount * TICK;
      if (executor.recordCount % RECORDS_PER_CHECKPOINT === 0) void master.checkpoint('checkpoint', null);
      return kind;
    },
  });
  const end = await master.run();
  await clock.held;
  if (end.kind !== 'finished') throw new Error(end.failure?.message ?? 'the job was stopped');
  await store.close();
  report('ended');
}

void run();

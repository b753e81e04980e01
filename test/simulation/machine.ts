import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import { jobFolder } from '../../engine/checkpoint/job-folder.ts';
import type { CheckpointKind, CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import { CheckpointReader } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import type { Disk } from '../../engine/node/checkpoints/disk.ts';
import { type JobEnd, JobMaster } from '../../engine/node/job-master.ts';
import { PartFiles } from '../../engine/node/part-files.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import { checkpointDisk, partDisk, type SimulatedProcess } from '../../engine/testkit/simulation/disk-ports.ts';
import type { SimulatedClock } from '../../engine/testkit/simulation/simulated-clock.ts';
import type { Viewer } from './viewer.ts';
import type { World } from './worlds.ts';

/** Folders of the simulated machine: the checkpoints, and the sink. */
export const STATE = '.streambook';
export const OUT = 'out';
export const JOB: JobIdentity = { notebook: 'tiny.stream.md', cell: 'main' };

/** A checkpoint that the job said is complete. */
export interface Published extends CheckpointRef {
  readonly kind: CheckpointKind;
}

/** A run as it begins: what it goes on from, and the options that somebody has changed for it. */
export interface RunChoice {
  /** Not from the newest checkpoint but from the one before, if there is one. */
  readonly older: boolean;
  readonly overrides: Readonly<Record<string, string>>;
}

/** A run at work, as its user reaches it. */
export interface RunAtWork {
  readonly master: JobMaster<StreamExecutionEnvironment>;
  readonly store: CheckpointStore;
}

/** What the rest of the simulation hears of a process. */
export interface ProcessEvents {
  /** A run is about to begin. */
  choose(): RunChoice;
  onRun(run: RunAtWork): void;
  /** It has begun run `run`, and knows what it goes on from; the job has not begun. */
  onOpened(run: number, from: CheckpointRef | null): void;
  onPublished(published: Published): void;
}

/** The newest checkpoint there is, as `--restore latest` finds it, or the one before; null = none. Never passes over one that cannot be read. */
async function find(disk: Disk, older: boolean): Promise<CheckpointRef | null> {
  const reader = new CheckpointReader(disk);
  const found: CheckpointRef[] = [];
  for (const { run } of await reader.runs(jobFolder(JOB))) {
    const last = (await reader.checkpoints(jobFolder(JOB), run)).slice(-2);
    found.push(...last.map(({ checkpoint }) => ({ run, checkpoint })));
  }
  return (older ? found.at(-2) : null) ?? found.at(-1) ?? null;
}

/** What its user has asked a process for. */
interface Asked {
  savepoint: boolean;
  stop: boolean;
}

/** Runs the job in a process to its end, with the engine's own code: only disk, clock and schedule are simulated. One that is stopped is run again. */
export async function runProcess(
  world: World,
  process: SimulatedProcess,
  clock: SimulatedClock,
  viewer: Viewer,
  events: ProcessEvents,
): Promise<JobEnd> {
  const asked: Asked = { savepoint: false, stop: false };
  for (;;) {
    const end = await runJob(world, process, clock, viewer, events, asked);
    // Nobody runs anything again in a process that is believed dead.
    if (end.kind !== 'stopped' || process.forsaken) return end;
  }
}

/** A run from the newest checkpoint. */
async function runJob(
  world: World,
  process: SimulatedProcess,
  clock: SimulatedClock,
  viewer: Viewer,
  events: ProcessEvents,
  asked: Asked,
): Promise<JobEnd> {
  const disk = checkpointDisk(process, STATE);
  const { older, overrides } = events.choose();
  const holder = { name: 'simulation', pid: 1, host: 'simulated', session: 'one', since: clock.now() };
  const store = await CheckpointStore.open(disk, JOB, { holder, now: () => clock.now(), from: () => find(disk, older) });
  const { from } = store;
  const restore = from === null ? null : await store.load(from);
  events.onOpened(store.run, from);
  let current: Executor | null = null;
  const take = (): void => {
    if (current !== null && !process.forsaken) viewer.take(current);
  };
  const master = new JobMaster<StreamExecutionEnvironment>({
    program: { name: world.name, evaluate: (env) => world.describe(env), locate: () => null },
    createExecutor,
    executor: { settings: {}, overrides, journal: false },
    baseDirectory: '',
    pace: { kind: 'full' },
    store,
    parts: new PartFiles(partDisk(process)),
    restore,
    events: {
      onPublished: ({ run, checkpoint, kind }) => events.onPublished({ run, checkpoint, kind }),
      onFailed: () => undefined,
    },
    onAttempt({ executor, attempt }) {
      take();
      current = executor;
      if (!process.forsaken) viewer.begin(executor, attempt === 0);
    },
    onProgress: take,
    ports: { clock },
    // Only records take time: so that there is something else to do between any two of them.
    step: (executor) => {
      const before = executor.recordCount;
      const kind = executor.step(1);
      if (executor.recordCount > before) clock.work();
      if (executor.recordCount === world.savepointAfter && !asked.savepoint) {
        asked.savepoint = true;
        master.checkpoint('savepoint', null).catch(() => undefined);
      }
      if (executor.recordCount === world.stoppedAfter && !asked.stop) {
        asked.stop = true;
        master.stop();
      }
      return kind;
    },
  });
  events.onRun({ master, store });
  const end = await master.run();
  take();
  await store.close();
  return end;
}

import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import type { FaultPlan } from '../../engine/testkit/simulation/disk-faults.ts';
import { checkpointDisk, SimulatedProcess } from '../../engine/testkit/simulation/disk-ports.ts';
import { Draws } from '../../engine/testkit/simulation/random.ts';
import { type Schedule, Scheduler } from '../../engine/testkit/simulation/scheduler.ts';
import { SimulatedClock } from '../../engine/testkit/simulation/simulated-clock.ts';
import { INJECTED, type Operation, SimulatedDisk } from '../../engine/testkit/simulation/simulated-disk.ts';
import { JOB, type Published, runProcess, STATE } from './machine.ts';
import { Viewer } from './viewer.ts';
import type { World } from './worlds.ts';

/** ms since 1970 at which every simulated machine is switched on. */
const EPOCH = 1_700_000_000_000;
/** Processes after the last fault in which the job has to come to its end. */
const RESTARTS = 3;
/** More than any run that gets anywhere has. */
const MAX_ACTIONS = 20_000;

/** How a job came to its end, or did not. */
export interface Story {
  readonly disk: SimulatedDisk;
  readonly viewer: Viewer;
  readonly scheduler: Scheduler;
  readonly processes: number;
  /** Checkpoints that the job said are complete, in order. */
  readonly published: readonly Published[];
  readonly end:
    | { readonly kind: 'finished' }
    /** It said why it does not go on. */
    | { readonly kind: 'refused'; readonly message: string }
    /** It hangs, spins, or fails again and again although nothing is wrong any more. */
    | { readonly kind: 'stuck'; readonly message: string };
}

/** What is looked at while a job runs. */
export interface Watch {
  /** A process begins on what the disk has. */
  onProcess(disk: SimulatedDisk, published: readonly CheckpointRef[]): void;
  /** After every operation of the disk. */
  onOperation(disk: SimulatedDisk, operation: Operation): void;
}

type ProcessEnd<T> =
  | { readonly kind: 'ended'; readonly end: T }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'gone' };

/** Plays a job through its faults: a process that ends badly is followed by another, which goes on from what is on the disk. */
export async function simulate(world: World, schedule: Schedule, plan: FaultPlan, watch: Watch): Promise<Story> {
  const scheduler = new Scheduler(schedule);
  const disk = new SimulatedDisk(plan, new Draws(schedule.seed ^ 0x5eed), STATE);
  // A disk makes the folder that it is for durable by itself: no one else can reach what is above.
  disk.tree.makeFolder(STATE);
  disk.tree.syncFolder('');
  const clock = new SimulatedClock(scheduler, EPOCH);
  const viewer = new Viewer();
  const published: Published[] = [];
  disk.onOperation = (operation): void => watch.onOperation(disk, operation);
  let since = 0;
  let processes = 0;
  const told = (end: Story['end']): Story => ({ disk, viewer, scheduler, processes, published, end });
  for (;;) {
    const faults = disk.happened.length;
    watch.onProcess(disk, published);
    const process = new SimulatedProcess(disk, scheduler);
    processes++;
    const work = runProcess(world, process, clock, viewer, { onPublished: (ref) => published.push(ref) });
    const end = await drive(process, work);
    scheduler.clear();
    if (end === null) return told({ kind: 'stuck', message: 'nothing happens any more, or without end' });
    if (end.kind === 'ended' && end.end.kind === 'finished') return told({ kind: 'finished' });
    since = disk.happened.length > faults ? 0 : since + 1;
    if (end.kind === 'gone') continue;
    const message = end.kind === 'failed' ? end.message : (end.end.failure?.message ?? 'stopped');
    const injected = message.includes(INJECTED);
    if (disk.corrupted.size === 0 && !injected)
      return told({ kind: 'stuck', message: `the job fails for a reason of its own: ${message}` });
    if (disk.happened.length === faults && disk.corrupted.size > 0) return told({ kind: 'refused', message });
    if (since >= RESTARTS) return told({ kind: 'stuck', message: `the job does not come to its end without faults: ${message}` });
  }
}

/** After the end, without faults: opens the checkpoints once more, which cleans up, and gives the newest one. Rejects as that does. */
export async function lookBack({ disk, scheduler }: Story, ref: CheckpointRef): Promise<JobRestore> {
  disk.repair();
  const process = new SimulatedProcess(disk, scheduler);
  const holder = { name: 'simulation', pid: 1, host: 'simulated', session: 'one', since: 0 };
  const open = async (): Promise<JobRestore> => {
    const store = await CheckpointStore.open(checkpointDisk(process, STATE), JOB, { holder, now: () => EPOCH, retained: 2, from: null });
    const restore = await store.load(ref);
    await store.close();
    return restore;
  };
  const end = await drive(process, open());
  if (end?.kind === 'ended') return end.end;
  throw new Error(end?.kind === 'failed' ? end.message : 'the checkpoints cannot be opened any more');
}

/** Lets one thing happen after the other until the work is done or the process gone; null when it hangs. */
async function drive<T>(process: SimulatedProcess, work: Promise<T>): Promise<ProcessEnd<T> | null> {
  let end: ProcessEnd<T> | null = null;
  work.then(
    (result) => {
      end = { kind: 'ended', end: result };
    },
    (error: unknown) => {
      end = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    },
  );
  await settled();
  const ended = (): ProcessEnd<T> | null => end;
  for (const start = process.scheduler.actions; ended() === null; ) {
    if (process.scheduler.actions - start > MAX_ACTIONS || !process.scheduler.next()) return null;
    if (!process.alive) return { kind: 'gone' };
    await settled();
  }
  return ended();
}

/** Everything that follows at once has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { checkpointDisk, SimulatedProcess } from '../../engine/testkit/simulation/disk-ports.ts';
import { INJECTED, type Operation } from '../../engine/testkit/simulation/simulated-disk.ts';
import type { History } from './history.ts';
import { JOB, type ProcessEvents, runProcess, STATE } from './machine.ts';
import { Zombie } from './zombie.ts';

/** Processes after the last fault in which the job has to come to its end. */
const RESTARTS = 3;
/** More than any run that gets anywhere has. */
const MAX_ACTIONS = 20_000;

/** How a job came to its end, or did not. */
export type End =
  | { readonly kind: 'finished' }
  /** It said why it does not go on. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It hangs, spins, or fails again and again although nothing is wrong any more. */
  | { readonly kind: 'stuck'; readonly message: string };

/** Who wants to know how a process gets on. */
export interface Listener {
  /** An operation was done, and nobody has looked yet at what it did. */
  onOperation?(history: History, operation: Operation): void;
  /** As ProcessEvents.onOpened. False: the process need not go on, as it is known what follows. */
  onOpened?(history: History, run: number, from: CheckpointRef | null): boolean;
}

type ProcessEnd<T> =
  | { readonly kind: 'ended'; readonly end: T }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'gone' };

/** Plays a job to its end: a process that ends badly is followed by another, which goes on from what is on the disk. */
export async function simulate(history: History, listener?: Listener): Promise<End> {
  for (;;) {
    const end = await playProcess(history, listener);
    if (end !== null) return end;
  }
}

/** Plays one process of a job; null when another has to follow. */
export async function playProcess(history: History, listener?: Listener): Promise<End | null> {
  const { disk, viewer, invariants, world, user } = history;
  const surroundings = history.start();
  const { scheduler, clock } = surroundings;
  const faults = disk.happened.length;
  const { asked } = user;
  const besides = history.zombie;
  invariants.onProcess(disk, history.published);
  disk.onOperation = (operation): void => {
    listener?.onOperation?.(history, operation);
    invariants.onOperation(disk, operation);
    user.after(history, operation.number);
  };
  const process = new SimulatedProcess(disk, scheduler);
  let isOpen = false;
  const events: ProcessEvents = {
    choose: () => user.choose(),
    onRun: (run) => user.atWork(process, run),
    onOpened(run, from) {
      user.opened(history, run, from);
      // A process that was stopped runs its job again.
      if (isOpen) return;
      isOpen = true;
      history.opened(surroundings);
      if (listener?.onOpened?.(history, run, from) === false) process.end();
    },
    onPublished({ run, checkpoint, kind }) {
      if (process.forsaken) return;
      if (!user.discards) history.published = { run, checkpoint };
      if (kind === 'savepoint') history.savepoints.push({ run, checkpoint });
    },
  };
  const end = await drive(process, runProcess(world, process, clock, viewer, events), besides);
  user.gone();
  disk.onOperation = (): void => undefined;
  history.actions += scheduler.actions;
  if (process.forsaken && process.alive) history.zombie = new Zombie(process, disk.operations);
  else scheduler.clear();
  if (end === null) return { kind: 'stuck', message: 'nothing happens any more, or without end' };
  if (end.kind === 'ended' && end.end.kind === 'finished') {
    history.zombie?.process.end();
    return { kind: 'finished' };
  }
  const happened = disk.happened.length > faults || user.asked > asked || besides !== null;
  history.since = happened ? 0 : history.since + 1;
  if (end.kind === 'gone') return null;
  const message = end.kind === 'failed' ? end.message : (end.end.failure?.message ?? 'stopped');
  // Who goes on instead of another is never taken for over itself.
  const excused = (message.includes(INJECTED) || user.asked > asked || besides !== null) && !message.includes('taken over');
  if (disk.corrupted.size === 0 && !excused) return { kind: 'stuck', message: `the job fails for a reason of its own: ${message}` };
  if (!happened && disk.corrupted.size > 0) return { kind: 'refused', message };
  if (history.since >= RESTARTS) return { kind: 'stuck', message: `the job does not come to its end without faults: ${message}` };
  return null;
}

/** After the end, without faults: opens the checkpoints once more, which cleans up, and gives the newest one. Rejects as that does. */
export async function lookBack(history: History, ref: CheckpointRef): Promise<JobRestore> {
  const { disk } = history;
  disk.expect([]);
  const { scheduler, clock } = history.start();
  const process = new SimulatedProcess(disk, scheduler);
  const holder = { name: 'simulation', pid: 1, host: 'simulated', session: 'one', since: 0 };
  const open = async (): Promise<JobRestore> => {
    const store = await CheckpointStore.open(checkpointDisk(process, STATE), JOB, {
      holder,
      now: () => clock.now(),
      from: null,
    });
    const restore = await store.load(ref);
    await store.close();
    return restore;
  };
  const end = await drive(process, open());
  if (end?.kind === 'ended') return end.end;
  throw new Error(end?.kind === 'failed' ? end.message : 'the checkpoints cannot be opened any more');
}

/** Lets one thing happen after the other until the work is done or the process gone; null when it hangs. `besides`: goes on meanwhile, for a while. */
async function drive<T>(process: SimulatedProcess, work: Promise<T>, besides: Zombie | null = null): Promise<ProcessEnd<T> | null> {
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
    if (besides?.moves() === true) {
      await settled();
      // The power goes for both.
      if (besides.lostPower()) process.end();
    } else {
      if (process.scheduler.actions - start > MAX_ACTIONS || !process.scheduler.next()) return null;
      await settled();
    }
    if (!process.alive || process.forsaken) {
      if (besides?.lostPower() === true) besides.process.end();
      return { kind: 'gone' };
    }
  }
  return ended();
}

/** Everything that follows at once has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { numberIn } from '../../checkpoint/job-folder.ts';
import { CheckpointError } from '../../checkpoint/manifest-codec.ts';
import { fields, finite, guardOf, text, whole } from '../../checkpoint/shape.ts';
import { errorCode } from '../explain-error.ts';
import { type Disk, DiskError } from './disk.ts';

/** Who works in a job's folder. */
export interface LockHolder {
  /** As users know it: "VS Code", "streambook run". */
  readonly name: string;
  readonly pid: number;
  readonly host: string;
  /** The same for everything that is known to give way to each other, such as the jobs of one window. */
  readonly session: string;
  /** Wall clock, ms. */
  readonly since: number;
}

export function lockHolder(name: string, session: string, since: number): LockHolder {
  return { name, pid: process.pid, host: hostname(), session, since };
}

/** The lock of a session in a job's folder: each session has a file of its own, so that removing that of a dead one never removes a live one. */
function lockPath(folder: string, session: string): string {
  return `${folder}/lock-${session}`;
}

/**
 * Takes the lock of a job's folder. One left by a process that is gone gives way, and one of the session `yielding`, whose holder is known to be gone or to
 * stop. Of two that come at the same moment at most one gets it: each puts down its own first and looks for others then. Throws CheckpointError naming the holder.
 */
export async function takeLock(disk: Disk, folder: string, holder: LockHolder, yielding: string = holder.session): Promise<void> {
  const own = lockPath(folder, holder.session);
  await putDown(disk, own, holder);
  try {
    for (const name of await disk.list(folder)) {
      const path = `${folder}/${name}`;
      if (!name.startsWith('lock-') || path === own) continue;
      const other = await settledLock(disk, path);
      if (other !== null && other.session !== yielding && (await isAlive(other))) throw inUse(other);
      await disk.remove(path);
    }
  } catch (error) {
    // Why it could not be taken is what counts.
    await disk.remove(own).catch(() => undefined);
    throw error;
  }
}

/** Creates the lock of a session; what the session has left of an earlier one gives way. */
async function putDown(disk: Disk, path: string, holder: LockHolder): Promise<void> {
  for (;;) {
    try {
      await disk.create(path, [Buffer.from(JSON.stringify(holder))]);
      return;
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'EEXIST') throw error;
    }
    await disk.remove(path);
  }
}

function inUse({ name, pid, host, since }: LockHolder): CheckpointError {
  return new CheckpointError(
    'locked',
    `The checkpoints of this job are in use by ${name} (process ${pid} on ${host}, since ${new Date(since).toISOString()}). ` +
      'Stop that run first, or choose another folder.',
  );
}

/** ms; there are no dates beyond. */
const LAST_DATE = 8_640_000_000_000_000;

const isHolder = guardOf<LockHolder>(
  fields({ name: text(), pid: finite, host: text(), session: text(), since: whole(-LAST_DATE, LAST_DATE) }),
);

/** Between its coming into being and its having content a lock is empty: looked at for so long, it was left so by a crash. */
const LOOKS = 5;
/** How often, and every how many ms, a process is looked at that is about to be gone. */
const DYING_LOOKS = 100;
const DYING_PAUSE = 20;

async function settledLock(disk: Disk, path: string): Promise<LockHolder | null> {
  let holder = await readLock(disk, path);
  for (let look = 1; holder === null && look < LOOKS; look++) holder = await readLock(disk, path);
  return holder;
}

/** Gives the lock back, unless someone else of the same session has it by now. */
export async function releaseLock(disk: Disk, folder: string, holder: LockHolder): Promise<void> {
  const path = lockPath(folder, holder.session);
  const now = await readLock(disk, path);
  if (now === null || isSame(now, holder)) await disk.remove(path);
}

/**
 * Rejects with CheckpointError when run `run` of the holder is not the last one any more: another has taken its lock. Nobody has when the lock is just gone,
 * as when the run before gave back its own at the moment when this one took it: then it is put down again. But one that has taken it may be over by now, and
 * has left its folder.
 */
export async function checkLock(disk: Disk, folder: string, holder: LockHolder, run: number): Promise<void> {
  const own = lockPath(folder, holder.session);
  const now = await readLock(disk, own);
  if (now !== null && isSame(now, holder)) return;
  if (now === null && run > 0 && (await isLast(disk, folder, run, null)) && (await putDownAgain(disk, folder, holder, run))) return;
  const by = now === null ? 'another run' : `${now.name} (process ${now.pid}, since ${new Date(now.since).toISOString()})`;
  throw new CheckpointError(
    'locked',
    `The checkpoints of this job were taken over by ${by}, as this run was believed to be over. It changes nothing of them any more. ` +
      'Go on with the newer run.',
  );
}

/** No later run has begun, and nobody has a lock but the session of `own`. */
async function isLast(disk: Disk, folder: string, run: number, own: string | null): Promise<boolean> {
  const names = await disk.list(folder);
  return !names.some((name) => (name.startsWith('lock-') && `${folder}/${name}` !== own) || (numberIn(name, 'run-') ?? 0) > run);
}

/** As taking it: first it is put down, then others are looked for. False when somebody else has come meanwhile. */
async function putDownAgain(disk: Disk, folder: string, holder: LockHolder, run: number): Promise<boolean> {
  const own = lockPath(folder, holder.session);
  try {
    await disk.create(own, [Buffer.from(JSON.stringify(holder))]);
  } catch (error) {
    if (error instanceof DiskError && error.code === 'EEXIST') return false;
    // Half of a lock would be somebody else's to everybody.
    await disk.remove(own).catch(() => undefined);
    throw error;
  }
  if (await isLast(disk, folder, run, own)) return true;
  await releaseLock(disk, folder, holder);
  return false;
}

function isSame(a: LockHolder, b: LockHolder): boolean {
  return a.pid === b.pid && a.since === b.since;
}

/** Takes away what a session holds whose workers are known to be gone. */
export async function forgetLock(disk: Disk, folder: string, session: string): Promise<void> {
  await disk.remove(lockPath(folder, session));
}

/** Null when nobody holds it, or the file cannot be understood: then nobody does. */
async function readLock(disk: Disk, path: string): Promise<LockHolder | null> {
  try {
    const value: unknown = JSON.parse(Buffer.from(await disk.read(path)).toString('utf8'));
    return isHolder(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof DiskError && error.code === 'ENOENT')) return null;
    throw error;
  }
}

/** A process of another computer cannot be asked and counts as alive. One that was just killed is waited for: what it has begun it may still end. */
async function isAlive({ pid, host }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  for (let look = 0; look < DYING_LOOKS; look++) {
    const state = processState(pid);
    if (state !== 'dying') return state === 'alive';
    await setTimeout(DYING_PAUSE);
  }
  // Nobody has asked for its exit code: it stays in the list of processes, and does nothing any more.
  return false;
}

function processState(pid: number): 'alive' | 'dying' | 'gone' {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM' ? 'alive' : 'gone';
  }
  if (process.platform !== 'linux') return 'alive';
  try {
    // A process that has given up its memory has no command line any more.
    return readFileSync(`/proc/${pid}/cmdline`).length === 0 ? 'dying' : 'alive';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'gone' : 'alive';
  }
}

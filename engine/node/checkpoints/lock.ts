import { hostname } from 'node:os';
import { CheckpointError } from '../../checkpoint/manifest-codec.ts';
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

/** Takes the lock; one left by a process that is gone, or by the same session, gives way. Throws CheckpointError naming the holder. */
export async function takeLock(disk: Disk, path: string, holder: LockHolder): Promise<void> {
  for (;;) {
    try {
      await disk.create(path, [Buffer.from(JSON.stringify(holder))]);
      return;
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'EEXIST') throw error;
    }
    const other = await settledLock(disk, path);
    if (other !== null && other.session !== holder.session && isAlive(other)) {
      throw new CheckpointError(
        'locked',
        `The checkpoints of this job are in use by ${other.name} (process ${other.pid} on ${other.host}, since ${new Date(other.since).toISOString()}). ` +
          'Stop that run first, or choose another folder.',
      );
    }
    await disk.remove(path);
  }
}

/** ms; there are no dates beyond. */
const LAST_DATE = 8_640_000_000_000_000;

/** Between its coming into being and its having content a lock is empty: looked at for so long, it was left so by a crash. */
const LOOKS = 5;

async function settledLock(disk: Disk, path: string): Promise<LockHolder | null> {
  let holder = await readLock(disk, path);
  for (let look = 1; holder === null && look < LOOKS; look++) holder = await readLock(disk, path);
  return holder;
}

/** Gives the lock back, unless someone else of the same session has it by now. */
export async function releaseLock(disk: Disk, path: string, holder: LockHolder): Promise<void> {
  const now = await readLock(disk, path);
  const isOurs = now === null || (now.session === holder.session && now.pid === holder.pid && now.since === holder.since);
  if (isOurs) await disk.remove(path);
}

/** Null when nobody holds it, or the file cannot be understood: then nobody does. */
export async function readLock(disk: Disk, path: string): Promise<LockHolder | null> {
  try {
    const value: unknown = JSON.parse(Buffer.from(await disk.read(path)).toString('utf8'));
    return isHolder(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof DiskError && error.code === 'ENOENT')) return null;
    throw error;
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'host' in value &&
    'session' in value &&
    'since' in value &&
    typeof value.since === 'number' &&
    Math.abs(value.since) <= LAST_DATE
  );
}

/** A process of another computer cannot be asked and counts as alive. */
function isAlive({ pid, host }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

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
    const other = await readLock(disk, path);
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
    typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number' && 'host' in value && 'session' in value
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

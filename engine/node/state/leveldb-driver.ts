import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { StoreDriver } from './store-protocol.ts';

/** Names of stores begin with the process that has them. */
const OWNER = /^(\d+)-/;

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Stores of processes that are gone are of no use to anybody: what they held is in checkpoints. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = OWNER.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/**
 * A LevelDB of its own, in a folder of its own that nobody has opened before: LevelDB's lock is dropped when a process opens a database twice. Nothing is
 * synced, as nobody reads it after a crash.
 */
export async function openLevelDb(folder: string, name: string): Promise<StoreDriver> {
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  // Here, and not above: on a platform without it the message has to come from an operation.
  const { ClassicLevel } = await import('classic-level');
  const location = path.join(folder, name);
  const db = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view', errorIfExists: true });
  await db.open();
  return {
    write: (writes) => db.batch(writes.map(([key, value]) => (value === null ? { type: 'del', key } : { type: 'put', key, value }))),
    get: (key) => db.getSync(key) ?? null,
    scan: (from, to, limit) => (limit === 0 ? Promise.resolve([]) : db.iterator({ gte: from, lt: to, limit }).all()),
    dispose: async () => {
      await db.close();
      await rm(location, { recursive: true, force: true });
    },
  };
}

import assert from 'node:assert/strict';
import type { CheckpointStorage, CheckpointStorageAccess } from '../api/checkpoint-storage.ts';
import type { JobIdentity } from '../checkpoint/manifest.ts';
import { CheckpointError } from '../checkpoint/manifest-codec.ts';
import { CheckedStorage } from '../node/checkpoints/checked-storage.ts';
import { checkCopies, leftovers, PublishedRun } from './checkpoint-storage/published-job.ts';
import { type OpenStorage, STORAGE_CONTRACT } from './checkpoint-storage/storage-contract.ts';

const TIMEOUT = 60_000;
const NOTEBOOK = 'conformance.stream.md';

/** Checkpoints of jobs in a storage, by name. Each check has jobs of its own. */
const JOBS: Readonly<Record<string, (open: OpenStorage, job: (name: string) => JobIdentity) => Promise<void>>> = {
  async 'are restored from the storage alone, and leave nothing behind that none of them needs'(open, job) {
    const access = await open();
    await (await PublishedRun.open(access, job('whole'))).live();
    const visible = await checkCopies(await open(), job('whole'));
    assert.deepEqual(
      new Set(visible.map(({ checkpoint }) => checkpoint)),
      new Set([3, 5, 6]),
      'the one with a name, and the newest automatic ones',
    );
    assert.deepEqual(await leftovers(await open(), job('whole')), []);
  },

  async 'belong to one run at a time: what an earlier one still publishes does not count'(open, job) {
    const earlier = await PublishedRun.open(await open(), job('fenced'));
    await earlier.publish();
    const later = await PublishedRun.open(await open(), job('fenced'));
    assert.equal(later.store.run, earlier.store.run + 1);
    const isLocked = (error: unknown): boolean => error instanceof CheckpointError && error.reason === 'locked';
    await assert.rejects(earlier.publish(), isLocked);
    await later.publish();
    await assert.rejects(earlier.store.delete({ run: 1, checkpoint: 1 }), isLocked);
    assert.deepEqual(await checkCopies(await open(), job('fenced')), [
      { run: 1, checkpoint: 1 },
      { run: 2, checkpoint: 1 },
    ]);
  },

  async 'of two runs that begin at once have different numbers'(open, job) {
    const begun = await Promise.allSettled([1, 2, 3].map(async () => await PublishedRun.open(await open(), job('raced'))));
    const runs = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value.store.run] : []));
    assert.ok(runs.length > 0);
    assert.equal(new Set(runs).size, runs.length);
  },

  async 'are whole after a crash between any two calls, and the newest that counted is there'(open, job) {
    for (const when of ['before', 'after'] as const) {
      for (let calls = 0, isOver = false; !isOver; calls++) {
        const of = job(`crash-${when}-${calls}`);
        const doomed = doomedAfter(await open(), calls, when);
        let run: PublishedRun | null = null;
        try {
          run = await PublishedRun.open(doomed, of);
          await run.live();
          isOver = true;
        } catch (error) {
          if (!String(error).includes(CRASHED)) throw error;
        }
        const visible = await checkCopies(await open(), of);
        const newest = run?.counted.at(-1);
        if (newest !== undefined) {
          const isThere = visible.some((one) => one.run === newest.run && one.checkpoint >= newest.checkpoint);
          assert.ok(isThere, `after a crash ${when} call ${calls}: checkpoint ${newest.checkpoint} has counted and is gone`);
        }
        const next = await PublishedRun.open(await open(), of);
        await next.publish();
        await next.store.close();
        await checkCopies(await open(), of);
        assert.deepEqual(await leftovers(await open(), of), [], `after a crash ${when} call ${calls}`);
      }
    }
  },
};

type Check = (storage: CheckpointStorage) => Promise<void>;

const CRASHED = 'the process is gone';

/** The same until so many calls have been made; from the next on nothing is answered, which itself is done or not. */
function doomedAfter(access: CheckpointStorageAccess, calls: number, when: 'before' | 'after'): CheckpointStorageAccess {
  let left = calls;
  const call = async <T>(deed: () => T | Promise<T>): Promise<T> => {
    if (left-- > 0) return await deed();
    if (left === -1 && when === 'after') await deed();
    throw new Error(CRASHED);
  };
  return {
    read: (name) => call(() => access.read(name)),
    write: (name, bytes) => call(() => access.write(name, bytes)),
    create: (name, bytes) => call(() => access.create(name, bytes)),
    delete: (name) => call(() => access.delete(name)),
    list: (prefix) => call(() => access.list(prefix)),
    dispose: () => call(() => access.dispose()),
  };
}

/**
 * What every storage for checkpoints has to do, by name: as a place for files, and with the checkpoints of jobs in it. They may all be given the same storage.
 * Throws AssertionError.
 */
export const CHECKPOINT_STORAGE_CONFORMANCE: Readonly<Record<string, Check>> = Object.fromEntries<Check>([
  ...Object.entries(STORAGE_CONTRACT).map(([name, check], at): readonly [string, Check] => [
    `A storage ${name}`,
    (storage) => withStorage(storage, (open) => check(open, `jobs/contract-${at}`, storage)),
  ]),
  ...Object.entries(JOBS).map(([name, check]): readonly [string, Check] => [
    `Checkpoints ${name}`,
    (storage) => withStorage(storage, (open) => check(open, (cell) => ({ notebook: NOTEBOOK, cell }))),
  ]),
]);

async function withStorage(storage: CheckpointStorage, use: (open: OpenStorage) => Promise<void>): Promise<void> {
  const opened: CheckpointStorageAccess[] = [];
  try {
    await use(async () => {
      const access = await CheckedStorage.open(storage, { notebook: NOTEBOOK, cell: 'conformance' }, TIMEOUT);
      opened.push(access);
      return access;
    });
  } finally {
    for (const access of opened) await access.dispose();
  }
}

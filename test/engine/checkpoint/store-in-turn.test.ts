import assert from 'node:assert/strict';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import type { Disk } from '../../../engine/node/checkpoints/disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { DETAILS, JOB, sumsJob, takeSnapshot } from './sums-job.ts';

/** A disk that does something else after its n-th operation, before whoever waits for that one goes on. */
class InterruptedDisk extends MemoryDisk {
  countdown = Number.POSITIVE_INFINITY;
  interrupt: () => void = () => undefined;

  #passed<T>(outcome: Promise<T>): Promise<T> {
    return outcome.then((value) => {
      if (--this.countdown === 0) this.interrupt();
      return value;
    });
  }
  override create(...args: Parameters<Disk['create']>): ReturnType<Disk['create']> {
    return this.#passed(super.create(...args));
  }
  override syncFile(path: string): Promise<void> {
    return this.#passed(super.syncFile(path));
  }
  override syncFolder(path: string): Promise<void> {
    return this.#passed(super.syncFolder(path));
  }
  override rename(from: string, to: string): Promise<void> {
    return this.#passed(super.rename(from, to));
  }
  override list(path: string): Promise<readonly string[]> {
    return this.#passed(super.list(path));
  }
}

async function publishedTwo(): Promise<{ readonly disk: InterruptedDisk; readonly store: CheckpointStore; readonly executor: Executor }> {
  const disk = new InterruptedDisk();
  const store = await CheckpointStore.open(disk, JOB, { holder: lockHolder('test', 'a', 0), now: () => 1, from: null });
  const executor = sumsJob(100, 30);
  for (const checkpoint of [1, 2]) await store.publish(takeSnapshot(executor, checkpoint, 500), DETAILS);
  return { disk, store, executor };
}

const FIRST: CheckpointRef = { run: 1, checkpoint: 1 };

describe('Checkpoints that a user changes while the job writes them', () => {
  it('deleting one at any moment leaves a checkpoint readable that is just being published', async () => {
    for (let at = 1; at <= 8; at++) {
      const { disk, store, executor } = await publishedTwo();
      const snapshot = takeSnapshot(executor, 3, 500);
      const deleted: Promise<void>[] = [];
      disk.countdown = at;
      disk.interrupt = (): void => void deleted.push(store.delete(FIRST));
      await store.publish(snapshot, DETAILS);
      await Promise.all(deleted);
      await assert.doesNotReject(store.load({ run: 1, checkpoint: 3 }), `deleted after operation ${at}`);
    }
  });

  it('one that was named is kept, whenever it was named', async () => {
    for (let at = 1; at <= 8; at++) {
      const { disk, store } = await publishedTwo();
      const named: Promise<void>[] = [];
      disk.countdown = at;
      disk.interrupt = (): void => void named.push(store.setLabel(FIRST, 'before deploy'));
      await store.retain(1);
      const [outcome] = await Promise.allSettled(named);
      if (outcome?.status === 'fulfilled') await assert.doesNotReject(store.load(FIRST), `named after operation ${at}`);
    }
  });

  it('a name is heeded that makes the file neither longer nor shorter', async () => {
    const { store } = await publishedTwo();
    await store.setLabel(FIRST, 'v2');
    await store.retain(1);
    await assert.doesNotReject(store.load(FIRST));
  });
});

describe('A job that works on while its checkpoint is laid out', () => {
  it('has in it what was there at the barrier', async () => {
    const undisturbed = await publishedBig(() => undefined);
    let turns = 0;
    const working = await publishedBig((executor) => {
      turns++;
      executor.step(1_000);
    });
    assert.ok(turns > 10, `${turns} turns`);
    assert.deepEqual(working, undisturbed);
  });

  /** The blobs of a checkpoint after the first of two rounds over many keys; `meanwhile` at every turn that laying it out gives to others. */
  async function publishedBig(meanwhile: (executor: Executor) => void): Promise<readonly string[]> {
    const disk = new MemoryDisk();
    const executor = sumsJob(20_000, 2);
    const pause = (): null => {
      meanwhile(executor);
      return null;
    };
    const store = await CheckpointStore.open(disk, JOB, {
      holder: lockHolder('test', 'a', 0),
      now: () => 1,
      from: null,
      pause,
    });
    await store.publish(takeSnapshot(executor, 1, 20_000), DETAILS);
    return [...disk.files.keys()].filter((name) => name.includes('/blobs/'));
  }
});

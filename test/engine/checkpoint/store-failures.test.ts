import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import { CheckpointError, readManifest, writeManifest } from '../../../engine/checkpoint/manifest-codec.ts';
import type { CheckpointManifest } from '../../../engine/checkpoint/manifest.ts';
import { runsToForget } from '../../../engine/checkpoint/retention.ts';
import { CheckpointReader } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { type Disk, DiskError, type DiskErrorCode } from '../../../engine/node/checkpoints/disk.ts';
import { type LockHolder, lockHolder, takeLock } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { DETAILS, JOB, sumsJob, takeSnapshot } from './sums-job.ts';

type Verb = 'read' | 'create' | 'syncFile' | 'syncFolder' | 'rename' | 'remove';

/** A disk whose next operation of a kind on certain paths fails; a `create` leaves half of the file. Notes what it was asked to change. */
class FailingDisk extends MemoryDisk {
  next: { readonly verb: Verb; readonly path: RegExp; readonly code: DiskErrorCode } | null = null;
  readonly asked: string[] = [];

  async #unlessFailing(verb: Verb, path: string, work: () => Promise<void>): Promise<void> {
    if (verb !== 'read') this.asked.push(`${verb} ${path}`);
    const { next } = this;
    if (next?.verb !== verb || !next.path.test(path)) {
      await work();
      return;
    }
    this.next = null;
    if (verb === 'create') this.files.set(path, Buffer.from('half'));
    throw new DiskError(next.code, path, `${path} fails with ${next.code}.`);
  }
  override async read(path: string): Promise<Uint8Array> {
    await this.#unlessFailing('read', path, () => Promise.resolve());
    return await super.read(path);
  }
  override create(...args: Parameters<Disk['create']>): Promise<void> {
    return this.#unlessFailing('create', args[0], () => super.create(...args));
  }
  override syncFile(path: string): Promise<void> {
    return this.#unlessFailing('syncFile', path, () => super.syncFile(path));
  }
  override syncFolder(path: string): Promise<void> {
    return this.#unlessFailing('syncFolder', path, () => super.syncFolder(path));
  }
  override rename(from: string, to: string): Promise<void> {
    return this.#unlessFailing('rename', to, () => super.rename(from, to));
  }
  override remove(path: string): Promise<void> {
    return this.#unlessFailing('remove', path, () => super.remove(path));
  }
}

const open = (disk: Disk, holder: LockHolder = lockHolder('test', 'a', 0)): Promise<CheckpointStore> =>
  CheckpointStore.open(disk, JOB, { holder, now: () => 1, from: null });

const leftOver = (disk: MemoryDisk): readonly string[] => [...disk.files.keys()].filter((name) => name.endsWith('.part'));
const blobsOf = (disk: MemoryDisk): readonly string[] => [...disk.files.keys()].filter((name) => /blobs\/[0-9a-f]{64}$/.test(name));

describe('A store of checkpoints whose disk fails', () => {
  const failures: readonly (readonly [Verb, RegExp, DiskErrorCode])[] = [
    ['create', /blobs\//, 'ENOSPC'],
    ['create', /chk-2\.json/, 'ENOSPC'],
    ['syncFile', /blobs\//, 'EIO'],
    ['syncFile', /chk-2\.json/, 'EIO'],
    ['rename', /blobs\//, 'EACCES'],
    ['rename', /chk-2\.json$/, 'EACCES'],
    ['syncFolder', /blobs$/, 'EIO'],
  ];
  for (const [verb, path, code] of failures) {
    it(`loses no checkpoint and leaves nothing behind when ${verb} of ${path.source} fails with ${code}`, async () => {
      const disk = new FailingDisk();
      const store = await open(disk);
      const executor = sumsJob(100, 30);
      await store.publish(takeSnapshot(executor, 1, 200), DETAILS);
      disk.next = { verb, path, code };
      await assert.rejects(store.publish(takeSnapshot(executor, 2, 200), DETAILS), { name: 'DiskError', code });
      assert.equal(disk.next, null);
      assert.deepEqual(leftOver(disk), []);
      assert.equal((await store.loadNewest())?.checkpoint, 1);
      await store.publish(takeSnapshot(executor, 3, 200), DETAILS);
      await store.retain(3);
      assert.equal((await store.loadNewest())?.checkpoint, 3);
      assert.equal(blobsOf(disk).length, 2, 'nothing of the one that failed is left');
    });
  }

  it('does not trust a blob whose name it could not make durable: the same content is written anew, never synced again', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    const snapshot = takeSnapshot(sumsJob(100, 30), 1, 200);
    disk.next = { verb: 'syncFolder', path: /blobs$/, code: 'EIO' };
    await assert.rejects(store.publish(snapshot, DETAILS));
    disk.asked.length = 0;
    await store.publish({ ...snapshot, checkpoint: 2 }, DETAILS);
    const blob = disk.asked.filter((operation) => operation.includes('/blobs'));
    assert.deepEqual(
      blob.map((operation) => operation.replace(/ .*\/blobs(\/[0-9a-f]{64})?/, ' ')),
      ['create .1-2.part', 'syncFile .1-2.part', 'rename ', 'syncFolder '],
    );
    disk.asked.length = 0;
    await store.publish({ ...snapshot, checkpoint: 3 }, DETAILS);
    assert.equal(
      disk.asked.filter((operation) => operation.startsWith('create') && operation.includes('/blobs')).length,
      0,
      'now it is trusted',
    );
  });

  it('goes on from a checkpoint whose manifest could not be read once before', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    await store.publish(takeSnapshot(sumsJob(100, 30), 1, 200), DETAILS);
    disk.next = { verb: 'read', path: /chk-1\.json$/, code: 'EIO' };
    await store.retain(3);
    assert.equal(disk.next, null);
    assert.equal((await store.loadNewest())?.checkpoint, 1);
  });

  it('names a checkpoint although an earlier attempt to do so ended in the middle', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    await store.publish(takeSnapshot(sumsJob(100, 30), 1, 200), DETAILS);
    await store.close();
    disk.files.set(`${jobFolder(JOB)}/run-1/chk-1.json.1.part`, Buffer.from('half'));
    const options = { holder: lockHolder('test', 'b', 0), now: () => 2, from: null };
    const later = await CheckpointStore.maintain(disk, JOB, options);
    await later.setLabel({ run: 1, checkpoint: 1 }, 'kept');
    assert.deepEqual(leftOver(disk), []);
  });

  it('mends a blob of the same name that is damaged', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    const snapshot = takeSnapshot(sumsJob(100, 30), 1, 200);
    await store.publish(snapshot, DETAILS);
    const [blob] = blobsOf(disk);
    disk.files.set(blob!, Buffer.from(disk.files.get(blob!)!).fill(0, 0, 50));
    await assert.rejects(store.load({ run: 1, checkpoint: 1 }), /is damaged/);
    await store.publish({ ...snapshot, checkpoint: 2 }, DETAILS);
    assert.equal((await store.load({ run: 1, checkpoint: 1 })).checkpoint, 1);
  });

  it('deletes no blob when it cannot be known that a manifest is gone', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    const executor = sumsJob(100, 30);
    for (let checkpoint = 1; checkpoint <= 4; checkpoint++) await store.publish(takeSnapshot(executor, checkpoint, 200), DETAILS);
    const before = blobsOf(disk);
    disk.next = { verb: 'remove', path: /chk-1\.json/, code: 'EIO' };
    await assert.rejects(store.retain(3), { code: 'EIO' });
    assert.deepEqual(blobsOf(disk), before);
    assert.equal((await store.load({ run: 1, checkpoint: 1 })).checkpoint, 1);
  });
});

describe('A reader of checkpoints', () => {
  it('reads again what the disk did not give once, and remembers what is damaged', async () => {
    class PassingDisk extends MemoryDisk {
      failing = true;
      reads = 0;
      override async read(path: string): Promise<Uint8Array> {
        if (path.includes('/chk-') && path.endsWith('.json')) this.reads++;
        if (this.failing && path.endsWith('.json') && path.includes('/chk-')) throw new DiskError('EIO', path, `${path} fails with EIO.`);
        return await super.read(path);
      }
    }
    const disk = new PassingDisk();
    const store = await open(disk);
    await store.publish(takeSnapshot(sumsJob(10, 3), 1, 20), DETAILS);
    const reader = new CheckpointReader(disk);
    const look = async (): Promise<string | null> => (await reader.checkpoint(jobFolder(JOB), { run: 1, checkpoint: 1 })).error;
    assert.match((await look()) ?? '', /fails with EIO/);
    disk.failing = false;
    assert.equal(await look(), null);
    const [manifest] = [...disk.files.keys()].filter((name) => name.includes('/chk-'));
    disk.files.set(manifest!, Buffer.from('{'));
    disk.reads = 0;
    assert.match((await look()) ?? '', /is damaged/);
    assert.match((await look()) ?? '', /is damaged/);
    assert.equal(disk.reads, 1);
  });

  it('finds the checkpoints of a run by its folder, whatever a damaged file says of its number', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.publish(takeSnapshot(sumsJob(10, 3), 1, 20), DETAILS);
    for (const damaged of ['{"run":9,"started":1,"forkedFrom":null,"notebookPath":null}', '{"run":', '']) {
      disk.files.set(`${jobFolder(JOB)}/run-1/run.json`, Buffer.from(damaged));
      const reader = new CheckpointReader(disk);
      assert.deepEqual(
        (await reader.runs(jobFolder(JOB))).map(({ run }) => run),
        [1],
      );
      assert.equal((await reader.checkpoints(jobFolder(JOB), 1)).length, 1);
    }
  });
});

describe('The lock of a job', () => {
  const lockOf = (disk: MemoryDisk): string => [...disk.files.keys()].find((name) => name.includes('/lock-')) ?? assert.fail('no lock');

  it('is given back only by who has it', async () => {
    const disk = new MemoryDisk();
    const first = await open(disk, lockHolder('VS Code', 'window', 1));
    const second = await open(disk, lockHolder('VS Code', 'window', 2));
    await first.close();
    await assert.rejects(open(disk, lockHolder('streambook run', 'other', 3)), /in use by VS Code/);
    await second.close();
    assert.equal((await open(disk, lockHolder('streambook run', 'other', 3))).run, 3);
  });

  it('that its predecessor took away with its own, at the moment when it changed hands, is put down again', async () => {
    class ShiftingDisk extends MemoryDisk {
      onRemove = async (): Promise<void> => await Promise.resolve();
      override async remove(path: string): Promise<void> {
        if (path.includes('/lock-')) await this.onRemove();
        await super.remove(path);
      }
    }
    const disk = new ShiftingDisk();
    const first = await open(disk, lockHolder('VS Code', 'window', 1));
    const begun: CheckpointStore[] = [];
    disk.onRemove = async () => {
      disk.onRemove = async () => await Promise.resolve();
      begun.push(await open(disk, lockHolder('VS Code', 'window', 2)));
    };
    // It has read that the lock is its own, and is about to remove it.
    await first.close();
    const store = begun[0] ?? assert.fail('the second did not begin');
    assert.ok(![...disk.files.keys()].some((name) => name.includes('/lock-')));
    await store.publish(takeSnapshot(sumsJob(10, 3), 1, 20), DETAILS);
    await assert.rejects(open(disk, lockHolder('streambook run', 'other', 3)), /in use by VS Code/);
    await store.close();
    assert.equal((await open(disk, lockHolder('streambook run', 'other', 3))).run, 3);
  });

  it('that is only just coming into being is not taken away; one that makes no sense, after a crash, is', async () => {
    class SlowDisk extends MemoryDisk {
      looks = 0;
      override async read(path: string): Promise<Uint8Array> {
        // The other process creates the file before it writes to it.
        if (path.includes('/lock-') && ++this.looks <= 2) return new Uint8Array(0);
        return await super.read(path);
      }
    }
    const disk = new SlowDisk();
    await open(disk, lockHolder('VS Code', 'window', 1));
    await assert.rejects(open(disk, lockHolder('streambook run', 'other', 2)), /in use by VS Code/);
    const lock = lockOf(disk);
    for (const content of ['', '{"pid":1', '{"name":"x","pid":1,"host":"h","session":"s","since":1e99}', 'null']) {
      disk.files.set(lock, Buffer.from(content));
      const store = await open(disk, lockHolder('streambook run', 'other', 2));
      await store.close();
    }
  });

  it('is had by one at most of any number that find a stale one at the same moment', async () => {
    const stale = { ...lockHolder('gone', 'gone', 0), pid: 2 ** 22 + 1 };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        /** Each operation happens when the scheduler says so, whoever asked for it first. */
        class ScheduledDisk extends MemoryDisk {
          #scheduled<T>(work: () => Promise<T>): Promise<T> {
            return scheduler.schedule(Promise.resolve()).then(work);
          }
          override create(...args: Parameters<Disk['create']>): Promise<void> {
            return this.#scheduled(() => super.create(...args));
          }
          override list(path: string): Promise<readonly string[]> {
            return this.#scheduled(() => super.list(path));
          }
          override read(path: string): Promise<Uint8Array> {
            return this.#scheduled(() => super.read(path));
          }
          override remove(path: string): Promise<void> {
            return this.#scheduled(() => super.remove(path));
          }
        }
        const disk = new ScheduledDisk();
        await disk.makeFolder('job');
        disk.files.set('job/lock-gone', Buffer.from(JSON.stringify(stale)));
        const taken = ['a', 'b', 'c'].map((session) => takeLock(disk, 'job', lockHolder('test', session, 0)));
        const outcomes = Promise.allSettled(taken);
        await scheduler.waitFor(outcomes);
        const had = (await outcomes).filter(({ status }) => status === 'fulfilled').length;
        assert.ok(had <= 1, `${had} have it`);
        disk.files.delete('job/lock-gone');
        assert.equal(disk.files.size, had, 'who did not get it leaves nothing behind');
      }),
      { numRuns: 300 },
    );
  });

  it('of a killed worker gives way to who knows that it was killed, and to nobody else', async () => {
    const disk = new MemoryDisk();
    const killed = await open(disk, lockHolder('VS Code', 'window', 1));
    await killed.publish(takeSnapshot(sumsJob(10, 3), 1, 20), DETAILS);
    const options = { holder: lockHolder('VS Code', 'maintenance', 2), now: () => 1, from: null };
    await assert.rejects(CheckpointStore.maintain(disk, JOB, options), /in use by VS Code/);
    const store = await CheckpointStore.maintain(disk, JOB, options, 'window');
    await assert.rejects(open(disk, lockHolder('VS Code', 'window', 3)), /in use by VS Code/, 'a job that begins meanwhile waits its turn');
    await store.delete({ run: 1, checkpoint: 1 });
    await store.close();
    assert.equal((await open(disk, lockHolder('VS Code', 'window', 4))).run, 2);
  });

  it('of a process that was killed this moment gives way, once the process is gone', async function () {
    if (process.platform !== 'linux') this.skip();
    for (let round = 0; round < 5; round++) {
      // With so much memory it takes a while to go.
      const child = spawn(process.execPath, ['-e', 'globalThis.all = Buffer.alloc(2 ** 28, 1); console.log(1); setInterval(() => 0, 1e6)']);
      const gone = once(child, 'exit');
      await once(child.stdout, 'data');
      const disk = new MemoryDisk();
      await open(disk, { ...lockHolder('streambook run', 'killed', 1), pid: child.pid ?? 0 });
      await assert.rejects(open(disk, lockHolder('streambook run', 'next', 2)), /in use by streambook run/);
      child.kill('SIGKILL');
      while (readFileSync(`/proc/${child.pid}/cmdline`).length > 0);
      assert.equal((await open(disk, lockHolder('streambook run', 'next', 2))).run, 2);
      await gone;
    }
  });

  it('is given back after a deletion that is under way', async () => {
    const disk = new FailingDisk();
    const store = await open(disk);
    for (const checkpoint of [1, 2]) await store.publish(takeSnapshot(sumsJob(10, 3), checkpoint, 20), DETAILS);
    disk.asked.length = 0;
    const deleted = store.delete({ run: 1, checkpoint: 1 });
    await store.close();
    await deleted;
    assert.match(disk.asked.at(-1) ?? '', /^remove .*lock-a$/);
  });

  it('does not let two runs have one number, even if both believe to have it', async () => {
    class StaleDisk extends MemoryDisk {
      override async list(path: string): Promise<readonly string[]> {
        const names = await super.list(path);
        return /^jobs\/[^/]+$/.test(path) ? names.filter((name) => name !== 'run-1') : names;
      }
    }
    const disk = new StaleDisk();
    await open(disk);
    await assert.rejects(open(disk), /run-1 was begun by someone else at the same moment/);
  });
});

describe('Earlier runs', () => {
  it('without a checkpoint are forgotten once they are many; numbers are never used again', async () => {
    const disk = new MemoryDisk();
    for (let run = 1; run <= 55; run++) {
      const store = await open(disk);
      if (run === 2) await store.publish(takeSnapshot(sumsJob(100, 30), 1, 200), DETAILS);
      assert.equal(store.run, run);
      await store.close();
    }
    const reader = new CheckpointReader(disk);
    const runs = (await reader.runs(jobFolder(JOB))).map(({ run }) => run);
    assert.deepEqual(runs, [2, ...Array.from({ length: 50 }, (_, at) => at + 6)]);
    assert.deepEqual(runsToForget([3, 1, 2], []), []);
  });
});

describe('A checkpoint that is not what it should be', () => {
  async function tampered(change: (manifest: CheckpointManifest) => CheckpointManifest, as = 'chk-1.json'): Promise<unknown> {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.publish(takeSnapshot(sumsJob(100, 30), 1, 200), DETAILS);
    const path = [...disk.files.keys()].find((name) => name.endsWith('chk-1.json')) ?? '';
    const manifest = readManifest(Buffer.from(disk.files.get(path)!).toString(), path);
    disk.files.set(path.replace('chk-1.json', as), Buffer.from(writeManifest(change(manifest))));
    return await store.load({ run: 1, checkpoint: Number(/\d+/.exec(as)?.[0]) }).catch((error: unknown) => error);
  }
  const withRun = (change: Partial<CheckpointManifest['operators'][number]['keyed'][number]['subtasks'][number]['runs'][number]>) =>
    tampered((manifest) => ({
      ...manifest,
      operators: manifest.operators.map((operator) => ({
        ...operator,
        keyed: operator.keyed.map((state) => ({
          ...state,
          subtasks: state.subtasks.map((subtask) => ({ ...subtask, runs: subtask.runs.map((run) => ({ ...run, ...change })) })),
        })),
      })),
    }));

  it('is refused under the name of another', async () => {
    const error = await tampered((manifest) => manifest, 'chk-9.json');
    assert.ok(error instanceof CheckpointError);
    assert.equal(error.reason, 'corrupt');
    assert.match(error.message, /chk-9\.json is damaged: it is checkpoint 1 of run 1 under another name/);
  });

  it('is refused before a job begins when it names other parts of its blobs than there are', async () => {
    for (const change of [{ offset: 1 }, { offset: 1e9 }, { length: 10, indexOffset: 2 }, { indexOffset: 0 }, { entries: 1 }]) {
      const error = await withRun(change);
      assert.ok(error instanceof CheckpointError, JSON.stringify(change));
      assert.match(error.message, /chk-1\.json is damaged: what it says of .*blobs\/[0-9a-f]{64} does not fit/);
    }
  });
});

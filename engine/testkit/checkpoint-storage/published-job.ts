import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';
import { jobFolder } from '../../checkpoint/job-folder.ts';
import type { CheckpointRef, JobIdentity } from '../../checkpoint/manifest.ts';
import type { JobRestore, JobSnapshot } from '../../checkpoint/snapshot.ts';
import { CheckpointCopies } from '../../node/checkpoints/checkpoint-copies.ts';
import { loadCheckpoint } from '../../node/checkpoints/checkpoint-load.ts';
import { CheckpointStore, type PublishDetails } from '../../node/checkpoints/checkpoint-store.ts';
import { lockHolder } from '../../node/checkpoints/lock.ts';
import { MemoryDisk } from '../../node/checkpoints/memory-disk.ts';
import { compareBytes } from '../../state/byte-writer.ts';
import { encodeEntryKey } from '../../state/entry-codec.ts';
import { encodeValue } from '../../state/stored-value.ts';

/** Keys of the job's one state. */
const KEYS = 20;
/** Automatic checkpoints that are kept. */
const RETAINED = 2;

const DETAILS: PublishDetails = { kind: 'checkpoint', label: null, final: false, triggered: 0, pause: 0, encoding: 0, elapsed: () => 0 };

/** The value of a key at a checkpoint: each one changes a third of the keys. */
function valueAt(key: number, checkpoint: number): number {
  let value = key;
  for (let number = 1; number <= checkpoint; number++) if (key % 3 === number % 3) value += 1_000 * number;
  return value;
}

function snapshotOf(checkpoint: number, full: boolean): JobSnapshot {
  const changed = Array.from({ length: KEYS }, (_, key) => key).filter((key) => full || key % 3 === checkpoint % 3);
  const keys = changed.map((key) => encodeEntryKey(0, key));
  const values = changed.map((key) => encodeValue(valueAt(key, checkpoint)));
  const state = {
    name: 'sum',
    kind: 'value',
    mode: full ? 'full' : 'delta',
    groups: [{ keyGroup: 0, keys, values }],
    entries: KEYS,
    bytes: 10 * KEYS,
  } as const;
  return {
    checkpoint,
    records: 100 * checkpoint,
    watermark: Number.NEGATIVE_INFINITY,
    processingTime: 0,
    graphHash: 'graph',
    ended: false,
    runtime: encodeValue(null),
    operators: [
      {
        id: createHash('md5').update('sum').digest('hex'),
        uid: 'sum',
        name: 'Sum',
        kind: 'sum',
        parallelism: 1,
        maxParallelism: 1,
        vertex: 1,
        subtasks: [{ subtask: 0, keyed: [state], operator: [], watermark: Number.NEGATIVE_INFINITY, positions: [], committables: [] }],
      },
    ],
  };
}

/** A run of a small job with a folder of its own, as on another computer, that publishes into a storage. */
export class PublishedRun {
  readonly store: CheckpointStore;
  /** Of this run, that were published; those that had to go are not among them. */
  readonly counted: CheckpointRef[] = [];
  #last = 0;

  private constructor(store: CheckpointStore) {
    this.store = store;
  }

  static async open(access: CheckpointStorageAccess, job: JobIdentity): Promise<PublishedRun> {
    const options = { holder: lockHolder('test', 'a', 0), now: () => 1, from: null, copies: new CheckpointCopies(access, job) };
    return new PublishedRun(await CheckpointStore.open(new MemoryDisk(), job, options));
  }

  async publish(kind: PublishDetails['kind'] = 'checkpoint'): Promise<void> {
    const checkpoint = ++this.#last;
    const { run } = await this.store.publish(snapshotOf(checkpoint, checkpoint === 1), { ...DETAILS, kind });
    this.counted.push({ run, checkpoint });
    await this.store.retain(RETAINED);
  }

  /** All that is done to a storage. */
  async live(): Promise<void> {
    await this.publish();
    await this.publish('savepoint');
    await this.publish();
    await this.store.setLabel({ run: this.store.run, checkpoint: 3 }, 'kept');
    for (let more = 0; more < 3; more++) await this.publish();
    await this.store.delete({ run: this.store.run, checkpoint: 2 });
    await this.store.close();
  }
}

/**
 * Everything that is visible in the storage can be restored from it alone, and holds what the job had. Gives what is visible. Throws AssertionError.
 */
export async function checkCopies(access: CheckpointStorageAccess, job: JobIdentity): Promise<readonly CheckpointRef[]> {
  const copies = new CheckpointCopies(access, job);
  const visible = (await copies.list()) ?? assert.fail('a visible checkpoint cannot be read');
  for (const ref of visible) {
    const manifest = (await copies.manifest(ref)) ?? assert.fail(`checkpoint ${ref.run}/${ref.checkpoint} has no manifest`);
    const restore = await loadCheckpoint(copies.disk, jobFolder(job), manifest);
    assert.deepEqual(sumsOf(restore), sumsAt(ref.checkpoint), `the state of checkpoint ${ref.run}/${ref.checkpoint}`);
  }
  return visible.map(({ run, checkpoint }) => ({ run, checkpoint }));
}

/** What is in the storage that no visible checkpoint needs. */
export async function leftovers(access: CheckpointStorageAccess, job: JobIdentity): Promise<readonly string[]> {
  const needed = new Set((await new CheckpointCopies(access, job).list())?.flatMap(({ blobs }) => blobs));
  return (await access.list(`${jobFolder(job)}/blobs/`)).filter((name) => !needed.has(name.slice(name.lastIndexOf('/') + 1)));
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}

function sumsOf({ operators }: JobRestore): readonly (readonly [string, string])[] {
  return operators.flatMap(({ keyed }) =>
    keyed.flatMap(({ entries }) => [...entries].map(([key, value]) => [hex(key), hex(value)] as const)),
  );
}

/** In the order of keys. */
function sumsAt(checkpoint: number): readonly (readonly [string, string])[] {
  const entries = Array.from({ length: KEYS }, (_, key) => [encodeEntryKey(0, key), encodeValue(valueAt(key, checkpoint))] as const);
  return entries.sort(([a], [b]) => compareBytes(a, b)).map(([key, value]) => [hex(key), hex(value)] as const);
}

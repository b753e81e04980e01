import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import { compressBlock, inflateBlock } from '../../../engine/node/checkpoints/block-compression.ts';
import { laySegment, mergeSegments, readBlock, readSegmentIndex, SegmentCorruptError } from '../../../engine/checkpoint/segment-format.ts';
import { toUnpublish, unreferenced } from '../../../engine/checkpoint/retention.ts';
import { CheckpointReader } from '../../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../../engine/node/checkpoints/memory-disk.ts';
import { encodeEntryKey } from '../../../engine/state/entry-codec.ts';
import { encodeValue } from '../../../engine/state/stored-value.ts';
import type { EncodedGroup } from '../../../engine/state/state-capture.ts';
import { TempFolder } from '../node/temp-folder.ts';
import { rest, start } from '../job.ts';
import { DETAILS, JOB, sumsJob, takeSnapshot } from './sums-job.ts';

const open = (disk: MemoryDisk | FileDisk, session = 'a'): Promise<CheckpointStore> =>
  CheckpointStore.open(disk, JOB, { holder: lockHolder('test', session, 0), now: () => 1, from: null });

async function published(disk: MemoryDisk | FileDisk, count: number): Promise<CheckpointStore> {
  const store = await open(disk);
  const executor = sumsJob(5_000, 3);
  for (let checkpoint = 1; checkpoint <= count; checkpoint++) {
    await store.publish(takeSnapshot(executor, checkpoint, 1_000, checkpoint === 1), DETAILS);
    await store.retain(3);
  }
  return store;
}

describe('A segment of entries', () => {
  const group = (entries: readonly (readonly [number, number | null])[]): EncodedGroup[] => {
    const sorted = [...new Map(entries)].sort(([a], [b]) => a - b);
    return [
      {
        keyGroup: 1,
        keys: sorted.map(([key]) => encodeEntryKey(1, key)),
        values: sorted.map(([, value]) => (value === null ? null : encodeValue(value))),
      },
    ];
  };
  const bytesOf = (groups: readonly EncodedGroup[], compressed = false): { readonly bytes: Uint8Array; readonly indexOffset: number } => {
    const pieces: Uint8Array[] = [];
    const laying = laySegment(groups, compressed ? compressBlock : null);
    let next = laying.next();
    for (; next.done !== true; next = laying.next()) pieces.push(next.value);
    return { bytes: Buffer.concat(pieces), indexOffset: next.value.indexOffset };
  };
  const entriesOf = ({ bytes, indexOffset }: ReturnType<typeof bytesOf>) =>
    readSegmentIndex(bytes.subarray(indexOffset)).flatMap((block) =>
      readBlock(bytes.subarray(block.offset, block.offset + block.length), block, inflateBlock),
    );
  const content = fc.array(fc.tuple(fc.integer(), fc.option(fc.integer())), { maxLength: 30 });

  it('is smaller when it is compressed, and cannot be made to inflate to more than it says', () => {
    const entries = group(Array.from({ length: 5_000 }, (_, n) => [n, n % 7] as const));
    const [plain, packed] = [bytesOf(entries), bytesOf(entries, true)];
    assert.ok(packed.bytes.length < plain.bytes.length / 3, `${packed.bytes.length} of ${plain.bytes.length} bytes`);
    assert.deepEqual(entriesOf(packed), entriesOf(plain));
    const [block = assert.fail('no block')] = readSegmentIndex(packed.bytes.subarray(packed.indexOffset));
    const stored = packed.bytes.subarray(block.offset, block.offset + block.length);
    for (const rawLength of [1, (block.rawLength ?? 0) - 1, (block.rawLength ?? 0) + 1])
      assert.throws(() => readBlock(stored, { ...block, rawLength }, inflateBlock), SegmentCorruptError);
  });

  it('comes back, and segments laid over each other give what the newest says', () => {
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), (layers) => {
        const model = new Map<string, number>();
        for (const layer of layers) {
          for (const [key, value] of new Map(layer)) {
            const name = Buffer.from(encodeEntryKey(1, key)).toString('hex');
            if (value === null) model.delete(name);
            else model.set(name, value);
          }
        }
        // Some of them are compressed, as the option may change between two runs.
        const segments = layers.map((layer, at) => (layer.length === 0 ? [] : entriesOf(bytesOf(group(layer), at % 2 === 1))));
        const merged = [...mergeSegments(segments)].map(
          ([key, value]) => [Buffer.from(key).toString('hex'), Buffer.from(value).toString('hex')] as const,
        );
        const expected = [...model]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => [key, Buffer.from(encodeValue(value)).toString('hex')]);
        assert.deepEqual(merged, expected);
      }),
    );
  });

  it('tells every flipped bit and every truncation', () => {
    const whole = bytesOf(group(Array.from({ length: 12 }, (_, n) => [n, n])));
    for (let at = 0; at < whole.bytes.length; at++) {
      const flipped = whole.bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      assert.throws(() => entriesOf({ ...whole, bytes: flipped }), SegmentCorruptError, `byte ${at}`);
      assert.throws(() => entriesOf({ ...whole, bytes: whole.bytes.subarray(0, at) }), SegmentCorruptError, `first ${at} bytes`);
    }
  });
});

describe('Retention', () => {
  const at = (run: number, checkpoint: number, kept = false) => ({
    run,
    checkpoint,
    kept,
    blobs: [`${run}-${checkpoint}`, `${run}-${checkpoint - 1}`],
  });

  it('keeps the newest of the run, what the user keeps, and what the job was restored from', () => {
    const all = [at(1, 4), at(2, 1), at(2, 2, true), at(2, 3), at(2, 4), at(2, 5)];
    assert.deepEqual(
      toUnpublish(all, 2, 2, null).map(({ checkpoint }) => checkpoint),
      [3, 1],
    );
    assert.deepEqual(
      toUnpublish(all, 2, 2, { run: 2, checkpoint: 1 }).map(({ checkpoint }) => checkpoint),
      [3],
    );
    assert.deepEqual(toUnpublish([at(1, 1)], 1, 0, null), [], 'never the last one');
  });

  it('never takes a blob that a visible checkpoint refers to', () => {
    assert.deepEqual(unreferenced(['1-1', '1-2', '1-3', '1-4'], [at(1, 3), at(1, 4)]), ['1-1']);
  });
});

describe('The store of checkpoints', () => {
  it('gives back what was published, deltas included, and keeps as many as it should', async () => {
    const disk = new MemoryDisk();
    const store = await published(disk, 6);
    const restore = await store.load({ run: 1, checkpoint: 6 });
    const executor = sumsJob(5_000, 3);
    while (executor.recordCount < restore.records) executor.step(restore.records - executor.recordCount);
    const restored = start(
      (env) => {
        env.addDisplay(
          env
            .fromSequence(1, 15_000)
            .map((n) => ({ k: `key ${n % 5_000}`, n }))
            .keyBy('k')
            .sum('n'),
          'sums',
        );
      },
      { restore },
    );
    assert.deepEqual(restored.stateBytes(), executor.stateBytes());
    assert.equal(rest(restored), 'finished');
    const reader = new CheckpointReader(disk);
    assert.deepEqual(
      (await reader.checkpoints(jobFolder(JOB), 1)).map(({ checkpoint }) => checkpoint),
      [4, 5, 6],
    );
    for (const checkpoint of [4, 5]) assert.equal((await store.load({ run: 1, checkpoint })).checkpoint, checkpoint);
  });

  it('reads a page of many keys from one block of each segment', async () => {
    const disk = new MemoryDisk();
    await published(disk, 2);
    let reads = 0;
    const counted = new Proxy(disk, {
      get: (target, name) => {
        if (name === 'readRange') reads++;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const reader = new CheckpointReader(counted);
    const folder = jobFolder(JOB);
    const [listed] = (await reader.checkpoints(folder, 1)).slice(-1);
    const state = listed?.manifest?.operators.find(({ keyed }) => keyed.length > 0)?.keyed[0];
    assert.ok(state);
    const segments = state.subtasks.flatMap((subtask) => subtask.runs);
    const first = await reader.page(folder, state, null, 50);
    assert.equal(first.length, 50);
    assert.equal(reads, segments.length * 2, 'an index and a block of each segment');
    const all = await reader.page(folder, state, null, 10_000);
    assert.equal(all.length, state.entries);
    const second = await reader.page(folder, state, first.at(-1)?.[0] ?? null, 50);
    assert.deepEqual(second, all.slice(50, 100));
  });

  it('refuses what is damaged, missing, of a newer version or of another notebook, naming the file; never an older one', async () => {
    const spoil = async (change: (disk: MemoryDisk, manifest: string, blob: string) => void): Promise<string> => {
      const disk = new MemoryDisk();
      const store = await published(disk, 2);
      const names = [...disk.files.keys()];
      change(disk, names.find((name) => name.endsWith('chk-2.json')) ?? '', names.find((name) => name.includes('/blobs/')) ?? '');
      return await store.loadNewest().then(
        () => 'loaded',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      );
    };
    const textOf = (disk: MemoryDisk, name: string): string => Buffer.from(disk.files.get(name) ?? []).toString();
    assert.match(await spoil((disk, _, blob) => disk.files.delete(blob)), /blobs\/[0-9a-f]{64}, a part of the checkpoint, is missing/);
    assert.match(
      await spoil((disk, _, blob) => {
        const bytes = Buffer.from(disk.files.get(blob) ?? []);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        disk.files.set(blob, bytes);
      }),
      /is damaged: its content has changed/,
    );
    assert.match(
      await spoil((disk, manifest) => disk.files.set(manifest, Buffer.from(textOf(disk, manifest).replace('"run":1', '"run":2')))),
      /chk-2\.json is damaged: its checksum does not fit.*nothing older is used/,
    );
    const newer = (text: string): string => {
      const body = text.split('\n')[0]?.replace('"format":1', '"format":2') ?? '';
      let hash = 0x811c9dc5;
      for (const byte of Buffer.from(body)) hash = Math.imul(hash ^ byte, 0x01000193);
      return `${body}\n${(hash >>> 0).toString(16).padStart(8, '0')}\n`;
    };
    assert.match(
      await spoil((disk, manifest) => disk.files.set(manifest, Buffer.from(newer(textOf(disk, manifest))))),
      /newer version of Streambook.*Update/,
    );
    const disk = new MemoryDisk();
    await published(disk, 1);
    const other = await CheckpointStore.open(
      disk,
      { notebook: 'other.stream.md', cell: 'sums' },
      { holder: lockHolder('t', 'b', 0), now: () => 1, from: null },
    );
    for (const [name, bytes] of [...disk.files]) {
      if (name.includes('/run-1/chk-1')) disk.files.set(name.replace(/jobs\/[^/]+/, jobFolder(other.job)), bytes);
    }
    await assert.rejects(
      other.load({ run: 1, checkpoint: 1 }),
      /belongs to cell sums of n\.stream\.md, not to cell sums of other\.stream\.md/,
    );
  });

  it('has one writer at a time, and names the other', async () => {
    const disk = new MemoryDisk();
    await open(disk, 'a');
    await assert.rejects(open(disk, 'b'), /in use by test \(process \d+ on .*Stop that run first/);
    assert.equal((await open(disk, 'a')).run, 2, 'the same session gives way to itself');
    const lock = [...disk.files.keys()].find((name) => name.endsWith('/lock-a')) ?? '';
    disk.files.set(lock, Buffer.from(JSON.stringify({ ...lockHolder('gone', 'c', 0), pid: 2 ** 22 + 1 })));
    assert.equal((await open(disk, 'b')).run, 3, 'a process that is gone holds nothing');
  });

  it('looks for the newest checkpoint when nobody else can publish any more, so that none is published behind it', async () => {
    let onLock = (): Promise<void> => Promise.resolve();
    class LockedDisk extends MemoryDisk {
      override async create(path: string, bytes: readonly Uint8Array[]): Promise<void> {
        if (path.endsWith('/lock-b')) await onLock();
        await super.create(path, bytes);
      }
    }
    const disk = new LockedDisk();
    const first = await published(disk, 2);
    // The other run ends just before its lock is looked at, with a last checkpoint.
    onLock = async (): Promise<void> => {
      await first.publish(takeSnapshot(sumsJob(100, 3), 3, 50), DETAILS);
      await first.close();
    };
    const from = async (): Promise<CheckpointRef | null> => {
      const newest = (await new CheckpointReader(disk).checkpoints(jobFolder(JOB), 1)).at(-1);
      return newest === undefined ? null : { run: newest.run, checkpoint: newest.checkpoint };
    };
    const second = await CheckpointStore.open(disk, JOB, { holder: lockHolder('test', 'b', 0), now: () => 1, from });
    assert.deepEqual(second.from, { run: 1, checkpoint: 3 });
    assert.match(
      Buffer.from(disk.files.get(`${jobFolder(JOB)}/run-2/run.json`) ?? []).toString(),
      /"forkedFrom":\{"run":1,"checkpoint":3\}/,
    );
  });

  it('keeps named checkpoints, deletes others, and leaves no blob behind', async () => {
    const disk = new MemoryDisk();
    const store = await published(disk, 2);
    await store.setLabel({ run: 1, checkpoint: 1 }, 'before deploy');
    await assert.rejects(store.delete({ run: 1, checkpoint: 2 }), /newest of the running job/);
    await store.close();
    const next = await open(disk);
    assert.equal((await next.load({ run: 1, checkpoint: 1 })).checkpoint, 1);
    await next.delete({ run: 1, checkpoint: 1 });
    await next.delete({ run: 1, checkpoint: 2 });
    assert.deepEqual(
      [...disk.files.keys()].filter((name) => name.includes('/blobs/')),
      [],
    );
  });

  it('does the same on a real disk, and says what is wrong with a folder it cannot write', async () => {
    const folder = new TempFolder();
    try {
      const store = await published(new FileDisk(folder.path), 3);
      assert.equal((await store.loadNewest())?.checkpoint, 3);
      await store.close();
      assert.deepEqual(readdirSync(folder.path).sort(), ['.gitignore', 'jobs']);
      const below = new FileDisk(`${folder.path}/.gitignore`);
      await assert.rejects(open(below), new RegExp(`${folder.path}.* could not be used`));
    } finally {
      folder.remove();
    }
  });
});

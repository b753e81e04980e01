import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Committable } from '../../../engine/checkpoint/snapshot.ts';
import { PartFileWriter } from '../../../engine/connectors/part-file-writer.ts';
import { PartWriteQueue, type PartWrite } from '../../../engine/connectors/part-write-queue.ts';
import { gzipBytes } from '../../../engine/node/gzip-bytes.ts';
import type { PartRef, SinkFolder } from '../../../engine/connectors/part-writes.ts';
import { textEncoder } from '../../../engine/formats/line-encoder.ts';
import { DiskError } from '../../../engine/node/checkpoints/disk.ts';
import { FilePartDisk } from '../../../engine/node/file-part-disk.ts';
import { PartFileError, PartFiles } from '../../../engine/node/part-files.ts';
import { MemoryPartDisk, type Fault } from './memory-part-disk.ts';
import { TempFolder } from './temp-folder.ts';

const SINK: SinkFolder = { directory: 'out', prefix: 'part', suffix: '.txt', buckets: true };

function part(name: string, directory = 'out'): PartRef {
  const at = name.lastIndexOf('/') + 1;
  return { directory, pending: `${name.slice(0, at)}.${name.slice(at)}.inprogress`, final: name };
}

function written(name: string, text: string, directory = 'out'): readonly PartWrite[] {
  const ref = part(name, directory);
  return [
    { kind: 'write', part: ref, bytes: Buffer.from(text) },
    { kind: 'close', part: ref },
  ];
}

function committable(name: string, bytes: number, directory = 'out'): Committable {
  return { ...part(name, directory), bytes };
}

async function rejection(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

describe('PartFiles on a folder', () => {
  let folder: TempFolder;
  let files: PartFiles;
  beforeEach(() => {
    folder = new TempFolder();
    files = new PartFiles(new FilePartDisk(folder.path));
  });
  afterEach(() => folder.remove());
  const read = (name: string): string => readFileSync(path.join(folder.path, name), 'utf8');
  const names = (): readonly string[] =>
    readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .sort();

  it('writes pieces in order and gives final names at the commit, once', async () => {
    const ref = part('day=1/part-1-0-0.txt');
    const piece = (text: string): PartWrite => ({ kind: 'write', part: ref, bytes: Buffer.from(text) });
    await Promise.all([files.apply([piece('a'), piece('b')]), files.apply([piece('c')]), files.apply([{ kind: 'close', part: ref }])]);
    await files.flush();
    assert.equal(read('out/day=1/.part-1-0-0.txt.inprogress'), 'abc');
    const commit = [committable('day=1/part-1-0-0.txt', 3)];
    for (const again of [files, files, new PartFiles(new FilePartDisk(folder.path))]) await again.commit(commit);
    assert.deepEqual(names(), ['out', 'out/day=1', 'out/day=1/part-1-0-0.txt']);
    assert.equal(read('out/day=1/part-1-0-0.txt'), 'abc');
  });

  it('takes absolute folders', async () => {
    const directory = path.join(folder.path, 'elsewhere').replaceAll('\\', '/');
    const other = new PartFiles(new FilePartDisk(path.join(folder.path, 'base')));
    await other.apply(written('part-1-0-0.txt', 'x', directory));
    await other.flush();
    await other.commit([committable('part-1-0-0.txt', 1, directory)]);
    assert.deepEqual(names(), ['elsewhere', 'elsewhere/part-1-0-0.txt']);
  });

  it('removes what the run wrote since the checkpoint and nothing else', async () => {
    const stay = [
      'part-1-0-0.txt',
      'part-2-0-0.txt',
      '.part-1-0-7.txt.inprogress',
      '.part-3-0-0.txt.inprogress',
      '.part-2-0-0.csv.inprogress',
      '.other-2-0-0.txt.inprogress',
      '.part-2-0.txt.inprogress',
      '.part-2-0-0-0.txt.inprogress',
      'x.part-2-0-0.txt.inprogress',
    ];
    for (const name of stay) folder.write(`out/${name}`, 'x');
    folder.write('out/b/.part-2-0-9.txt.inprogress', 'x');
    folder.write('out/.part-2-1-4.txt.inprogress', 'xy');
    folder.write('outside/.part-2-1-4.txt.inprogress', 'xy');
    symlinkSync(path.join(folder.path, 'outside'), path.join(folder.path, 'out', 'link'), 'junction');
    folder.write('out/.part-2-1-5.txt.inprogress', 'lost');
    await files.recover([SINK], 2, [committable('part-2-1-4.txt', 2)]);
    assert.deepEqual(readdirSync(path.join(folder.path, 'out')).sort(), [...stay, 'part-2-1-4.txt', 'b', 'link'].sort());
    assert.deepEqual(readdirSync(path.join(folder.path, 'out/b')), []);
    assert.ok(existsSync(path.join(folder.path, 'outside/.part-2-1-4.txt.inprogress')));
  });

  it('leaves the folders below alone for a sink without buckets', async () => {
    folder.write('out/b/.part-2-0-9.txt.inprogress', 'x');
    await files.recover(
      [
        { ...SINK, buckets: false },
        { ...SINK, directory: 'missing' },
      ],
      2,
      [],
    );
    assert.deepEqual(readdirSync(path.join(folder.path, 'out/b')), ['.part-2-0-9.txt.inprogress']);
  });

  it('never writes over a file', async () => {
    folder.write('out/part-1-0-0.txt', 'precious');
    const error = await rejection(files.apply(written('part-1-0-0.txt', 'x')));
    assert.ok(error instanceof PartFileError);
    assert.match(
      error.message,
      /^out\/part-1-0-0\.txt is already there, .* Move the file away, or give the sink another folder or partPrefix\.$/,
    );
    assert.equal(files.failure, error);
    assert.equal(await rejection(files.flush()), error, 'it stays failed');
    await files.recover([SINK], 1, []);
    assert.equal(files.failure, null);
    assert.equal(read('out/part-1-0-0.txt'), 'precious');
    folder.write('out/.part-1-0-1.txt.inprogress', 'x');
    folder.write('out/part-1-0-1.txt', 'y');
    assert.match((await rejection(files.commit([committable('part-1-0-1.txt', 1)]))).message, /already there/);
    assert.equal(read('out/part-1-0-1.txt'), 'y');
  });

  it('does not go on without a file that the checkpoint holds', async () => {
    const message = async (bytes: number): Promise<string> =>
      (await rejection(new PartFiles(new FilePartDisk(folder.path)).recover([SINK], 1, [committable('part-1-0-0.txt', bytes)]))).message;
    assert.match(await message(3), /cannot be committed: neither out\/\.part-1-0-0\.txt\.inprogress nor out\/part-1-0-0\.txt is there/);
    folder.write('out/.part-1-0-0.txt.inprogress', 'ab');
    assert.match(await message(3), /has 2 bytes instead of the 3/);
    rmSync(path.join(folder.path, 'out/.part-1-0-0.txt.inprogress'));
    folder.write('out/part-1-0-0.txt', 'ab');
    assert.match(await message(3), /out\/part-1-0-0\.txt has 2 bytes, and out\/\.part-1-0-0\.txt\.inprogress is not there/);
    assert.equal(read('out/part-1-0-0.txt'), 'ab');
  });

  it('lets users move a file away as soon as it is committed', async () => {
    await files.apply(written('part-1-0-0.txt', 'x'));
    await files.flush();
    await files.commit([committable('part-1-0-0.txt', 1)]);
    rmSync(path.join(folder.path, 'out/part-1-0-0.txt'));
    await files.recover([SINK], 1, [committable('part-1-0-0.txt', 1)]);
  });

  it('notices that a file was removed while it was written', async () => {
    const ref = part('part-1-0-0.txt');
    await files.apply([{ kind: 'write', part: ref, bytes: Buffer.from('a') }]);
    rmSync(path.join(folder.path, 'out'), { recursive: true });
    const error = await rejection(files.apply([{ kind: 'write', part: ref, bytes: Buffer.from('b') }]));
    assert.ok(error instanceof DiskError);
    assert.match(error.message, /^out\/\.part-1-0-0\.txt\.inprogress is not there any more: something else removed it/);
  });

  it('says when the folder cannot be made', async () => {
    folder.write('out', 'a file');
    assert.match(
      (await rejection(files.apply(written('b/part-1-0-0.txt', 'x')))).message,
      /^out\/b cannot be made, because a file has the name of one/,
    );
  });
});

describe('PartFiles on a disk that fails', () => {
  it('syncs files and all new folders before flush resolves', async () => {
    const disk = new MemoryPartDisk();
    const files = new PartFiles(disk);
    await files.apply(written('a/b/part-1-0-0.txt', 'abc', 'deep/out'));
    await files.flush();
    disk.powerLoss();
    assert.equal(await disk.size('deep/out/a/b/.part-1-0-0.txt.inprogress'), 3);
    await files.commit([committable('a/b/part-1-0-0.txt', 3, 'deep/out')]);
    disk.powerLoss();
    assert.deepEqual(disk.finished(), [['deep/out/a/b/part-1-0-0.txt', 'abc']]);
  });

  it('makes a name durable that it only finds', async () => {
    const disk = new MemoryPartDisk();
    const commit = [committable('part-1-0-0.txt', 3)];
    const first = new PartFiles(disk);
    await first.apply(written('part-1-0-0.txt', 'abc'));
    await first.flush();
    disk.fault = (_, what) => (what === 'syncFolder' ? 'before' : null);
    await rejection(first.commit(commit));
    disk.fault = () => null;
    await new PartFiles(disk).recover([SINK], 1, commit);
    disk.powerLoss();
    assert.deepEqual(disk.finished(), [['out/part-1-0-0.txt', 'abc']]);
  });

  it('does not sync again after a sync failed', async () => {
    const disk = new MemoryPartDisk();
    const files = new PartFiles(disk);
    await files.apply(written('part-1-0-0.txt', 'abc'));
    disk.fault = (_, what) => (what === 'syncFile' ? 'before' : null);
    const error = await rejection(files.flush());
    disk.fault = () => null;
    const { operations } = disk;
    assert.equal(await rejection(files.flush()), error);
    assert.equal(disk.operations, operations);
  });

  it('counts the bytes that wait', async () => {
    const files = new PartFiles(new MemoryPartDisk());
    const done = files.apply(written('part-1-0-0.txt', 'abc'));
    assert.equal(files.waitingBytes, 3);
    await done;
    assert.equal(files.waitingBytes, 0);
  });

  it('has every record once in the finished files, whatever fails', async () => {
    const fault = fc.record({
      at: fc.integer({ min: 0, max: 25 }),
      kind: fc.constantFrom<'before' | 'after' | 'power'>('before', 'after', 'power'),
    });
    const plan = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(plan, fc.array(fault, { maxLength: 6 }), fc.boolean(), async (checkpoints, faults, gzip) => {
        assert.deepEqual(
          await simulate(checkpoints, faults, gzip ? { ...SINK, suffix: '.txt.gz', compression: 'gzip' } : SINK),
          Array.from({ length: checkpoints.reduce((a, b) => a + b, 0) }, (_, at) => `${at}`),
        );
      }),
      { numRuns: 400 },
    );
  });
});

interface Published {
  readonly checkpoint: number;
  readonly record: number;
  readonly nextPart: number;
  readonly committables: readonly Committable[];
}

/** Writes records 0, 1, … with a checkpoint after each group of them, starting again from the last one after each fault; gives what is finished. */
async function simulate(
  groups: readonly number[],
  faults: readonly { readonly at: number; readonly kind: 'before' | 'after' | 'power' }[],
  sink: SinkFolder,
): Promise<readonly string[]> {
  const disk = new MemoryPartDisk();
  let published: Published = { checkpoint: 0, record: 0, nextPart: 0, committables: [] };
  for (let attempt = 0; ; attempt++) {
    const planned = faults[attempt];
    const start = disk.operations;
    disk.fault = (operation): Fault => {
      if (planned === undefined || operation - start < planned.at) return null;
      return planned.kind === 'power'
        ? operation - start === planned.at
          ? 'after'
          : 'before'
        : operation - start === planned.at
          ? planned.kind
          : null;
    };
    try {
      await runFrom(published, groups, sink, new PartFiles(disk), (next) => {
        published = next;
      });
      break;
    } catch (error) {
      assert.ok(error instanceof DiskError, String(error));
      if (planned?.kind === 'power') disk.powerLoss();
    }
  }
  disk.powerLoss();
  assert.deepEqual(
    disk.paths().filter((name) => name.includes('/.')),
    [],
  );
  return disk
    .finished(sink.compression === 'gzip' ? (bytes): string => gunzipSync(bytes).toString() : undefined)
    .flatMap(([, text]) => text.split('\n').filter((line) => line !== ''))
    .sort((a, b) => Number(a) - Number(b));
}

async function runFrom(
  from: Published,
  groups: readonly number[],
  sink: SinkFolder,
  files: PartFiles,
  publish: (next: Published) => void,
): Promise<void> {
  const queue = new PartWriteQueue(gzipBytes);
  const rolling = { maxPartSize: 2, rolloverInterval: 1, inactivityInterval: 1 };
  const writer = new PartFileWriter({ sink, encoder: textEncoder(), rolling, run: 1, subtask: 0, parts: queue });
  writer.nextPart = from.nextPart;
  let { record, checkpoint } = from;
  await files.recover([sink], 1, from.committables);
  for (const group of groups.slice(checkpoint)) {
    for (let count = 0; count < group; count++, record++) {
      writer.write(String(record), record % 3 === 0 ? 'third' : '', 0);
      await files.apply(queue.take());
    }
    checkpoint++;
    const committables = writer.commitWith(checkpoint);
    await files.apply(queue.take());
    await files.flush();
    publish({ checkpoint, record, nextPart: writer.nextPart, committables });
    await files.commit(committables);
    writer.confirm(checkpoint);
  }
}

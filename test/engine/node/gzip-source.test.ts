import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import type { Source } from '../../../engine/connectors/source.ts';
import { openOnDisk, type OpenFileByPath } from '../../../engine/node/file-feed.ts';
import { GzipFile } from '../../../engine/node/gzip-file.ts';
import { JobRunner, type RunnerPorts } from '../../../engine/node/job-runner.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import { ReaderExecutor } from './reader-executor.ts';
import { TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} ü€\n`).join('');

describe('gzip input', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(() => folder.remove());

  async function read(source: Source<unknown>, ports: Partial<RunnerPorts> = {}, pace: Pace = { kind: 'full' }): Promise<ReaderExecutor> {
    const job = new ReaderExecutor([source]);
    const fractions: number[] = [];
    const runner: JobRunner = new JobRunner(job.executor, {
      baseDirectory: folder.path,
      pace,
      onProgress: () => fractions.push(runner.fraction!),
      ports: { clock: new VirtualClock(), ...ports },
    });
    await runner.run();
    assert.ok(
      fractions.every((fraction, at) => fraction >= 0 && fraction <= 1 && (at === 0 || pace.kind === 'full' || fraction > 0)),
      String(fractions),
    );
    if (job.failed === null) assert.equal(fractions.at(-1), 1);
    return job;
  }

  it('is read as what it holds, also when it is several compressed files in a row', async () => {
    folder.write('in/a.txt', text);
    folder.write('in/b.txt.gz', Buffer.concat([gzipSync(text.slice(0, 77_777)), gzipSync(''), gzipSync(text.slice(77_777))]));
    folder.write('in/c.TXT.GZIP', gzipSync(''));
    const { records } = await read(FileSource.text('in'));
    const lines = text.trimEnd().split('\n');
    assert.deepEqual(records, [...lines, ...lines]);
  });

  it('is decompressed a piece at a time', async () => {
    const path = folder.write('a.gz', Buffer.concat(Array.from({ length: 40 }, () => gzipSync(text, { level: 0 }))));
    let read = 0;
    const openFile: OpenFileByPath = async (name) => {
      const file = await openOnDisk(name);
      return {
        stat: () => file.stat(),
        close: () => file.close(),
        async read(...args) {
          const result = await file.read(...args);
          read += result.bytesRead;
          return result;
        },
      };
    };
    const file = new GzipFile(() => openFile(path));
    const { bytesRead } = await file.read(new Uint8Array(1_000), 0, 1_000, 0);
    assert.ok(bytesRead > 0);
    assert.ok(read < 512 * 1024, `${read} bytes were read for the first ones`);
    await file.close();
  });

  it('gives what follows any place, forwards and backwards', async () => {
    const bytes = Buffer.from(text);
    const path = folder.write('a.gz', Buffer.concat([gzipSync(bytes.subarray(0, 100_000)), gzipSync(bytes.subarray(100_000))]));
    const file = new GzipFile(() => openOnDisk(path));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 200_000 }), async (position, length) => {
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await file.read(buffer, 0, length, position);
        assert.ok(bytesRead > 0);
        assert.ok(buffer.subarray(0, bytesRead).equals(bytes.subarray(position, position + bytesRead)));
      }),
      { numRuns: 40 },
    );
    assert.deepEqual(await file.read(Buffer.alloc(9), 0, 9, bytes.length), { bytesRead: 0 });
    await assert.rejects(file.read(Buffer.alloc(9), 0, 9, bytes.length + 1), { name: 'EndOfGzipError', end: bytes.length });
    await file.close();
  });

  it('that is damaged, cut off or not gzip fails and says so', async () => {
    const packed = gzipSync(text);
    const flipped = Buffer.from(packed);
    flipped.writeUInt8(flipped.readUInt8(packed.length - 6) ^ 1, packed.length - 6);
    const cases: Record<string, readonly [Uint8Array, RegExp]> = {
      'cut.gz': [
        packed.subarray(0, packed.length / 2),
        /^cut.gz ends in the middle of its gzip data: it was cut off. Copy or download it again.$/,
      ],
      'empty.gz': [Buffer.alloc(0), /^empty.gz ends in the middle/],
      'flipped.gz': [flipped, /^flipped.gz is not gzip, or damaged \(incorrect data check\). Copy or download it again/],
      'text.gz': [Buffer.from('only text\n'), /^text.gz is not gzip, or damaged \(incorrect header check\)/],
    };
    for (const [name, [bytes, message]] of Object.entries(cases)) {
      folder.write(name, bytes);
      assert.match((await read(FileSource.text(name))).failed ?? '', message);
    }
  });

  it('is played evenly by the share of it that was read', async () => {
    folder.write('a.txt.gz', gzipSync(text));
    const { records } = await read(FileSource.text('a.txt.gz'), { readBytes: 4_096 }, { kind: 'duration', milliseconds: 2_000 });
    assert.equal(records.length, 20_000);
  });
});

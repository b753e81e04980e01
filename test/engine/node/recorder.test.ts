import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { display } from '../../../engine/api/display.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import type { OpenFileByPath } from '../../../engine/node/file-feed.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { RECORDING_FORMAT, RecordingError } from '../../../engine/node/recordings/format.ts';
import { readRecording, readRecordingHeader } from '../../../engine/node/recordings/read-recording.ts';
import { Recorder } from '../../../engine/node/recordings/recorder.ts';
import { Timeline } from '../../../engine/observe/timeline.ts';
import { type Describe, start } from '../job.ts';
import { look } from '../observe/world.ts';
import { TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

const JOB: Describe = (env) => {
  const lines = env.fromSource(
    FileSource.ndjson<{ readonly k: string; readonly n: number }>('lines.ndjson'),
    WatermarkStrategy.noWatermarks(),
    'lines',
  );
  display(lines.keyBy((line) => line.k).sum('n'), { name: 'sums' });
};

/** The disk answers at once, on any computer: while a job waits, time passes, which is recorded too. */
function inMemory(text: string): OpenFileByPath {
  const bytes = Buffer.from(text);
  return (file) =>
    Promise.resolve({
      read: (buffer: Uint8Array, offset: number, length: number, position: number) => {
        const piece = bytes.subarray(position, position + length);
        buffer.set(piece, offset);
        return Promise.resolve({ bytesRead: piece.length });
      },
      stat: () => Promise.resolve(statSync(file)),
      close: () => Promise.resolve(),
    });
}

describe('a recording', () => {
  const folder = new TempFolder();
  const file = path.join(folder.path, 'deep', 'job.recording');
  const noCheckpoint = (): Promise<never> => Promise.reject(new Error('there is no checkpoint'));
  const lines = Array.from({ length: 400 }, (_, n) => `${JSON.stringify({ k: `k${n % 7}`, n })}\n`).join('');
  after(() => folder.remove());

  /** Runs the job while it is recorded, or written down only at its end; gives what it was at its end. */
  async function record(limit?: number, meanwhile = true): Promise<unknown> {
    folder.write('lines.ndjson', lines);
    const executor = start(JOB);
    const recorder = new Recorder<object>(file, limit);
    const program = { jobName: 'job', code: '' };
    recorder.begin({ format: RECORDING_FORMAT, run: 1, recorded: 5, startTime: 0, restored: null, settings: {}, program }, executor);
    const runner = new JobRunner(executor, {
      baseDirectory: folder.path,
      pace: { kind: 'records', perSecond: 100 },
      onProgress: () => {
        if (meanwhile) recorder.take();
      },
      ports: { clock: new VirtualClock(), readBytes: 512, openFile: inMemory(lines) },
    });
    assert.equal(await runner.run(), 'finished');
    if (meanwhile) assert.deepEqual(executor.journal(), [], 'what was written down is not kept in memory');
    await recorder.close();
    return look(executor);
  }

  async function replayed(): Promise<{ readonly timeline: Timeline; readonly full: boolean }> {
    const { recording, full } = await readRecording(file, folder.path, noCheckpoint);
    const timeline = new Timeline({
      recording,
      create: (restore, startTime) => start(JOB, { restore, startTime, journal: false }),
      writesFiles: () => false,
      mark: () => null,
      onRestart: () => undefined,
    });
    timeline.seek('end');
    return { timeline, full };
  }

  it('is replayed to what the run came to, and has none of the bytes of its files', async () => {
    const end = await record();
    const { timeline, full } = await replayed();
    assert.deepEqual(look(timeline.executor), end);
    assert.equal(full, false);
    assert.equal((await readFile(file)).includes('k3'), false);
    assert.deepEqual((await readRecordingHeader(file))?.run, 1);
  });

  it('ends where there is no room for more, and says so, however much is written at a time', async () => {
    for (const meanwhile of [true, false]) {
      await record(4_096, meanwhile);
      const { timeline, full } = await replayed();
      assert.equal(full, true);
      assert.ok(timeline.position > 0 && timeline.position < 400, `it ends at record ${timeline.position}`);
      assert.ok((await readFile(file)).length <= 4_096 + 200);
    }
  });

  it('of a worker that was killed ends with the last thing that was written', async () => {
    await record();
    const { length } = await readFile(file);
    // In the middle of the frame that tells the end.
    await truncate(file, length - 10);
    const { timeline, full } = await replayed();
    assert.equal(full, true);
    assert.ok(timeline.position > 300 && timeline.position <= 400, `it ends at record ${timeline.position}`);
  });

  it('is refused when it is damaged or of another version, and where there is none', async () => {
    await record();
    const bytes = await readFile(file);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await assert.rejects(
      readRecording(file, folder.path, noCheckpoint),
      (error) => error instanceof RecordingError && /is damaged at byte/.test(error.message),
    );
    await writeFile(file, 'something else, long enough for a head');
    await assert.rejects(readRecording(file, folder.path, noCheckpoint), RecordingError);
    assert.equal(await readRecordingHeader(path.join(folder.path, 'nothing')), null);
  });

  it('names the file that is not there any more', async () => {
    await record();
    folder.remove();
    folder.write('deep/keep', '');
    await assert.rejects(
      record().then(async () => {
        await writeFile(path.join(folder.path, 'lines.ndjson'), 'x');
        await replayed();
      }),
      /cannot be replayed, as lines\.ndjson has changed since/,
    );
  });
});

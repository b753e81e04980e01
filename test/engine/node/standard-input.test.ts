import assert from 'node:assert/strict';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { StandardInput } from '../../../engine/node/standard-input.ts';
import { replay } from '../../../engine/observe/replay.ts';
import type { Executor, ExecutorOptions } from '../../../engine/runtime/job.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { rowsOf, start } from '../job.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What was taken so far is counted in `taken`. */
function inputOf(pieces: readonly string[], onTaken: (taken: number) => void = () => undefined, ends = true): StandardInput {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const [at, piece] of pieces.entries()) {
      await Promise.resolve();
      onTaken(at + 1);
      yield Buffer.from(piece);
    }
    if (!ends) await new Promise(() => undefined);
  }
  return new StandardInput(stream(), () => undefined);
}

describe('standard input', () => {
  const job = (options: Partial<ExecutorOptions> = {}): Executor =>
    start((env) => env.addDisplay(env.fromSource(FileSource.text('-'), WatermarkStrategy.noWatermarks(), 'lines'), 'lines'), options);

  async function run(executor: Executor, standardInput: StandardInput | null, onProgress = (_: JobRunner): void => undefined) {
    const runner: JobRunner = new JobRunner(executor, {
      baseDirectory: '',
      pace: { kind: 'full' },
      onProgress: () => onProgress(runner),
      ports: { clock: new VirtualClock(), ...(standardInput && { standardInput }) },
    });
    const end = await runner.run();
    return { end, rows: rowsOf(executor).map(({ value }) => value), message: executor.failure?.message ?? null };
  }

  it('is read to its end, and is the same in a replay', async () => {
    const executor = job();
    const { end, rows } = await run(executor, inputOf(['on', 'e\n', '', 'two\nth', 'ree']));
    assert.equal(end, 'finished');
    assert.deepEqual(rows, ['one', 'two', 'three']);
    const again = job();
    replay(again, executor.journal());
    assert.deepEqual(
      rowsOf(again).map(({ value }) => value),
      rows,
    );
  });

  it('is taken no faster than it is read', async () => {
    let most = 0;
    const executor = job();
    const pieces = Array.from({ length: 50 }, () => 'x\n'.repeat(20_000));
    let taken = 0;
    await run(
      executor,
      inputOf(pieces, (count) => {
        taken = count;
      }),
      () => {
        most = Math.max(most, taken - executor.recordCount / 20_000);
      },
    );
    assert.equal(executor.recordCount, 1_000_000);
    assert.ok(most < 20, `${most} pieces were taken in advance`);
  });

  it('is not there in a notebook', async () => {
    const { message } = await run(job(), null);
    assert.equal(
      message,
      'A notebook has no standard input to read from. Run the cell in a terminal with “streambook run”, or name a file instead of -.',
    );
  });

  it('cannot be read again, nor from a place in the middle', async () => {
    const input = inputOf(['one\n', 'two\nthr'], undefined, false);
    const first = job();
    await run(first, input, (runner) => {
      if (first.recordCount === 2) runner.stop();
    });
    assert.match(
      (await run(job(), input)).message ?? '',
      /^standard input was read up to byte 11 and cannot be read again from byte 0. Let one source/,
    );
    const restore = new SnapshotChain().add(takeSnapshot(first, 1, true));
    assert.match(
      (await run(job({ restore }), inputOf(['new\n']))).message ?? '',
      /^The checkpoint had read standard input up to byte 8, and what comes now/,
    );
  });

  it('is read alone', () => {
    assert.throws(() => FileSource.text(['-', 'a.txt']), /stands for standard input, which is read alone/);
    assert.throws(() => FileSource.text('-', { follow: true }), /stands for standard input/);
  });
});

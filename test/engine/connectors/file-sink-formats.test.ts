import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { FileSink, type FileSinkOptions } from '../../../engine/connectors/file-sink.ts';
import { PartWriteQueue } from '../../../engine/connectors/part-write-queue.ts';
import type { Sink } from '../../../engine/connectors/sink.ts';
import { gzipBytes } from '../../../engine/node/gzip-bytes.ts';
import { clock, mailOf, record } from '../../../engine/testkit/script.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { rest, start } from '../job.ts';

interface Format {
  readonly suffix: string;
  readonly header: string;
  readonly line: (value: number) => string;
  readonly sink: (rows: DataStream<{ v: number }>, options: Omit<FileSinkOptions<never>, 'bucketAssigner'>) => void;
}

function into<T>(rows: DataStream<T>, sink: Sink<T>): void {
  rows.sinkTo(sink);
}

const FORMATS: Readonly<Record<string, Format>> = {
  text: {
    suffix: '.txt',
    header: '',
    line: (value) => `<${value}>\n`,
    sink: (rows, options) =>
      into(
        rows.map(({ v }) => `<${v}>`),
        FileSink.text('out', options),
      ),
  },
  NDJSON: {
    suffix: '.ndjson',
    header: '',
    line: (v) => `{"v":${v}}\n`,
    sink: (rows, options) => into(rows, FileSink.ndjson('out', options)),
  },
  CSV: { suffix: '.csv', header: 'v\n', line: (v) => `${v}\n`, sink: (rows, options) => into(rows, FileSink.csv('out', options)) },
};

/** Plays values and waits (ms, as text) with a checkpoint after each list; gives the committed files with what they hold. */
function play(
  format: Format,
  compression: 'gzip' | undefined,
  rolling: FileSinkOptions<never>['rollingPolicy'],
  script: (number | string)[][],
) {
  const queue = new PartWriteQueue(gzipBytes);
  const options = { ...(rolling && { rollingPolicy: rolling }), ...(compression && { compression }) };
  const executor = start(
    (env) => format.sink(env.fromSource(scriptedSource<{ v: number }>('rows'), WatermarkStrategy.noWatermarks(), 'rows'), options),
    { parts: queue },
  );
  const source = executor.sources[0]!.source;
  const files = new Map<string, Buffer>();
  const found: [string, string][] = [];
  let now = 0;
  for (const [at, steps] of script.entries()) {
    for (const step of steps) {
      if (typeof step === 'string') now += Number(step);
      const mail = mailOf(typeof step === 'string' ? clock(now) : record('rows', { v: step }), () => source);
      if (mail !== null) executor.deliver(mail);
      rest(executor);
    }
    const snapshot = takeSnapshot(executor, at + 1, true);
    for (const write of queue.take()) {
      if (write.kind === 'write') files.set(write.part.final, Buffer.concat([files.get(write.part.final) ?? Buffer.alloc(0), write.bytes]));
    }
    for (const { final, bytes } of snapshot.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables))) {
      const content = files.get(final) ?? Buffer.alloc(0);
      assert.equal(content.length, bytes, `${final} has as many bytes as the checkpoint says`);
      found.push([final, (compression === 'gzip' ? gunzipSync(content) : content).toString()]);
    }
    executor.deliver({ kind: 'checkpoint-complete', checkpoint: at + 1 });
    rest(executor);
  }
  return { found, files };
}

describe('the files of a FileSink', () => {
  for (const [name, format] of Object.entries(FORMATS)) {
    for (const compression of [undefined, 'gzip'] as const) {
      describe(`${name}${compression === 'gzip' ? ', gzip' : ''}`, () => {
        const parts = (...values: number[][]): [string, string][] =>
          values.map((part, at) => [
            `part-1-0-${at}${format.suffix}${compression === 'gzip' ? '.gz' : ''}`,
            format.header + part.map((value) => format.line(value)).join(''),
          ]);
        const rolled = (rolling: FileSinkOptions<never>['rollingPolicy'], ...script: (number | string)[][]): [string, string][] =>
          play(format, compression, rolling, script).found;

        it('roll at every checkpoint', () => {
          assert.deepEqual(rolled(undefined, [1, 2], [], [3]), parts([1, 2], [3]));
        });

        it('roll once they are larger than they may be, before compression', () => {
          const size = format.header.length + 2 * format.line(1).length;
          assert.deepEqual(rolled({ maxPartSize: size - 1 }, [1, 2, 3, 4, 5]), parts([1, 2], [3, 4], [5]));
        });

        it('roll by age', () => {
          const rolling = { rolloverInterval: '10 s', inactivityInterval: '1 h' } as const;
          assert.deepEqual(rolled(rolling, [1, '6000', 2, '3999', 3, '1', 4]), parts([1, 2, 3], [4]));
        });

        it('roll when nothing comes for a while', () => {
          const rolling = { rolloverInterval: '1 h', inactivityInterval: '5 s' } as const;
          assert.deepEqual(rolled(rolling, [1, '4999', 2, '4999', 3, '5000', 4]), parts([1, 2, 3], [4]));
        });
      });
    }
  }

  it('are the same bytes each time when they are compressed, and smaller', () => {
    const values = [Array.from({ length: 30_000 }, (_, value) => value)];
    const [first, second] = [0, 1].map(() => play(FORMATS['NDJSON']!, 'gzip', undefined, values).files.get('part-1-0-0.ndjson.gz')!);
    assert.deepEqual(first, second);
    assert.equal(first!.readUInt32LE(4), 0, 'no time in the header');
    assert.ok(first!.length < gunzipSync(first!).length / 3);
  });

  it('get .gz behind a suffix of one’s own, once', () => {
    const named = (partSuffix: string): string[] =>
      play(
        { ...FORMATS['text']!, sink: (rows, options) => into(rows, FileSink.ndjson('out', { ...options, partSuffix })) },
        'gzip',
        undefined,
        [[1]],
      ).found.map(([file]) => file);
    assert.deepEqual([...named('.log'), ...named('.log.gz')], ['part-1-0-0.log.gz', 'part-1-0-0.log.gz']);
  });

  it('are compressed with gzip only', () => {
    // SAFETY: what a program without types can do.
    const options = { compression: 'zstd' } as unknown as FileSinkOptions<string>;
    assert.throws(() => FileSink.text('out', options), /cannot compress with "zstd"/);
  });
});

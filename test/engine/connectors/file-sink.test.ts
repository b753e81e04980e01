import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DataStream } from '../../../engine/api/data-stream.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import type { Committable, JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import { FileSink } from '../../../engine/connectors/file-sink.ts';
import { PartWriteQueue } from '../../../engine/connectors/part-write-queue.ts';
import { gzipBytes } from '../../../engine/node/gzip-bytes.ts';
import { DiscardingSink } from '../../../engine/connectors/sink.ts';
import type { Executor, ExecutorOptions } from '../../../engine/runtime/job.ts';
import { runPipeline, PLAY_MODES } from '../../../engine/testkit/pipeline.ts';
import { clock, end, mailOf, record, type ScriptStep } from '../../../engine/testkit/script.ts';
import { scriptedSource } from '../../../engine/testkit/scripted-source.ts';
import { SnapshotChain, takeSnapshot } from '../../../engine/testkit/snapshots.ts';
import { rest, start, startFailure } from '../job.ts';

type Row = { readonly k: string; readonly v: number };
type Describe = (rows: DataStream<Row>, env: StreamExecutionEnvironment) => void;

/** A job with one scripted source, and the files that its sinks write. */
class SinkJob {
  readonly executor: Executor;
  readonly queue = new PartWriteQueue(gzipBytes);
  /** Bytes by pending name. */
  readonly files: Map<string, string>;
  readonly closed = new Set<string>();

  constructor(describe: Describe, options: Partial<ExecutorOptions> = {}, files = new Map<string, string>()) {
    this.files = files;
    this.executor = start(
      (env) => describe(env.fromSource(scriptedSource<Row>('rows'), WatermarkStrategy.noWatermarks(), 'rows').setParallelism(1), env),
      { parts: this.queue, ...options },
    );
  }

  play(...script: readonly ScriptStep[]): this {
    for (const step of script) {
      const mail = mailOf(step, () => this.executor.sources[0]?.source);
      if (mail !== null) this.executor.deliver(mail);
      rest(this.executor);
      this.#write();
    }
    return this;
  }

  snapshot(checkpoint: number): JobSnapshot {
    const snapshot = takeSnapshot(this.executor, checkpoint, true);
    this.#write();
    return snapshot;
  }

  checkpoint(number: number): readonly Committable[] {
    return committablesOf(this.snapshot(number));
  }

  complete(checkpoint: number): void {
    this.executor.deliver({ kind: 'checkpoint-complete', checkpoint });
    rest(this.executor);
  }

  #write(): void {
    for (const write of this.queue.take()) {
      const name = `${write.part.directory}/${write.part.pending}`;
      assert.ok(!this.closed.has(name), `${name} is closed`);
      if (write.kind === 'close') this.closed.add(name);
      else this.files.set(name, (this.files.get(name) ?? '') + Buffer.from(write.bytes).toString());
    }
  }
}

function committablesOf(snapshot: JobSnapshot): readonly Committable[] {
  return snapshot.operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables));
}

const finals = (committables: readonly Committable[]): readonly string[] => committables.map(({ final }) => final);
const row = (k: string, v: number): ScriptStep => record('rows', { k, v });
const toOut: Describe = (rows) => void rows.sinkTo(FileSink.ndjson('out'));

describe('FileSink', () => {
  it('closes parts at a checkpoint, which commits them', () => {
    const job = new SinkJob(toOut).play(row('a', 1), row('b', 2));
    assert.deepEqual(job.checkpoint(1), [
      { directory: 'out', pending: '.part-1-0-0.ndjson.inprogress', final: 'part-1-0-0.ndjson', bytes: 32 },
    ]);
    job.play(row('c', 3));
    assert.deepEqual(Object.fromEntries(job.files), { 'out/.part-1-0-0.ndjson.inprogress': '{"k":"a","v":1}\n{"k":"b","v":2}\n' });
    assert.deepEqual([...job.closed], ['out/.part-1-0-0.ndjson.inprogress']);
  });

  it('gives what is not known to be committed again, and forgets the rest', () => {
    const job = new SinkJob(toOut).play(row('a', 1));
    job.checkpoint(1);
    job.play(row('b', 2));
    assert.deepEqual(finals(job.checkpoint(2)), ['part-1-0-0.ndjson', 'part-1-0-1.ndjson']);
    job.complete(1);
    assert.deepEqual(finals(job.checkpoint(3)), ['part-1-0-1.ndjson']);
    job.play(row('c', 3));
    job.complete(3);
    assert.deepEqual(finals(job.checkpoint(4)), ['part-1-0-2.ndjson']);
    job.complete(4);
    for (const number of [5, 6, 7]) assert.deepEqual(job.checkpoint(number), [], 'an empty checkpoint commits nothing');
  });

  it('leaves the records after the last checkpoint to the final one', () => {
    const job = new SinkJob(toOut).play(row('a', 1));
    job.checkpoint(1);
    job.complete(1);
    job.play(row('b', 2), end('rows'));
    const final = job.snapshot(2);
    assert.equal(final.ended, true);
    assert.deepEqual(finals(committablesOf(final)), ['part-1-0-1.ndjson']);
  });

  it('goes on with new names after a restore, as if nothing had happened', () => {
    const chain = new SnapshotChain();
    const first = new SinkJob(toOut).play(row('a', 1));
    const restore = chain.add(first.snapshot(1));
    first.play(row('lost', 0));
    const second = new SinkJob(toOut, { restore, attempt: 1 }).play(row('b', 2), end('rows'));
    assert.deepEqual(Object.fromEntries(second.files), { 'out/.part-1-0-1.ndjson.inprogress': '{"k":"b","v":2}\n' });
    assert.deepEqual(finals(second.checkpoint(2)), ['part-1-0-1.ndjson']);
  });

  it('uses no name twice when the parallelism changes and changes back', () => {
    const parallel =
      (parallelism: number): Describe =>
      (rows) =>
        void rows.rebalance().sinkTo(FileSink.ndjson('out')).uid('sink').setParallelism(parallelism);
    const files = new Map<string, string>();
    const names: string[] = [];
    let restore: ExecutorOptions['restore'] = null;
    for (const [at, parallelism] of [2, 1, 3, 2].entries()) {
      const job = new SinkJob(parallel(parallelism), { restore }, files).play(...Array.from({ length: 6 }, (_, v) => row('x', v)));
      const snapshot = job.snapshot(at + 1);
      names.push(...finals(committablesOf(snapshot)));
      restore = new SnapshotChain().add(snapshot);
    }
    assert.equal(names.length, 8);
    assert.equal(new Set(names).size, names.length);
  });

  it('rolls by size', () => {
    const job = new SinkJob((rows) => void rows.sinkTo(FileSink.ndjson('out', { rollingPolicy: { maxPartSize: 20 } })));
    job.play(...[1, 2, 3, 4, 5].map((v) => row('a', v)));
    assert.deepEqual(
      job.checkpoint(1).map(({ bytes }) => bytes),
      [32, 32, 16],
    );
  });

  it('rolls by age and by inactivity on the job’s clock', () => {
    const rollingPolicy = { rolloverInterval: '10 s', inactivityInterval: '4 s' } as const;
    const job = new SinkJob((rows) => void rows.sinkTo(FileSink.ndjson('out', { rollingPolicy })));
    assert.equal(job.executor.nextWakeUp(), Number.POSITIVE_INFINITY);
    job.play(clock(1_000), row('a', 1));
    assert.equal(job.executor.nextWakeUp(), 5_000);
    job.play(clock(4_000), row('a', 2), clock(7_000), row('a', 3), clock(10_000), row('a', 4), clock(10_999));
    assert.equal(job.closed.size, 0);
    job.play(clock(11_000));
    assert.equal(job.closed.size, 1, 'ten seconds old');
    job.play(row('b', 5), clock(14_999));
    assert.equal(job.closed.size, 1);
    job.play(clock(15_000));
    assert.equal(job.closed.size, 2, 'four seconds without a record');
    assert.equal(job.checkpoint(1).length, 2);
  });

  it('hands over large parts in pieces', () => {
    const job = new SinkJob((rows) => void rows.map(() => 'x'.repeat(30_000)).sinkTo(FileSink.text('out')));
    const pieces: number[] = [];
    const { queue } = job;
    const take = queue.take.bind(queue);
    queue.take = () => {
      const writes = take();
      pieces.push(...writes.flatMap((write) => (write.kind === 'write' ? [write.bytes.length] : [])));
      return writes;
    };
    job.play(...Array.from({ length: 7 }, (_, v) => row('a', v)));
    assert.deepEqual(pieces, [90_003, 90_003]);
    assert.equal(job.checkpoint(1)[0]?.bytes, 210_007);
    assert.deepEqual(pieces, [90_003, 90_003, 30_001]);
  });

  it('deals records out to folders', () => {
    const job = new SinkJob(
      (rows) =>
        void rows.sinkTo(
          FileSink.csv('out', {
            bucketAssigner: ({ k }, context) => (k === '' ? '' : `k=${k}/t=${context.timestamp()}`),
            partPrefix: 'rows',
          }),
        ),
    );
    job.play(record('rows', { k: 'a', v: 1 }, 7), row('', 2), record('rows', { k: 'a', v: 3 }, 7));
    assert.deepEqual(finals(job.checkpoint(1)), ['k=a/t=7/rows-1-0-0.csv', 'rows-1-0-1.csv']);
    assert.equal(job.files.get('out/k=a/t=7/.rows-1-0-0.csv.inprogress'), 'k,v\na,1\na,3\n');
  });

  for (const bucket of [
    '..',
    '../x',
    'a/../b',
    '/etc',
    'C:/x',
    'C:',
    'a\\b',
    'a//b',
    'a/',
    '.',
    'nul',
    'COM1.txt',
    'x.',
    'x ',
    'a\nb',
    'a?',
    5,
    null,
  ]) {
    it(`refuses ${JSON.stringify(bucket)} as a bucket`, () => {
      // SAFETY: what a program without types can do.
      const bucketAssigner = (() => bucket) as () => string;
      const job = new SinkJob((rows) => void rows.sinkTo(FileSink.ndjson('out', { bucketAssigner }))).play(row('a', 1));
      const { failure } = job.executor;
      assert.equal(failure?.errorName, 'IllegalArgumentException');
      assert.match(failure.message, /bucket/);
      assert.equal(failure.record, '{"k":"a","v":1}');
      assert.equal(job.files.size, 0);
    });
  }

  it('names the record that a format cannot take', () => {
    const job = new SinkJob((rows) => void rows.map(({ v }) => (v > 1 ? { v, f: () => v } : { v })).sinkTo(FileSink.ndjson('out')));
    job.play(row('a', 1), row('a', 2));
    assert.match(job.executor.failure?.message ?? '', /A record with a function cannot be written as JSON/);
    assert.equal(job.executor.failure?.operator?.name, 'Sink: out');
    assert.match(job.executor.failure.record ?? '', /"v":2/);
  });

  it('names its vertex by its folder and takes the settings of sinks', () => {
    const job = new SinkJob((rows) => {
      rows.sinkTo(FileSink.csv('./out//rows/')).uid('rows');
      rows.sinkTo(DiscardingSink()).name('Nothing');
    });
    assert.deepEqual(
      job.executor.metrics().map(({ name }) => name),
      ['Source: rows', 'Sink: out/rows', 'Nothing'],
    );
    assert.deepEqual(job.queue.sinks, [{ directory: 'out/rows', prefix: 'part', suffix: '.csv', buckets: false }]);
  });

  it('takes everything and keeps nothing', () => {
    const job = new SinkJob((rows) => void rows.sinkTo(DiscardingSink())).play(row('a', 1), row('a', 2));
    assert.equal(job.executor.metrics()[1]?.recordsIn, 2);
    assert.deepEqual(job.queue.take(), []);
  });

  it('refuses two sinks that would write files of the same names', () => {
    const both: Describe = (rows) => {
      rows.sinkTo(FileSink.ndjson('out'));
      rows.sinkTo(FileSink.ndjson('./out'));
    };
    const describe = (env: StreamExecutionEnvironment): void =>
      both(env.fromSource(scriptedSource<Row>('rows'), WatermarkStrategy.noWatermarks(), 'rows'), env);
    const failure = startFailure(describe, { parts: new PartWriteQueue(gzipBytes) });
    assert.match(failure.message, /Two sinks of this job write files called 'part-….ndjson' to 'out'/);
    assert.ok(failure.location);
    assert.ok(
      new SinkJob((rows) => {
        rows.sinkTo(FileSink.ndjson('out'));
        rows.sinkTo(FileSink.ndjson('out', { partPrefix: 'other' }));
        rows.map(({ k }) => k).sinkTo(FileSink.text('out'));
      }),
    );
  });

  it('refuses other things than sinks, and options that cannot be', () => {
    const sinkTo = (sink: unknown) => () =>
      runPipeline(({ input }) => {
        const stream: object = input<Row>('rows');
        Reflect.apply(Reflect.get(stream, 'sinkTo') as (sink: unknown) => void, stream, [sink]);
      }, []);
    assert.throws(sinkTo({ createWriter: 'later' }), /sinkTo needs a sink/);
    assert.throws(sinkTo('out'), /sinkTo needs a sink/);
    assert.throws(() => FileSink.ndjson(' '), /The path of a FileSink is the name of a folder/);
    assert.throws(() => FileSink.ndjson('out', { partPrefix: 'a/b' }), /partPrefix/);
    assert.throws(() => FileSink.ndjson('out', { partSuffix: '-1' }), /would run into the number/);
    assert.throws(() => FileSink.ndjson('out', { rollingPolicy: { maxPartSize: '1 tb' } }), /'1 tb' is not a size/);
    assert.throws(() => FileSink.ndjson('out', { rollingPolicy: { maxPartSize: 0 } }), /has to be above 0/);
    assert.throws(() => FileSink.ndjson('out', { rollingPolicy: { inactivityInterval: 0 } }), /longer than 0/);
  });

  for (const mode of PLAY_MODES) {
    it(`keeps its state in mode ${mode}`, () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 90_000 })), { maxLength: 12 }), (steps) => {
          const script = steps.map((step) => (typeof step === 'string' ? row(step, 1) : clock(step)));
          const run = runPipeline(
            ({ input }) => {
              input<Row>('rows')
                .rebalance()
                .sinkTo(FileSink.csv('out', { bucketAssigner: ({ k }) => k }))
                .setParallelism(2);
            },
            [...script, end('rows')],
            mode,
          );
          assert.equal(run.failure, null);
        }),
        { numRuns: 15 },
      );
    });
  }
});

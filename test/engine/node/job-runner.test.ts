import assert from 'node:assert/strict';
import { appendFileSync, truncateSync, utimesSync } from 'node:fs';
import fc from 'fast-check';
import { DataGeneratorSource } from '../../../engine/connectors/data-generator-source.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { RateLimiterStrategy } from '../../../engine/connectors/rate-limiter.ts';
import type { Source } from '../../../engine/connectors/source.ts';
import { openOnDisk, type OpenFileByPath } from '../../../engine/node/file-feed.ts';
import { JobRunner, type RunnerPorts } from '../../../engine/node/job-runner.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import { ReaderExecutor } from './reader-executor.ts';
import { openAtOnce, TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

const FULL: Pace = { kind: 'full' };

interface Event {
  readonly time: number;
  readonly id: string;
}

function ndjson(events: readonly Event[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** Events every `gap` ms of event time. */
function evenly(count: number, gap: number, id = 'e'): Event[] {
  return Array.from({ length: count }, (_, index) => ({ time: 1_000_000 + index * gap, id: `${id}${index}` }));
}

describe('a job over files', () => {
  let folder: TempFolder;
  let clock: VirtualClock;
  beforeEach(() => {
    folder = new TempFolder();
    clock = new VirtualClock();
  });
  afterEach(() => folder.remove());

  function runner(job: ReaderExecutor, pace: Pace, onProgress: () => void = () => undefined, ports: Partial<RunnerPorts> = {}): JobRunner {
    return new JobRunner(job.executor, { baseDirectory: folder.path, pace, onProgress, ports: { clock, openFile: openAtOnce, ...ports } });
  }

  /** Plays a file of events and notes when, in ms of wall-clock time, each came. */
  async function play(
    pace: Pace,
    source: Source<Event> = FileSource.ndjson<Event>('events.ndjson'),
    timestampOf = (event: Event): number => event.time,
  ) {
    const arrivals: number[] = [];
    const job = new ReaderExecutor([source], (event: Event) => timestampOf(event));
    const records = job.records as Event[];
    const push = records.push.bind(records);
    records.push = (...items) => {
      arrivals.push(clock.time);
      return push(...items);
    };
    assert.equal(await runner(job, pace).run(), 'finished');
    return { arrivals, records, end: clock.time };
  }

  it('reads them one after another to the end', async () => {
    folder.write('data/2.txt', 'c\nd');
    folder.write('data/1.txt', 'a\nb\n');
    folder.write('data/3.txt', '');
    const job = new ReaderExecutor([FileSource.text('data')]);
    assert.equal(await runner(job, FULL).run(), 'finished');
    assert.deepEqual(job.records, ['a', 'b', 'c', 'd']);
  });

  it('gives the same records whatever the size and the order of reads, and the pace', async () => {
    const events = evenly(40, 7);
    folder.write('a.ndjson', ndjson(events));
    folder.write('more/b.csv', `id,time\n${events.map(({ id, time }) => `"${id}\nü",${time}\n`).join('')}`);
    folder.write('more/c.csv', 'id,time\r\nlast,5\r\n');
    const sources = (): Source<unknown>[] => [FileSource.ndjson('a.ndjson'), FileSource.csv('more')];
    const expected = new ReaderExecutor(sources());
    await runner(expected, FULL).run();
    assert.equal(expected.records.length, 81);
    const paces: Pace[] = [FULL, { kind: 'speed', factor: 3 }, { kind: 'duration', milliseconds: 500 }];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 13, 100, 65_536),
        fc.constantFrom(...paces),
        fc.array(fc.nat(4), { minLength: 1 }),
        async (readBytes, pace, delays) => {
          let reads = 0;
          const openFile: OpenFileByPath = async (path) => {
            const file = await openOnDisk(path);
            return {
              stat: () => file.stat(),
              close: () => file.close(),
              async read(...args) {
                for (let turn = delays[reads++ % delays.length]!; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
                return file.read(...args);
              },
            };
          };
          const job = new ReaderExecutor(sources(), (event: Event) => event.time);
          assert.equal(await runner(job, pace, undefined, { readBytes, openFile }).run(), 'finished');
          assert.deepEqual(job.records, expected.records);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('fails when they are missing, naming the near one', async () => {
    folder.write('data/lines.ndjson', '1');
    const job = new ReaderExecutor([FileSource.ndjson('data/lines.json')]);
    assert.equal(await runner(job, FULL).run(), 'failed');
    assert.equal(job.failed, 'data/lines.json does not exist. Is it data/lines.ndjson?');
  });

  it('fails when one of them changes while it is read', async () => {
    const changes: Record<string, [change: (path: string) => void, message: string]> = {
      shrinks: [(path) => truncateSync(path, 10), 'it had 40000 bytes and now has 10'],
      grows: [(path) => appendFileSync(path, 'more\n'), 'it had 40000 bytes and now has 40005'],
      'is written again': [(path) => utimesSync(path, 5, 5), 'its content is newer'],
    };
    for (const [name, [change, message]] of Object.entries(changes)) {
      const path = folder.write('a.txt', 'abc\n'.repeat(10_000));
      const job = new ReaderExecutor([FileSource.text('a.txt')]);
      let changed = false;
      const openFile: OpenFileByPath = async (opened) => {
        const file = await openOnDisk(opened);
        return {
          stat: () => file.stat(),
          close: () => file.close(),
          async read(buffer, offset, length, position) {
            if (position > 20_000 && !changed) {
              changed = true;
              change(path);
            }
            return file.read(buffer, offset, length, position);
          },
        };
      };
      assert.equal(await runner(job, FULL, undefined, { readBytes: 1_000, openFile }).run(), 'failed', name);
      assert.equal(job.failed, `a.txt changed while it was being read: ${message}. Run again when nothing writes to it.`);
    }
  });

  it('tells how much has been read, and reports at most every 100 ms and at the end', async () => {
    folder.write('events.ndjson', ndjson(evenly(1_000, 10)));
    const job = new ReaderExecutor([FileSource.ndjson('events.ndjson')], (event: Event) => event.time);
    const reports: { time: number; fraction: number; records: number }[] = [];
    const run = runner(job, { kind: 'duration', milliseconds: 3_000 }, () => {
      reports.push({ time: clock.time, fraction: run.fraction!, records: job.records.length });
    });
    await run.run();
    assert.equal(reports.at(-1)?.fraction, 1);
    assert.equal(reports.at(-1)?.records, 1_000);
    const paced = reports.slice(0, -1);
    assert.ok(paced.length > 20 && paced.length <= 32, `${paced.length} reports`);
    for (const [index, { time }] of paced.entries()) if (index > 0) assert.ok(time - paced[index - 1]!.time >= 100);
    for (const { fraction, records } of reports) assert.ok(Math.abs(fraction - records / 1_000) < 0.02);
  });

  it('can be stopped, also while it waits', async () => {
    folder.write('events.ndjson', ndjson(evenly(100, 60_000)));
    const job = new ReaderExecutor([FileSource.ndjson('events.ndjson')], (event: Event) => event.time);
    const run = runner(job, { kind: 'speed', factor: 1 }, () => {
      if (job.records.length >= 3) run.stop();
    });
    assert.equal(await run.run(), 'stopped');
    assert.equal(job.records.length, 3);
  });

  it('plays event time at a speed from its first record on', async () => {
    folder.write('events.ndjson', ndjson(evenly(50, 1_000)));
    const { arrivals, end } = await play({ kind: 'speed', factor: 10 });
    for (const [index, at] of arrivals.entries())
      assert.ok(at - arrivals[0]! >= index * 100 - 1 && at - arrivals[0]! < index * 100 + 60, `${index}: ${at}`);
    assert.ok(end - arrivals.at(-1)! < 10, 'ends at once after the last record');
  });

  it('plays the whole range of event time in a given time', async () => {
    folder.write('events.ndjson', ndjson(evenly(20_000, 500)));
    const { arrivals, end } = await play({ kind: 'duration', milliseconds: 30_000 });
    assert.ok(end > 28_000 && end < 32_500, `took ${end}`);
    const middle = arrivals[10_000]! / end;
    assert.ok(middle > 0.45 && middle < 0.55, `half at ${middle}`);
  });

  it('plays by the share of the input when times are missing or not in order', async () => {
    const newestFirst = evenly(300, 1_000).reverse();
    folder.write('events.ndjson', ndjson(newestFirst));
    for (const timestampOf of [(event: Event): number => event.time, (): number => Number.NaN]) {
      clock = new VirtualClock();
      const { arrivals, records, end } = await play({ kind: 'duration', milliseconds: 6_000 }, undefined, timestampOf);
      assert.deepEqual([...records], newestFirst);
      assert.ok(end > 5_500 && end < 6_500, `took ${end}`);
      assert.ok(Math.abs(arrivals[150]! - 3_000) < 200, `half at ${arrivals[150]}`);
    }
  });

  it('is not stretched by a stray timestamp', async () => {
    const events = evenly(2_000, 1_000);
    folder.write(
      'events.ndjson',
      ndjson([{ time: 0, id: 'old' }, ...events.slice(0, 1_500), { time: 1e14, id: 'new' }, ...events.slice(1_500)]),
    );
    const { arrivals, end } = await play({ kind: 'duration', milliseconds: 10_000 });
    assert.ok(end < 11_000, `took ${end}`);
    assert.ok(arrivals[1_000]! > 4_000 && arrivals[1_000]! < 6_000, `half at ${arrivals[1_000]}`);
  });

  it('goes on from the current event time when the pace changes', async () => {
    folder.write('events.ndjson', ndjson(evenly(100, 1_000)));
    const arrivals: number[] = [];
    const job = new ReaderExecutor([FileSource.ndjson('events.ndjson')], (event: Event) => event.time);
    const run = runner(job, { kind: 'speed', factor: 10 }, () => {
      while (arrivals.length < job.records.length) arrivals.push(clock.time);
      if (job.records.length === 20) run.setPace({ kind: 'speed', factor: 1 });
      if (job.records.length === 24) run.setPace({ kind: 'full' });
    });
    assert.equal(await run.run(), 'finished');
    const between = (from: number, to: number): number => arrivals[to]! - arrivals[from]!;
    assert.ok(Math.abs(between(0, 18) - 1_800) < 250, `×10: ${between(0, 18)}`);
    assert.ok(Math.abs(between(20, 23) - 3_000) < 250, `×1: ${between(20, 23)}`);
    assert.ok(between(24, 99) < 200, `full: ${between(24, 99)}`);
  });

  it('slows down from full speed without a jump', async () => {
    folder.write('events.ndjson', ndjson(evenly(20_000, 1_000)));
    const job = new ReaderExecutor([FileSource.ndjson('events.ndjson')], (event: Event) => event.time);
    let changed = 0;
    const run = runner(
      job,
      FULL,
      () => {
        if (changed === 0 && job.records.length > 0) {
          changed = job.records.length;
          run.setPace({ kind: 'speed', factor: 10 });
        } else if (clock.time > 2_000) run.stop();
      },
      { readBytes: 4_096 },
    );
    assert.equal(await run.run(), 'stopped');
    const played = job.records.length - changed;
    assert.ok(changed < 18_000 && played >= 15 && played <= 60, `${played} records after ${changed}`);
  });

  it('keeps generated records to their rate on the job clock', async () => {
    const source = DataGeneratorSource({
      generatorFunction: (index) => ({ time: index, id: '' }),
      count: 200,
      rateLimiterStrategy: RateLimiterStrategy.perSecond(100),
    });
    const { arrivals } = await play(FULL, source);
    for (const [index, at] of arrivals.entries()) assert.ok(Math.abs(at - arrivals[0]! - index * 10) < 20, `${index}: ${at}`);
  });
});

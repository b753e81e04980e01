import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { createCellScope } from '../../../engine/cells.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { createExecutor } from '../../../engine/runtime/executor.ts';
import type { Executor } from '../../../engine/runtime/job.ts';
import { JobRunner, type RunnerPorts } from '../../../engine/node/job-runner.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import { openAtOnce, TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Sale {
  readonly time: number;
  readonly shop: string;
  readonly amount: number;
}

/** Sums per shop and second, over CSV files side by side and one NDJSON file. */
function sales(env: StreamExecutionEnvironment): void {
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Sale>(200).withTimestampAssigner((sale) => sale.time);
  const columns = { time: 'number', shop: 'string', amount: 'number' } as const;
  const shops = env.fromSource(FileSource.csv('shops/*.csv', { columns }), strategy, 'shops');
  const online = env.fromSource(FileSource.ndjson<Sale>('online.ndjson'), strategy, 'online');
  const sums = shops.union(online).keyBy('shop').window(TumblingEventTimeWindows.of(1_000)).sum('amount');
  (createCellScope(env).display as (stream: unknown) => void)(sums);
}

function start(): Executor {
  const started = createExecutor(
    { name: 'sales', evaluate: sales, locate: () => null },
    { settings: {}, overrides: {}, startTime: 0, journal: false },
  );
  assert.ok(started.ok, started.ok ? '' : started.failure.message);
  return started.executor;
}

describe('a pipeline over files', () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
    const sale = (index: number, shop: string): Sale => ({ time: 10_000 + index * 50 - (index % 5) * 40, shop, amount: index });
    for (const shop of ['a', 'b', 'c']) {
      const lines = Array.from({ length: 120 }, (_, index) => sale(index, shop)).map(({ time, amount }) => `${amount},"${shop}",${time}\n`);
      folder.write(`shops/${shop}.csv`, `amount,shop,time\n${lines.join('')}`);
    }
    folder.write('online.ndjson', Array.from({ length: 200 }, (_, index) => JSON.stringify(sale(index, 'online'))).join('\n'));
  });
  afterEach(() => folder.remove());

  async function run(pace: Pace, ports: Partial<RunnerPorts> = {}): Promise<{ rows: unknown; state: string; end: number }> {
    const executor = start();
    const clock = new VirtualClock();
    const runner = new JobRunner(executor, {
      baseDirectory: folder.path,
      pace,
      onProgress: () => undefined,
      ports: { clock, openFile: openAtOnce, ...ports },
    });
    assert.equal(await runner.run(), 'finished', executor.failure?.message);
    assert.equal(runner.fraction, 1);
    const rows = executor.takeRows(0, 10_000).rows.map(({ timestamp, window, key, value }) => ({ timestamp, window, key, value }));
    const state = Buffer.from(executor.stateBytes()).toString('hex');
    executor.close();
    return { rows, state, end: clock.time };
  }

  it('gives the same results in the same order whatever the size and the order of reads, and the pace', async () => {
    const expected = await run({ kind: 'full' });
    const sums = expected.rows as { value: Sale }[];
    assert.equal(
      sums.reduce((sum, { value }) => sum + value.amount, 0),
      (3 * 120 * 119) / 2 + (200 * 199) / 2,
    );
    const paces: Pace[] = [{ kind: 'full' }, { kind: 'speed', factor: 5 }, { kind: 'duration', milliseconds: 2_000 }];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(3, 64, 1_000, 65_536),
        fc.constantFrom(...paces),
        fc.array(fc.nat(3), { minLength: 1 }),
        async (readBytes, pace, delays) => {
          let reads = 0;
          const openFile: RunnerPorts['openFile'] = async (path) => {
            const file = await openAtOnce(path);
            return {
              ...file,
              async read(...args) {
                for (let turn = delays[reads++ % delays.length]!; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
                return file.read(...args);
              },
            };
          };
          const { rows, state } = await run(pace, { readBytes, openFile });
          assert.deepEqual(rows, expected.rows);
          assert.equal(state, expected.state);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('can be played in a given time', async () => {
    const { end } = await run({ kind: 'duration', milliseconds: 10_000 });
    assert.ok(end > 9_000 && end < 11_000, `took ${end}`);
  });

  it('fails at a record that cannot be read, naming file and line', async () => {
    folder.write('shops/b.csv', 'amount,shop,time\n1,b,5\nmany,b,6\n');
    const executor = start();
    const runner = new JobRunner(executor, { baseDirectory: folder.path, pace: { kind: 'full' }, onProgress: () => undefined });
    assert.equal(await runner.run(), 'failed');
    assert.equal(executor.failure?.errorName, 'RecordReadError');
    assert.match(executor.failure.message, /^Line 3 of shops\/b\.csv has "many" in column 'amount', which is not a number\./);
    assert.deepEqual(executor.failure.file, { path: 'shops/b.csv', line: 3, offset: 23 });
  });

  it('fails when a file is missing, naming the source', async () => {
    folder.remove();
    const executor = start();
    const runner = new JobRunner(executor, { baseDirectory: folder.path, pace: { kind: 'full' }, onProgress: () => undefined });
    assert.equal(await runner.run(), 'failed');
    assert.match(executor.failure!.message, /shops does not exist/);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JobRunner } from '../../../engine/node/job-runner.ts';
import { remainingTime } from '../../../engine/node/remaining-time.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import type { Describe } from '../job.ts';
import { rowsOf, start } from '../job.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { display } from '../../../engine/api/display.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { FileSource } from '../../../engine/connectors/file-source.ts';
import { openAtOnce, TempFolder } from './temp-folder.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Click {
  readonly t: number;
  readonly k: string;
  readonly v: number;
}

/** Two files with windows over both, late records and a running sum: whatever could depend on who comes first. */
const JOB: Describe = (env) => {
  const strategy = WatermarkStrategy.forBoundedOutOfOrderness<Click>(300).withTimestampAssigner((click: Click) => click.t);
  const [left, right] = ['left.ndjson', 'right.ndjson'].map((file) => env.fromSource(FileSource.ndjson<Click>(file), strategy, file));
  const keyed = (left ?? assert.fail()).union(right ?? assert.fail()).keyBy((click) => click.k);
  display(keyed.window(TumblingEventTimeWindows.of(1_000)).aggregate({ n: 'count', total: ['sum', 'v'] }), { name: 'windows' });
  display(keyed.sum('v'), { name: 'running' });
};

const clicks = fc.array(fc.record({ t: fc.integer({ min: 0, max: 20_000 }), k: fc.constantFrom('a', 'b'), v: fc.nat(9) }), {
  maxLength: 30,
});
const pace: fc.Arbitrary<Pace> = fc.oneof(
  fc.constant<Pace>({ kind: 'full' }),
  fc.constantFrom(1, 7, 400).map((factor): Pace => ({ kind: 'speed', factor })),
  fc.constantFrom(1, 3, 200).map((perSecond): Pace => ({ kind: 'records', perSecond })),
  fc.constantFrom(200, 5_000).map((milliseconds): Pace => ({ kind: 'duration', milliseconds })),
);

describe('the pace of a job', () => {
  const folder = new TempFolder();
  after(() => folder.remove());

  /** Plays the files; each pace holds for some calls of `onProgress`, the last to the end. */
  async function play(paces: readonly Pace[]): Promise<unknown> {
    const executor = start(JOB, { journal: false });
    let turn = 0;
    const runner = new JobRunner(executor, {
      baseDirectory: folder.path,
      pace: paces[0] ?? { kind: 'full' },
      onProgress: () => {
        const next = paces[++turn];
        if (next !== undefined) runner.setPace(next);
      },
      ports: { clock: new VirtualClock(), openFile: openAtOnce },
    });
    assert.equal(await runner.run(), 'finished');
    return {
      rows: executor.displays.map(({ id }) => rowsOf(executor, id)),
      late: executor.displays.map(({ id }) => executor.takeLate(id, 1_000)),
      state: Buffer.from(executor.stateBytes()).toString('hex'),
    };
  }

  it('never changes the results, whatever it is and however often it changes', async () => {
    await fc.assert(
      fc.asyncProperty(clicks, clicks, fc.array(pace, { minLength: 1, maxLength: 6 }), async (left, right, paces) => {
        folder.write('left.ndjson', left.map((click) => `${JSON.stringify(click)}\n`).join(''));
        folder.write('right.ndjson', right.map((click) => `${JSON.stringify(click)}\n`).join(''));
        assert.deepEqual(await play(paces), await play([{ kind: 'full' }]));
      }),
      { numRuns: 40 },
    );
  });

  it('by record is so many a second, and tells how long the rest takes', async () => {
    const events = Array.from({ length: 40 }, (_, t): Click => ({ t, k: 'a', v: 1 }));
    folder.write('left.ndjson', events.map((click) => `${JSON.stringify(click)}\n`).join(''));
    folder.write('right.ndjson', '');
    const executor = start(JOB, { journal: false });
    const clock = new VirtualClock();
    const seen: { readonly records: number; readonly left: number | null }[] = [];
    const runner: JobRunner = new JobRunner(executor, {
      baseDirectory: folder.path,
      pace: { kind: 'records', perSecond: 4 },
      onProgress: () => seen.push({ records: executor.recordCount, left: runner.timeLeft }),
      ports: { clock, openFile: openAtOnce },
    });
    assert.equal(await runner.run(), 'finished');
    assert.ok(clock.time > 9_500 && clock.time < 10_800, `40 records took ${clock.time} ms`);
    const half = seen.find(({ records }) => records >= 20);
    assert.ok(half?.left != null && half.left > 3_000 && half.left < 7_000, `half of it: ${half?.left} ms left`);
    assert.equal(seen.at(-1)?.left, null);
  });

  it('is known too little at first to tell how long the rest takes', () => {
    assert.equal(remainingTime(null, 0.5, 10_000), null);
    assert.equal(remainingTime({ fraction: 0, at: 0 }, 0.5, 500), null);
    assert.equal(remainingTime({ fraction: 0.2, at: 0 }, 0.205, 5_000), null);
    assert.equal(remainingTime({ fraction: 0.25, at: 1_000 }, 0.75, 5_000), 2_000);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Draws } from '../../../engine/testkit/simulation/random.ts';
import type { KilledJobReport } from './killed-job.ts';
import { KilledJobThreads } from './killed-job-threads.ts';
import { SINK } from './killed-pipeline.ts';
import { TempFolder } from './temp-folder.ts';

/** All 200 and more in the nightly run. */
const KILLS = process.env['STREAMBOOK_NIGHTLY'] === '1' ? 200 : 60;
const CHAINS = 3;
const KILLS_PER_CHAIN = 3;
/** Jobs at a time: they wait for their disks too. */
const LANES = 4;

describe('A job whose worker thread is killed', () => {
  let threads: KilledJobThreads;
  let undisturbed: KilledJobReport;
  let written: string;

  before(async () => {
    threads = await KilledJobThreads.bundle();
    const folder = new TempFolder();
    undisturbed = await threads.run(folder.path, null);
    written = output(folder);
    folder.remove();
  });

  /** Everything that the sink has committed, in the order in which it was written. */
  function output(folder: TempFolder): string {
    const sink = path.join(folder.path, SINK);
    if (!existsSync(sink)) return '';
    const names = readdirSync(sink).filter((name) => !name.startsWith('.'));
    const ordered = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return ordered.map((name) => readFileSync(path.join(sink, name), 'utf8')).join('');
  }

  /** What the undisturbed run has published behind the place where another begins; behind its end that is its end again. */
  function checkpointsBehind(position: string | null): KilledJobReport['checkpoints'] {
    const { checkpoints } = undisturbed;
    const at = checkpoints.findIndex(([known]) => known === position);
    assert.ok(position === null || at >= 0, `the undisturbed run has a checkpoint at ${position}`);
    return checkpoints.slice(Math.min(at + 1, checkpoints.length - 1));
  }

  /** Killed at each of the places, the later ones in the thread that goes on after the one before; then left alone. Gives what each began with. */
  async function killedAt(places: readonly number[]): Promise<readonly (string | null)[]> {
    const folder = new TempFolder();
    const began: (string | null)[] = [];
    let shown: readonly (readonly string[])[] = undisturbed.displays.map(() => []);
    for (const place of [...places, null]) {
      const where = `in thread ${began.length + 1}, killed at the mails ${places.join(', ')}`;
      const report = await threads.run(folder.path, place);
      began.push(report.from);
      shown = shown.map((rows, display) => {
        const { begun, rows: more } = report.displays[display] ?? { begun: 0, rows: [] };
        assert.ok(begun <= rows.length, `a checkpoint covers no more rows than were shown, ${where}`);
        return [...rows.slice(0, begun), ...more];
      });
      const ended = report.kind === 'ended';
      undisturbed.displays.forEach(({ rows }, display) =>
        assert.deepEqual(shown[display], ended ? rows : rows.slice(0, shown[display]?.length), `rows of display ${display} ${where}`),
      );
      assert.ok(written.startsWith(output(folder)), `the sink has committed in order, and once, ${where}`);
      if (!ended) continue;
      assert.equal(place, null, `it is killed before it comes to its end, ${where}`);
      const expected = checkpointsBehind(report.from);
      assert.deepEqual(report.checkpoints[0], expected[0], `the next checkpoint after the one at ${report.from}, ${where}`);
      assert.deepEqual(report.checkpoints, expected, `checkpoints behind the one at ${report.from}, ${where}`);
      assert.equal(output(folder), written, `what the sink has committed, ${where}`);
    }
    folder.remove();
    return began;
  }

  async function inLanes(jobs: readonly (() => Promise<unknown>)[]): Promise<void> {
    const left = [...jobs];
    const lane = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await next();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  it('shows, undisturbed, everything that a kill could disturb', () => {
    const { displays, checkpoints } = undisturbed;
    assert.deepEqual(
      checkpoints.map(([position]) => position),
      ['70 records', '140 records', '202 records and the end'],
    );
    assert.equal(new Set(checkpoints.map(([, digest]) => digest)).size, checkpoints.length);
    const [visits = [], counts = []] = displays.map(({ rows }) => rows);
    assert.ok(visits.filter((row) => row.includes('"kind":"visit"')).length > 20, 'timers in event time');
    assert.ok(visits.filter((row) => row.includes('"kind":"report"')).length > 20, 'timers in processing time');
    assert.ok(visits.some((row) => /"late":\[\d/.test(row)) && counts.length > 50, 'late records and windows');
    assert.equal(written.split('\n').length - 1, visits.length);
  });

  it(`goes on in another as if nothing had been, at ${KILLS} places`, async function () {
    this.timeout(300_000);
    const draws = new Draws(1);
    const places = Array.from({ length: undisturbed.mails }, (_, at) => at + 1);
    assert.ok(places.length >= KILLS, 'there are as many places');
    while (places.length > KILLS) places.splice(draws.below(places.length), 1);
    const began = new Set<string | null>();
    await inLanes(places.map((place) => async () => began.add((await killedAt([place]))[1] ?? null)));
    const possible = [null, ...undisturbed.checkpoints.map(([position]) => position)];
    assert.deepEqual(new Set([...began, possible.at(-1)]), new Set(possible), 'it went on from every checkpoint, and from nothing');
  });

  it(`goes on when it is killed ${KILLS_PER_CHAIN} times in a row`, async function () {
    this.timeout(300_000);
    const draws = new Draws(2);
    const chain = (): readonly number[] => Array.from({ length: KILLS_PER_CHAIN }, () => 1 + draws.below(undisturbed.mails >> 2));
    await inLanes(Array.from({ length: CHAINS }, chain).map((places) => () => killedAt(places)));
  });
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { Draws } from '../../../engine/testkit/simulation/random.ts';
import type { KilledJobData, KilledJobEnd } from './killed-job.ts';
import { TempFolder } from './temp-folder.ts';

const KILLS = 200;
const KILLS_PER_CHAIN = 8;
/** Jobs at a time: they wait for their disks more than they work. */
const LANES = 3;

describe('A job whose worker thread is killed', () => {
  const bundles = mkdtempSync(path.join(tmpdir(), 'streambook-test-'));
  const entry = path.join(bundles, 'killed-job.mjs');

  before(async () => {
    const entryPoints = [path.join(import.meta.dirname, 'killed-job.ts')];
    await build({ entryPoints, outfile: entry, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  });
  after(() => rmSync(bundles, { recursive: true, force: true }));

  /** Runs the job in a fresh thread; null = it was killed at its mail `stopAt`. */
  function run(folder: string, stopAt: number | null): Promise<KilledJobEnd | null> {
    const data: KilledJobData = { folder, stopAt, gate: new SharedArrayBuffer(4) };
    const worker = new Worker(entry, { workerData: data, execArgv: [] });
    return new Promise((resolve, reject) => {
      let end: KilledJobEnd | null = null;
      worker.on('message', (message: KilledJobEnd | 'here') => {
        if (message === 'here') worker.terminate().catch(reject);
        else end = message;
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve(end));
    });
  }

  /** Everything that the sink has committed, in the order in which it was written. */
  function output(folder: string): string {
    if (!existsSync(path.join(folder, 'out'))) return '';
    const names = readdirSync(path.join(folder, 'out')).filter((name) => !name.startsWith('.'));
    const ordered = names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    return ordered.map((name) => readFileSync(path.join(folder, 'out', name), 'utf8')).join('');
  }

  it(`goes on in another as if nothing had been, at ${KILLS} places`, async function () {
    this.timeout(120_000);
    const undisturbed = new TempFolder();
    const measure = await run(undisturbed.path, null);
    assert.ok(measure && measure.rows.length > 20 && measure.checkpoints > 3, 'the job has rows and checkpoints');
    const expected = output(undisturbed.path);
    undisturbed.remove();

    let killed = 0;
    let resumed = 0;
    /** Killed again and again, each time in a thread that goes on from what the one before has left; then left alone. */
    const chain = async (seed: number): Promise<void> => {
      const draws = new Draws(seed);
      const folder = new TempFolder();
      const places: number[] = [];
      const next = (): number | null => (places.length < KILLS_PER_CHAIN ? 1 + draws.below(measure.mails) : null);
      let place = next();
      let end = await run(folder.path, place);
      for (; end === null; end = await run(folder.path, place)) {
        places.push(place ?? 0);
        place = next();
        killed++;
        assert.ok(expected.startsWith(output(folder.path)), `committed in order, and once, killed at the mails ${places.join(', ')}`);
      }
      const where = `killed at the mails ${places.join(', ')} (seed ${seed})`;
      if (end.begun > 0) resumed++;
      assert.deepEqual(end.rows, measure.rows.slice(end.begun), where);
      assert.equal(output(folder.path), expected, where);
      assert.equal(end.digest, measure.digest, where);
      folder.remove();
    };
    let seed = 0;
    const lane = async (): Promise<void> => {
      while (killed < KILLS) await chain(++seed);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    assert.ok(resumed > seed / 4, `${resumed} of ${seed} went on from rows that were shown before`);
  });
});

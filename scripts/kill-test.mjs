/**
 * `npm run kill-test -- [--kills N] [--seed N]`: ends processes that run a job with `kill -9`, and compares with an undisturbed run; see
 * docs/fault-model.md. The last line is `N passed, N failed`; exit code 1 when something does not hold. The folder of a failure is kept.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } } });
const options = { kills: Number(values.kills), seed: Number(values.seed) };
if (!Number.isSafeInteger(options.kills) || options.kills < 1 || !Number.isSafeInteger(options.seed)) {
  console.error('Usage: npm run kill-test -- [--kills N] [--seed N]');
  process.exit(2);
}
const { build } = await import('./lib/build.mjs');
await build({ only: ['cli', 'typescript'] });
const { register } = await import('tsx/esm/api');
register();
const { runKillTest } = await import('../test/kills/kill-test.ts');
const start = performance.now();
const { kills, jobs, places, tenths, held, failure } = await runKillTest({ ...options, onProgress: (line) => console.log(line) });

const bar = (/** @type {number} */ count) => `${String(count).padStart(5)} ${'█'.repeat(Math.round((40 * count) / Math.max(1, kills)))}`;
console.log('\nWhere the kills hit, as the disk says');
for (const [place, count] of [...places].sort(([, a], [, b]) => b - a)) console.log(`  ${place.padEnd(28)}${bar(count)}`);
console.log('How much of the input the newest checkpoint covered then');
tenths.forEach((count, tenth) => console.log(`  ${`${tenth * 10} to ${tenth * 10 + 10} %`.padEnd(28)}${bar(count)}`));
const seconds = (performance.now() - start) / 1000;
console.log(`${kills} kills of ${jobs} jobs with seed ${options.seed} in ${seconds.toFixed(0)} s`);
if (failure !== null) {
  console.log(`\n${failure.problem}\nThe folder is kept: ${failure.folder}`);
  console.log(`The same moments again: npm run kill-test -- --kills ${options.kills} --seed ${options.seed}`);
  process.exitCode = 1;
}
console.log(`${held} passed, ${failure === null ? 0 : 1} failed`);

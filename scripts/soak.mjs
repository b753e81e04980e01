/**
 * `npm run soak -- [--cycles N]`: starts and ends jobs in workers as a window of the editor does, and looks whether anything stays: threads, handles,
 * processes, files, memory. The last line is `N passed, N failed`.
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { values } = parseArgs({ options: { cycles: { type: 'string', default: '1000' } } });
const cycles = Number(values.cycles);
if (!Number.isSafeInteger(cycles) || cycles <= 10) {
  console.error('Usage: npm run soak -- [--cycles N], with N above 10');
  process.exit(2);
}
const { build } = await import('./lib/build.mjs');
await build({ only: ['job-worker', 'cli', 'typescript'] });
// Its process would count.
await (await import('esbuild')).stop();
const { register } = await import('tsx/esm/api');
register();
const { soak } = await import('../test/soak/soak.ts');
const start = performance.now();
const { before, after, files, open, checks } = await soak(cycles, console.log);
const mebibytes = (/** @type {number} */ bytes) => (bytes / 1024 / 1024).toFixed(1);
console.log(`heap ${mebibytes(before.heap)} MiB after 10 cycles, ${mebibytes(after.heap)} MiB at the end`);
console.log(`process ${mebibytes(before.resident)} MiB after 10 cycles, ${mebibytes(after.resident)} MiB at the end`);
console.log(
  `${files} files of checkpoints and recordings, ${after.held.length} threads, handles and open files, ${open} of them files of killed jobs`,
);
for (const [what, problem] of checks) console.log(`${problem === null ? 'ok  ' : 'NOT '} ${what}${problem === null ? '' : `: ${problem}`}`);
const failed = checks.filter(([, problem]) => problem !== null).length;
console.log(`${cycles} cycles in ${((performance.now() - start) / 1000).toFixed(0)} s`);
console.log(`${checks.length - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

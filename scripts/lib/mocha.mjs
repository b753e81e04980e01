import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { runPackage } from './exec.mjs';
import { inRoot, OUT } from './paths.mjs';

/**
 * Runs test files under mocha in a process of its own.
 * @param {string} name of the stage; names the file with the counts
 * @param {readonly string[]} patterns
 * @param {Parameters<import('./exec.mjs').runPackage>[2]} [options]
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function runMocha(name, patterns, options) {
  const counts = path.join(OUT, 'results', `${name}.json`);
  await mkdir(path.dirname(counts), { recursive: true });
  await rm(counts, { force: true });
  const reporter = inRoot('scripts/lib/mocha-reporter.mjs');
  const args = ['--forbid-only', '--reporter', reporter, '--reporter-option', `output=${counts}`, ...patterns];
  const { code, output } = await runPackage(['mocha'], args, options);
  const result = await readFile(counts, 'utf8').then(JSON.parse, () => null);
  if (result === null) {
    return { passed: 0, failed: 1, skipped: [], output: `${output}\nmocha ended with exit code ${code} before its tests had.\n` };
  }
  // A run that ends badly after its tests (an unhandled rejection, for example) fails although no test did.
  if (code !== 0 && result.failed === 0) result.failed = 1;
  return { ...result, output };
}

/** `npm run golden -- [DIR]`: plays every golden case below DIR (test/golden unless given) and compares with Flink's output. Exit code 1 when one differs. */
import path from 'node:path';
import { inRoot } from './lib/paths.mjs';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { register } = await import('tsx/esm/api');
register();
const { formatGoldenResults, runGoldenFolder } = await import('../engine/testkit/golden-folder.ts');
// npm runs scripts in the package's folder; INIT_CWD is where it was called.
const [given, ...more] = process.argv.slice(2);
if (more.length > 0) {
  console.error('Usage: npm run golden -- [DIR]');
  process.exitCode = 2;
} else {
  const folder = given === undefined ? inRoot('test/golden') : path.resolve(process.env.INIT_CWD ?? '.', given);
  try {
    const results = await runGoldenFolder(folder);
    if (results.length === 0) console.error(`There is no golden case below ${folder}.`);
    console.log(formatGoldenResults(results));
    process.exitCode = results.some(({ result }) => result.kind === 'failed') ? 1 : 0;
  } catch (error) {
    console.error(`The golden cases could not be read: ${error.message}`);
    process.exitCode = 2;
  }
}

/** `npm run build [-- --only NAME[,NAME]] [--production] [--watch]`: bundles into dist/. */
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/setup.mjs';

await ensureDependencies();
const { build } = await import('./lib/build.mjs');
const { values } = parseArgs({
  options: { only: { type: 'string' }, production: { type: 'boolean' }, watch: { type: 'boolean' } },
});
try {
  await build({ ...values, only: values.only?.split(',') });
  if (values.watch) console.log('Watching for changes; Ctrl-C ends.');
} catch (error) {
  // esbuild has printed the errors of the bundles itself.
  if (error.errors === undefined) console.error(error.message);
  process.exitCode = 1;
}

/**
 * `npm start`: VS Code with the extension from this checkout, on the samples. The desktop VS Code where there is one, else one
 * that is served on a loopback address.
 *
 *   npm start -- [--served] [--port N] [--no-open]
 *   npm start -- --headless FILE [options of "streambook run"]
 */
import { inRoot } from './lib/paths.mjs';
import { ensureDependencies } from './lib/setup.mjs';

const argv = process.argv.slice(2);
if (argv[0] === '--headless') {
  const { run } = await import('./lib/exec.mjs');
  // Ctrl-C belongs to the job, which ends in its own way; this process waits for it.
  process.on('SIGINT', () => {});
  const { code } = await run(process.execPath, [inRoot('scripts/cli.mjs'), 'run', ...argv.slice(1)], { cwd: process.cwd() });
  process.exit(code);
}

const { parseArgs } = await import('node:util');
let options;
try {
  options = parseArgs({
    args: argv,
    options: { served: { type: 'boolean' }, port: { type: 'string' }, 'no-open': { type: 'boolean' } },
  }).values;
  if (options.port !== undefined && !/^\d{1,5}$/.test(options.port)) throw new Error(`--port needs a number, not ${options.port}.`);
} catch (error) {
  console.error(`${error.message}\nUsage: npm start -- [--served] [--port N] [--no-open] | --headless FILE`);
  process.exit(2);
}

await ensureDependencies();
const { build } = await import('./lib/build.mjs');
console.log('Building the extension …');
await build().catch(() => process.exit(1));
// esbuild's own process would otherwise stay as long as this one.
await (await import('esbuild')).stop();

const { findDesktop, openDesktop, serve } = await import('./lib/start.mjs');
const desktop = options.served || options.port !== undefined ? null : findDesktop();
if (desktop === null) {
  await serve({ port: options.port === undefined ? undefined : Number(options.port), open: !options['no-open'] });
} else {
  process.exitCode = await openDesktop(desktop);
}

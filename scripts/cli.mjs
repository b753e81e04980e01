/** `npm run --silent cli -- ARGUMENTS`: the `streambook` command from the sources, built first when they changed. */
import { readdir, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { withLock } from './lib/lock.mjs';
import { inRoot } from './lib/paths.mjs';
import { ensureDependencies } from './lib/setup.mjs';

const BUNDLE = inRoot('dist/cli.mjs');
const TYPESCRIPT = inRoot('dist/typescript.cjs');
const SOURCES = ['src', 'engine', 'scripts/lib/build.mjs', 'scripts/lib/bundles.mjs', 'package.json', 'package-lock.json'];

/** @param {string} file @returns {Promise<number>} the time of its last change; 0 when it does not exist */
const changed = async (file) => (await stat(file).catch(() => null))?.mtimeMs ?? 0;

/** @param {string} name @returns {Promise<number>} the newest change in a file or folder */
async function newest(name) {
  const path = inRoot(name);
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  const times = await Promise.all([path, ...entries.map((entry) => inRoot(name, entry))].map(changed));
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}

/** @returns {Promise<string[]>} the bundles that have to be built */
async function missing() {
  const sources = await Promise.all(SOURCES.map(newest));
  const names = [];
  if ((await changed(BUNDLE)) < Math.max(...sources) || (await changed(inRoot('dist/lib/api.d.ts'))) === 0) names.push('cli');
  if ((await changed(TYPESCRIPT)) < (await changed(inRoot('node_modules/typescript/package.json')))) names.push('typescript');
  return names;
}

// Standard output belongs to the command: what the preparations say goes to standard error.
const { log } = console;
console.log = console.error;
await ensureDependencies();
if ((await missing()).length > 0) {
  const { build } = await import('./lib/build.mjs');
  await withLock(
    inRoot('out/cli-build.lock'),
    async () => {
      const only = await missing();
      if (only.length === 0) return;
      await build({ only }).catch((error) => {
        // esbuild has printed the errors of the bundles itself.
        if (error.errors === undefined) console.error(error.message);
        process.exit(1);
      });
    },
    (holder) => console.error(`Waiting for process ${holder}, which builds the command line …`),
  );
}
console.log = log;
// npm starts scripts in the package's folder; file names are meant from where the user is.
const { INIT_CWD, npm_lifecycle_event: script } = process.env;
if (script === 'cli' && INIT_CWD) process.chdir(INIT_CWD);
await import(pathToFileURL(BUNDLE).href);

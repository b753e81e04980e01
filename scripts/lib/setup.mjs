/** What every script needs before anything else. Uses Node's built-ins only: nothing may be installed yet. */
import { readFile } from 'node:fs/promises';
import { runNpm } from './exec.mjs';
import { withLock } from './lock.mjs';
import { inRoot } from './paths.mjs';

const MINIMUM_NODE = [20, 19];

/** Ends the process with a message when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor, wantMinor] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  console.error(`Streambook needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`);
  console.error('Install a current release from https://nodejs.org and try again.');
  process.exit(1);
}

/** @param {string} file */
async function lockedPackages(file) {
  const { packages } = JSON.parse(await readFile(file, 'utf8'));
  return packages;
}

/** True when node_modules holds what package-lock.json says (packages for other platforms aside). */
async function isInstalled() {
  let installed;
  try {
    installed = await lockedPackages(inRoot('node_modules/.package-lock.json'));
  } catch {
    return false;
  }
  const wanted = await lockedPackages(inRoot('package-lock.json'));
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const found = installed[name];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/** Installs the project's dependencies when they are missing or are not those of package-lock.json. */
export async function ensureDependencies() {
  requireNode();
  if (await isInstalled()) return;
  await withLock(
    inRoot('out/npm-ci.lock'),
    async () => {
      if (await isInstalled()) return;
      console.log('Installing the dependencies (npm ci) …');
      const { code } = await runNpm(['ci', '--loglevel=error']);
      if (code === 0) return;
      console.error(`npm ci failed with exit code ${code}. Check the network or the proxy settings of npm, then try again.`);
      process.exit(1);
    },
    (holder) => console.log(`Waiting for process ${holder}, which installs the dependencies …`),
  );
}

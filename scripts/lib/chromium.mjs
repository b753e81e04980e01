import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './exec.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** Where installers put a Chromium-based browser when they do not put it on PATH. */
function usualPlaces() {
  const { HOME = '', ProgramFiles = '', 'ProgramFiles(x86)': programFiles86 = '', LOCALAPPDATA = '' } = process.env;
  switch (process.platform) {
    case 'darwin':
      return ['', HOME].flatMap((base) =>
        ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) =>
          path.join(base, '/Applications', `${name}.app`, 'Contents/MacOS', name),
        ),
      );
    case 'win32':
      return [ProgramFiles, programFiles86, LOCALAPPDATA]
        .filter((base) => base !== '')
        .flatMap((base) => ['Google/Chrome', 'Chromium', 'Microsoft/Edge'].map((name) => [base, name]))
        .map(([base, name]) => path.join(base, name, 'Application', name === 'Microsoft/Edge' ? 'msedge.exe' : 'chrome.exe'));
    default:
      return ['/snap/bin/chromium', '/opt/google/chrome/chrome', '/usr/lib/chromium/chromium'];
  }
}

/** @param {string} name */
export function onPath(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/** @returns {string | null} a Chromium-based browser of this machine; CHROMIUM in the environment wins */
export function installedChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of NAMES) {
    const file = onPath(name);
    if (file !== null) return file;
  }
  return usualPlaces().find((file) => existsSync(file)) ?? null;
}

/** The start of an apt-get command that needs no answer, or null where there is none. */
async function aptPrefix() {
  if (process.platform !== 'linux' || onPath('apt-get') === null) return null;
  if (process.getuid?.() === 0) return [];
  const { code } = await run('sudo', ['-n', 'true'], { capture: true });
  return code === 0 ? ['sudo', '-n'] : null;
}

/**
 * A Chromium-based browser; installed with apt where that is possible without asking.
 * @returns {Promise<string>}
 * @throws {Error} that says the one command to run
 */
export async function findChromium() {
  const found = installedChromium();
  if (found !== null) return found;
  const prefix = await aptPrefix();
  if (prefix !== null) {
    console.log('Installing Chromium (apt-get install chromium) …');
    for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
      const [command, ...args] = [...prefix, 'apt-get', '-q', ...step];
      await run(command, args, { capture: true, env: { DEBIAN_FRONTEND: 'noninteractive' } });
    }
    const installed = installedChromium();
    if (installed !== null) return installed;
  }
  const command = {
    darwin: 'brew install --cask chromium',
    win32: 'winget install Google.Chrome',
    linux: 'sudo apt-get update && sudo apt-get install -y chromium',
  }[process.platform];
  throw new Error(
    `No Chromium, Chrome or Edge was found. Install one: ${command ?? 'https://www.chromium.org'} (or set CHROMIUM to its file).`,
  );
}

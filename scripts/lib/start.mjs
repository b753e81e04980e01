import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { userCacheFolder } from './cache.mjs';
import { onPath } from './chromium.mjs';
import { run } from './exec.mjs';
import { inRoot, ROOT } from './paths.mjs';
import { startServer } from './served-vscode.mjs';

const SAMPLES = inRoot('samples');
const FIRST_NOTEBOOK = path.join(SAMPLES, 'word-count.stream.md');

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** @returns {string | null} the command of a desktop VS Code that can open a window here */
export function findDesktop() {
  // In a terminal of a remote VS Code `code` only talks to that window; and as root the desktop refuses to start.
  if (process.env.VSCODE_IPC_HOOK_CLI || !hasDisplay() || process.getuid?.() === 0) return null;
  for (const name of ['code', 'code-insiders', 'codium']) {
    const file = onPath(name);
    if (file !== null) return file;
  }
  return null;
}

/**
 * Opens a window of the user's own VS Code with this checkout's extension in it.
 * @param {string} command
 * @returns {Promise<number>} exit code
 */
export async function openDesktop(command) {
  console.log(`Opening the samples in ${command} …`);
  const args = ['--new-window', `--extensionDevelopmentPath=${ROOT}`, SAMPLES, FIRST_NOTEBOOK];
  // On Windows the command is a batch file, which only the shell starts.
  const windows = process.platform === 'win32';
  const { code } = windows
    ? await run(
        `"${command}"`,
        args.map((arg) => `"${arg}"`),
        { shell: true },
      )
    : await run(command, args);
  return code;
}

/**
 * A place for the served VS Code's data, one per checkout, with this checkout's extension as its only installed one.
 * @returns {Promise<string>}
 */
async function prepareData() {
  const checkout = createHash('sha256').update(ROOT).digest('hex').slice(0, 12);
  const data = path.join(userCacheFolder(), 'served-data', checkout);
  const extensions = path.join(data, 'extensions');
  await rm(extensions, { recursive: true, force: true });
  await mkdir(extensions, { recursive: true });
  const { publisher, name, version } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  // A link, not a copy: after a rebuild "Developer: Reload Window" is enough.
  await symlink(ROOT, path.join(extensions, `${publisher}.${name}-${version}`), 'junction');
  return data;
}

/** @param {string} url */
function openInBrowser(url) {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // The address is printed: whoever has no browser here opens it elsewhere.
  child.on('error', () => {});
  child.unref();
}

/**
 * Serves VS Code until this process is told to end.
 * @param {{ port: number | undefined, open: boolean }} options
 */
export async function serve({ port, open }) {
  const data = await prepareData();
  const server = await startServer({ data, ...(port === undefined ? {} : { port }) });
  const notebook = `vscode-remote://${server.authority}${pathToFileURL(FIRST_NOTEBOOK).pathname}`;
  const url = server.url({ folder: pathToFileURL(SAMPLES).pathname, payload: JSON.stringify([['openFile', notebook]]) });
  console.log(`\nVS Code with Streambook is served here (only this machine can reach it):\n\n  ${url}\n\nCtrl-C ends it.`);
  if (open && hasDisplay()) openInBrowser(url);
  const asked = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve('asked'));
  });
  const reason = await Promise.race([asked, server.ended]);
  await server.stop();
  if (reason === 'asked') return;
  console.error("VS Code's server ended by itself.");
  process.exitCode = 1;
}

/** The desktop VS Code for tests, downloaded by @vscode/test-electron. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { chromium } from 'playwright-core';
import { userCacheFolder } from './cache.mjs';
import { onPath } from './chromium.mjs';
import { run as runProgram } from './exec.mjs';
import { startGroup, stopGroup } from './processes.mjs';
import { freePort } from './served-vscode.mjs';

/** The version that the served VS Code has, too. */
const VERSION = '1.139.1';

const DOWNLOADS = 'https://update.code.visualstudio.com/api/releases/stable';

/** @returns {Promise<string | null>} its executable; null where it cannot be downloaded or has no display */
export async function desktopVsCode() {
  if (process.env.STREAMBOOK_VSCODE === 'served') return null;
  if (process.platform === 'linux' && !process.env.DISPLAY && onPath('xvfb-run') === null) return null;
  const reachable = await fetch(DOWNLOADS, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!reachable) return null;
  return downloadAndUnzipVSCode({ version: VERSION, cachePath: path.join(userCacheFolder(), 'desktop-vscode') }).catch((error) => {
    console.log(`The desktop VS Code could not be downloaded (${error.message}).`);
    return null;
  });
}

/** @param {{ folder: string, workspace: string, extension: string, env: Record<string, string>, log: import('node:stream').Writable, run: import('./workbench.mjs').Run, vsix: string | null, executable: string, suite: string }} options */
export async function openDesktop({ folder, workspace, extension, env, log, run, vsix, executable, suite }) {
  const port = await freePort();
  const folders = [`--user-data-dir=${path.join(folder, 'data')}`, `--extensions-dir=${path.join(folder, 'extensions')}`];
  await mkdir(path.join(folder, 'data/User'), { recursive: true });
  await writeFile(path.join(folder, 'data/User/settings.json'), JSON.stringify({ 'security.workspace.trust.startupPrompt': 'never' }));
  const sandbox = process.platform === 'linux' ? ['--no-sandbox', '--disable-gpu-sandbox'] : [];
  if (vsix !== null) {
    const { code, output } = await runProgram(executable, [...sandbox, ...folders, '--install-extension', vsix], { capture: true });
    if (code !== 0) throw new Error(`VS Code did not install ${vsix}:\n${output}`);
  }
  const args = [
    workspace,
    ...sandbox,
    ...folders,
    `--extensionDevelopmentPath=${extension}`,
    `--extensionTestsPath=${path.join(suite, 'index.cjs')}`,
    `--remote-debugging-port=${port}`,
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-updates',
    '--disable-gpu',
    ...(run.trust === false ? [] : ['--disable-workspace-trust']),
  ];
  const [command, ...rest] =
    process.platform === 'linux' && !process.env.DISPLAY ? ['xvfb-run', '-a', executable, ...args] : [executable, ...args];
  const child = startGroup(command, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => log.write(data));
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(`the test run ended with code ${code}`)));
  const browser = await connect(port);
  return {
    page: () =>
      browser
        ?.contexts()
        .flatMap((context) => context.pages())
        .find((page) => page.url().includes('workbench')) ?? null,
    reload: () => Promise.reject(new Error('The desktop VS Code ends with its tests.')),
    ended,
    close: async () => {
      await browser?.close();
      await stopGroup(child);
    },
  };
}

/** @param {number} port of Chromium's debugging protocol in VS Code */
async function connect(port) {
  for (let attempt = 0; attempt < 60; attempt++) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  return null;
}

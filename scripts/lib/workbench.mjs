/**
 * The tests inside a real VS Code: the desktop one where it can be downloaded, else the served one in a headless browser.
 * One mocha suite (test/workbench) either way.
 */
import { createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { openBrowser } from './browser.mjs';
import { startControlServer } from './control-server.mjs';
import { desktopVsCode, openDesktop } from './desktop-vscode.mjs';
import { packageExtension } from './package.mjs';
import { inRoot, OUT, ROOT } from './paths.mjs';
import { installExtension, servedVsCode, startServer } from './served-vscode.mjs';
import { runUserWindowTests } from './user-window.mjs';

const FOLDER = path.join(OUT, 'workbench');
const SUITE = path.join(FOLDER, 'suite');
const SCREENSHOTS = path.join(OUT, 'screenshots');
const PICTURES = inRoot('docs/images');

/** Windows of the served VS Code that are tested at a time. */
const SIDE_BY_SIDE = 2;

/** A window that has not handed in its results by then hangs. */
const WINDOW_SECONDS = 240;

/**
 * @typedef {object} Run one VS Code, from its start to its end
 * @property {string} name
 * @property {readonly (readonly string[])[]} windows names of suites, for each time the window is loaded: of test files, or the one that takes pictures
 * @property {boolean} [trust] false: the folder is not trusted
 * @property {boolean} [packed] the packed VSIX is installed, and nothing is under development: where no user's window does the same
 */

/** @type {readonly Run[]} */
const RUNS = [
  { name: 'notebook', windows: [['activation', 'run', 'errors', 'editors', 'replay', 'first-run', 'chart-editor', 'debugger']] },
  {
    name: 'reloaded',
    windows: [
      ['checkpoints', 'reload-before'],
      ['checkpoints-after', 'reload-after'],
    ],
  },
  { name: 'untrusted', windows: [['untrusted']], trust: false },
  { name: 'packed', windows: [['packed']], packed: true },
];

/** @returns {Promise<void>} */
async function buildSuite() {
  const folder = inRoot('test/workbench');
  const files = await readdir(folder);
  await rm(SUITE, { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: files
      .filter((name) => ['index.ts', 'pictures.ts'].includes(name) || name.endsWith('.test.ts'))
      .map((name) => ({ in: path.join(folder, name), out: name.replace(/(\.test)?\.ts$/, '') })),
    outdir: SUITE,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/**
 * @typedef {object} Opened
 * @property {() => import('playwright-core').Page | null} page null where what users see is out of reach
 * @property {() => Promise<void>} reload loads the window again, tests included
 * @property {Promise<string>} ended resolves with the reason when VS Code ends before its time
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ folder: string, workspace: string, extension: string, env: Record<string, string>, log: import('node:stream').Writable, run: Run, vsix: string | null }} options
 * @returns {Promise<Opened>}
 */
async function openServed({ folder, workspace, extension, env, log, run, vsix }) {
  const data = path.join(folder, 'data');
  if (vsix !== null) await installExtension(data, vsix);
  const server = await startServer({ data, trust: run.trust ?? true, driver: true, env, log });
  const { browser, page } = await openBrowser();
  /** @type {(reason: string) => void} */
  let end = () => {};
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  void server.ended.then(() => end("VS Code's server ended"));
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
    log.write(`${args.join(' ')}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => end(`the test run ended with code ${code}`));
  page.on('pageerror', (error) => log.write(`page: ${error.stack ?? error.message}\n`));
  const uri = (/** @type {string} */ file) => `vscode-remote://${server.authority}${pathToFileURL(file).pathname}`;
  const payload = [
    ['extensionDevelopmentPath', uri(extension)],
    ['extensionTestsPath', uri(path.join(SUITE, 'index.cjs'))],
    ['skipWelcome', 'true'],
  ];
  const address = server.url({ folder: pathToFileURL(workspace).pathname, payload: JSON.stringify(payload) });
  await page.goto(address);
  return {
    page: () => page,
    reload: async () => {
      await page.goto(address);
    },
    ended,
    close: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

/**
 * @param {Run} run
 * @param {{ desktop: string | null, vsix: string | null }} setup
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
async function runOne(run, { desktop, vsix }) {
  const folder = path.join(FOLDER, run.name);
  const workspace = path.join(folder, 'samples');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(inRoot('samples'), workspace, { recursive: true });
  const log = createWriteStream(path.join(folder, 'log.txt'));

  let suites = run.windows[0];
  /** @type {Opened | null} */
  let opened = null;
  const control = await startControlServer({
    page: () => opened?.page() ?? null,
    screenshots: SCREENSHOTS,
    settings: () => ({ suites, data: path.join(folder, 'data'), pictures: PICTURES, seesPage: opened?.page() !== null }),
  });
  const total = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]), output: '', failures: /** @type {string[]} */ ([]) };
  try {
    const extension = run.packed ? inRoot('test/workbench/nothing') : ROOT;
    const env = { STREAMBOOK_WORKBENCH_TEST: control.url };
    const open = desktop === null ? openServed : openDesktop;
    for (const [index, window] of run.windows.entries()) {
      suites = window;
      const results = control.nextResults();
      if (opened === null) opened = await open({ folder, workspace, extension, env, log, run, vsix, executable: desktop, suite: SUITE });
      else await opened.reload();
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(() => resolve(`no results within ${WINDOW_SECONDS} s`), WINDOW_SECONDS * 1000);
      });
      const outcome = await Promise.race([results, opened.ended, late]);
      clearTimeout(timer);
      if (typeof outcome === 'string') {
        await opened
          .page()
          ?.screenshot({ path: path.join(SCREENSHOTS, `${run.name}-${index}-broken.png`) })
          .catch(() => {});
        total.failed++;
        total.failures.push(`${run.name} (${window.join(', ')}): ${outcome}; see ${path.relative(ROOT, log.path)}`);
        break;
      }
      total.passed += outcome.passed;
      total.failed += outcome.failed;
      total.skipped.push(...outcome.skipped);
      total.failures.push(...outcome.failures);
      total.output += control
        .takeNotes()
        .map((note) => `  ${note}\n`)
        .join('');
    }
  } finally {
    await opened?.close();
    control.stop();
    await new Promise((resolve) => log.end(resolve));
  }
  return total;
}

/**
 * @param {readonly string[]} [only] names of test files; the whole windows with them are run
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function runWorkbenchTests(only) {
  await buildSuite();
  for (const name of await readdir(SCREENSHOTS).catch(() => [])) {
    if (/^failed-|-broken\.png$/.test(name)) await rm(path.join(SCREENSHOTS, name));
  }
  const desktop = await desktopVsCode();
  if (desktop === null) await servedVsCode();
  const asUser = only?.includes('user') ?? true;
  const runs = RUNS.filter(({ windows, packed = false }) =>
    only === undefined ? !packed || desktop !== null : windows.flat().some((suite) => only.includes(suite)),
  );
  const vsix = asUser || runs.some(({ packed }) => packed) ? (await packageExtension({ fresh: false })).file : null;
  const total = {
    passed: 0,
    failed: 0,
    skipped: /** @type {string[]} */ ([]),
    failures: /** @type {string[]} */ ([]),
    output: `In the ${desktop === null ? 'served' : 'desktop'} VS Code.\n`,
  };
  /** @type {{ name: string, run: () => Promise<import('./stages.mjs').StageResult> }[]} */
  const windows = [];
  if (asUser && desktop === null && vsix !== null) windows.push({ name: 'user', run: () => runUserWindowTests(vsix, SCREENSHOTS) });
  else if (asUser) total.skipped.push('user: nobody clicks and types in the desktop VS Code');
  for (const run of runs) {
    if (desktop === null || run.windows.length === 1) {
      windows.push({ name: run.name, run: () => runOne(run, { desktop, vsix: run.packed ? vsix : null }) });
    } else total.skipped.push(`${run.name}: the desktop VS Code cannot be reloaded with its tests`);
  }
  const next = async () => {
    for (let window = windows.shift(); window !== undefined; window = windows.shift()) {
      const start = performance.now();
      const { name } = window;
      const result = await window.run().catch((error) => ({ passed: 0, failed: 1, failures: [`${name}: ${error.stack ?? error}`] }));
      total.passed += result.passed;
      total.failed += result.failed;
      total.skipped.push(...(result.skipped ?? []));
      total.failures.push(...(result.failures ?? []));
      total.output += `  ${name}: ${((performance.now() - start) / 1000).toFixed(0)} s\n${result.output ?? ''}`;
    }
  };
  // A window mostly waits for what it has asked for: some of them take little longer than one. A desktop has one keyboard focus.
  await Promise.all(Array.from({ length: desktop === null ? SIDE_BY_SIDE : 1 }, next));
  return total;
}

/**
 * Takes the pictures of the documentation.
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function takePictures() {
  await buildSuite();
  await servedVsCode();
  return runOne({ name: 'pictures', windows: [['pictures']] }, { desktop: null, vsix: null });
}

/** The bundles of the extension, by name. Adding one means adding an entry. */

/**
 * @typedef {object} Bundle
 * @property {string} entry
 * @property {string} output
 * @property {import('esbuild').BuildOptions} options
 * @property {boolean} [usesTypeScript] import TypeScript from the one shared file instead of carrying a copy
 * @property {boolean} [libraries] needs the declaration files in dist/lib
 * @property {string} [prebuilds] a folder of native modules by platform, which go to dist/prebuilds
 */

/** A CommonJS dependency inside an ES module bundle asks for `require`. */
const REQUIRE_BANNER = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** @type {import('esbuild').BuildOptions} */
const NODE_MODULE = { platform: 'node', format: 'esm', target: 'node20', banner: { js: REQUIRE_BANNER } };

/** @type {Readonly<Record<string, Bundle>>} */
export const BUNDLES = {
  extension: {
    entry: 'src/extension.ts',
    output: 'dist/extension.cjs',
    options: { platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] },
  },
  'job-worker': { entry: 'src/host/job-worker.ts', output: 'dist/job-worker.mjs', options: NODE_MODULE },
  'job-process': { entry: 'src/host/job-process.ts', output: 'dist/job-process.mjs', options: NODE_MODULE },
  // LevelDB finds its binaries beside it, in dist/prebuilds.
  'state-thread': {
    entry: 'engine/node/state/state-thread.ts',
    output: 'dist/state-thread.cjs',
    options: { platform: 'node', format: 'cjs', target: 'node20', external: ['pg-native'] },
    prebuilds: 'node_modules/classic-level/prebuilds',
  },
  'language-worker': {
    entry: 'src/language/language-worker.ts',
    output: 'dist/language-worker.mjs',
    options: NODE_MODULE,
    usesTypeScript: true,
    libraries: true,
  },
  typescript: {
    entry: 'node_modules/typescript/lib/typescript.js',
    output: 'dist/typescript.cjs',
    options: { platform: 'node', format: 'cjs', target: 'node20', sourcemap: false },
  },
  renderer: {
    entry: 'src/renderer/renderer.ts',
    output: 'dist/renderer.js',
    options: { platform: 'browser', format: 'esm', target: 'es2022', loader: { '.css': 'text' } },
  },
  'chart-editor': {
    entry: 'src/panels/chart-editor/view/main.ts',
    output: 'dist/chart-editor.js',
    options: { platform: 'browser', format: 'iife', target: 'es2022', loader: { '.ttf': 'dataurl', '.json': 'text' } },
  },
  'chart-editor-worker': {
    entry: 'src/panels/chart-editor/view/json-worker.ts',
    output: 'dist/chart-editor-worker.js',
    options: { platform: 'browser', format: 'iife', target: 'es2022' },
  },
  cli: {
    entry: 'src/cli/main.ts',
    output: 'dist/cli.mjs',
    options: { ...NODE_MODULE, banner: { js: `#!/usr/bin/env node\n${REQUIRE_BANNER}` } },
    usesTypeScript: true,
    libraries: true,
  },
};

/** Size budgets in bytes, for a production build. The extension host parses dist/extension.cjs at every activation, which is to take at most 150 ms. */
export const BUDGETS = {
  'dist/renderer.js': 1_200_000,
  'dist/extension.cjs': 300_000,
  'dist/chart-editor.js': 7_500_000,
  vsix: 8_000_000,
};

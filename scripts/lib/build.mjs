import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { BUNDLES } from './bundles.mjs';
import { inRoot, OUT, ROOT } from './paths.mjs';

/**
 * TypeScript is 9 MB of source: it is bundled once and the bundles that use it require that file. An `import` would have Node look
 * for the names it exports, which takes it longer than compiling it.
 */
const sharedTypeScript = {
  name: 'shared-typescript',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^typescript$/ }, () => ({ path: 'typescript', namespace: 'shared' }));
    build.onResolve({ filter: /^\.\/typescript\.cjs$/, namespace: 'shared' }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /^/, namespace: 'shared' }, () => ({ contents: "module.exports = require('./typescript.cjs');" }));
  },
};

/** Writes what a bundle consists of to out/meta, for looking at sizes. */
const metafile = (/** @type {string} */ name) => ({
  name: 'metafile',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onEnd(async (result) => {
      if (result.metafile === undefined) return;
      await mkdir(path.join(OUT, 'meta'), { recursive: true });
      await writeFile(path.join(OUT, 'meta', `${name}.json`), JSON.stringify(result.metafile));
    });
  },
});

/**
 * @param {string} name
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function buildOptions(name, production) {
  const bundle = BUNDLES[name];
  const minify = production || name === 'typescript';
  return {
    absWorkingDir: ROOT,
    entryPoints: [bundle.entry],
    outfile: bundle.output,
    bundle: true,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'none',
    minifyWhitespace: minify,
    minifySyntax: minify,
    // The names of classes and functions appear in stack traces: only code that is large or not ours loses them.
    minifyIdentifiers: minify && (name === 'typescript' || bundle.options.platform === 'browser'),
    sourcemap: production ? false : 'linked',
    define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
    plugins: [...(bundle.usesTypeScript ? [sharedTypeScript] : []), metafile(name)],
    ...bundle.options,
  };
}

/** Copies the standard library's declarations for ES2023 and the cells' own API to dist/lib. */
async function copyLibraries() {
  const target = inRoot('dist/lib');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const library = inRoot('node_modules/typescript/lib');
  const pending = ['es2023'];
  const seen = new Set(pending);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const file = `lib.${name}.d.ts`;
    const text = await readFile(path.join(library, file), 'utf8');
    await writeFile(path.join(target, file), text);
    for (const [, reference = ''] of text.matchAll(/\/\/\/ <reference lib="([^"]+)"/g)) {
      if (!seen.has(reference)) pending.push(reference);
      seen.add(reference);
    }
  }
  const api = inRoot('src/program/cells-api');
  for (const file of await readdir(api).catch(() => [])) {
    if (file.endsWith('.d.ts')) await copyFile(path.join(api, file), path.join(target, file));
  }
}

/**
 * Copies native modules to dist/prebuilds, by platform. VS Code does not run on Android, nor on Windows for 32 bits.
 * @param {string} folder
 */
async function copyPrebuilds(folder) {
  const target = inRoot('dist/prebuilds');
  await rm(target, { recursive: true, force: true });
  for (const platform of await readdir(inRoot(folder))) {
    if (!/^android|ia32$/.test(platform)) await cp(path.join(inRoot(folder), platform), path.join(target, platform), { recursive: true });
  }
}

/**
 * Builds bundles.
 * @param {{ only?: readonly string[], production?: boolean, watch?: boolean }} [options] `only`: names of the table; all when absent
 * @returns {Promise<void>} rejects when a bundle has errors (esbuild printed them); with `watch` resolves once watching
 */
export async function build({ only = Object.keys(BUNDLES), production = false, watch = false } = {}) {
  const unknown = only.filter((name) => BUNDLES[name] === undefined);
  if (unknown.length > 0) throw new Error(`No such bundle: ${unknown.join(', ')}. There are ${Object.keys(BUNDLES).join(', ')}.`);
  if (only.some((name) => BUNDLES[name].libraries)) await copyLibraries();
  for (const name of only) {
    const { prebuilds } = BUNDLES[name];
    if (prebuilds !== undefined) await copyPrebuilds(prebuilds);
  }
  if (watch) {
    const contexts = await Promise.all(only.map((name) => esbuild.context(buildOptions(name, production))));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const results = await Promise.allSettled(only.map((name) => esbuild.build(buildOptions(name, production))));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * The tests of what only an ordinary window shows: where VS Code runs tests of its own it asks no modal questions and raises no toasts.
 * The packed extension is installed, nothing is under development, and a browser is driven from outside (test/user).
 */
import { createWriteStream } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { findChromium } from './chromium.mjs';
import { runMocha } from './mocha.mjs';
import { inRoot, OUT } from './paths.mjs';
import { installExtension, startServer } from './served-vscode.mjs';

/**
 * @param {string} vsix
 * @param {string} screenshots folder
 * @returns {Promise<import('./stages.mjs').StageResult>}
 */
export async function runUserWindowTests(vsix, screenshots) {
  const folder = path.join(OUT, 'workbench/user');
  const data = path.join(folder, 'data');
  const workspace = path.join(folder, 'samples');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(inRoot('samples'), workspace, { recursive: true });
  await installExtension(data, vsix);
  const log = createWriteStream(path.join(folder, 'log.txt'));
  const server = await startServer({ data, settings: { 'window.autoDetectColorScheme': true }, log });
  try {
    const place = { url: server.url({ folder: workspace }), workspace, screenshots };
    const env = { STREAMBOOK_USER_WINDOW: JSON.stringify(place), CHROMIUM: await findChromium() };
    return await runMocha('user', ['test/user/**/*.test.ts'], { capture: true, env });
  } finally {
    await server.stop();
    await new Promise((resolve) => log.end(resolve));
  }
}

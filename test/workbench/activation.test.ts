import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import { outside } from './outside.ts';

const EXTENSION = 'streambook.streambook';

describe('activation', () => {
  it('loads one small file, and neither engine nor TypeScript nor Vega', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension !== undefined);
    assert.equal(extension.isActive, false, 'nothing has asked for the extension yet');

    const start = performance.now();
    const api = (await extension.activate()) as StreambookTestApi;
    const all = (performance.now() - start).toFixed(0);
    await outside('note', { text: `activation: ${all} ms, of them ${api.activationTime.toFixed(0)} ms in activate` });

    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(extension.extensionPath) && !file.includes('node_modules'));
    const ours = loaded.map((file) => path.relative(extension.extensionPath, file)).filter((file) => file.startsWith('dist'));
    assert.deepEqual(ours, [path.join('dist', 'extension.cjs')]);
  });
});

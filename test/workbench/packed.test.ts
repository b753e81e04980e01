import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cellWith, charts, execute, interrupt, newNotebook, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('the packed extension', () => {
  it('is the one that is installed', () => {
    const extension = vscode.extensions.getExtension('streambook.streambook');
    assert.match(extension?.extensionPath ?? '', /extensions[/\\]streambook\.streambook-/);
  });

  it('compiles, runs and shows results', async () => {
    const notebook = await newNotebook(
      'packed.stream.md',
      "env.fromData(['a', 'b', 'a']).map(word => ({ word, n: 1 })).keyBy('word').sum('n')",
    );
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    await execute(cell);
    const state = await outputIn(cell, 'finished', 'failed');
    assert.equal(state.error, null);
    assert.deepEqual(
      state.rows.map(({ value }) => value),
      [
        { word: 'a', n: 1 },
        { word: 'b', n: 1 },
        { word: 'a', n: 2 },
      ],
    );
  });

  it('draws the sample', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await openNotebook('word-count.stream.md');
    const cell = cellWith(notebook, "sum('count')");
    reveal(cell);
    await execute(cell);
    await until('a chart', charts, ({ length }) => length > 0);
    await outside('screenshot', { name: 'packed' });
    await interrupt(cell);
    await outputIn(cell, 'stopped');
  });
});

import assert from 'node:assert/strict';
import { cellWith, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside } from './outside.ts';

describe('after the window was reloaded', () => {
  it('the last result is there, marked as stopped, and nothing runs', async () => {
    const notebook = await openNotebook('word-count.stream.md');
    const cell = cellWith(notebook, "sum('count')");
    reveal(cell);
    const state = await outputIn(cell, 'stopped');
    assert.ok(state.status.recordsIn > 0);
    assert.ok(state.notice !== null, 'the output says that it was put back');
    assert.equal(notebook.isDirty, false);
    await outside('screenshot', { name: 'after-reload' });
  });
});

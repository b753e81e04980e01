import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cellWith, charts, closeAll, execute, interrupt, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('one notebook in two editors', () => {
  before(closeAll);

  it('shows the running output in both, and in the one that stays', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await openNotebook('word-count.stream.md');
    await openNotebook('word-count.stream.md', vscode.ViewColumn.Two);
    assert.equal(vscode.window.visibleNotebookEditors.filter((editor) => editor.notebook === notebook).length, 2);
    const cell = cellWith(notebook, "sum('count')");
    for (const editor of vscode.window.visibleNotebookEditors) {
      editor.revealRange(new vscode.NotebookRange(cell.index, cell.index + 1), vscode.NotebookEditorRevealType.AtTop);
    }
    await execute(cell);
    const first = await until('two charts', charts, ({ length }) => length >= 2);
    await until('both to move', charts, (now) => now.length >= 2 && now.every((chart) => !first.includes(chart)));
    await outside('screenshot', { name: 'two-editors' });

    await vscode.commands.executeCommand('workbench.action.closeEditorsInGroup');
    reveal(cell);
    const alone = await until('one chart', charts, ({ length }) => length > 0);
    await until('it to move', charts, (now) => now.length > 0 && now.every((chart) => !alone.includes(chart)));
    await interrupt(cell);
    await outputIn(cell, 'stopped');
  });
});

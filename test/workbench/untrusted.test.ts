import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import { cellWith, execute, openNotebook, outputStates } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('a folder that is not trusted', () => {
  it('opens and shows notebooks and runs nothing', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const notebook = await openNotebook('word-count.stream.md');
    assert.ok(notebook.cellCount > 3);
    const cell = cellWith(notebook, "sum('count')");
    // VS Code asks whether the folder is to be trusted, and goes on asking: nobody answers.
    void execute(cell);
    const api = (await vscode.extensions.getExtension<StreambookTestApi>('streambook.streambook')?.activate()) ?? assert.fail();
    // When the command has come back, the run is refused or it waits for its turn: it cannot begin later.
    await vscode.commands.executeCommand('streambook.restartCell', cell.document.uri);
    assert.equal(api.phase(cell.document.uri.toString()), 'idle');
    if (await seesPage()) {
      await until(
        'the refusal',
        async () => {
          await vscode.commands.executeCommand('notifications.showList');
          return outside('query', { where: 'page', selector: '.notifications-center .notification-list-item', text: 'Restricted Mode' });
        },
        ({ length }) => length > 0,
      );
      await outside('screenshot', { name: 'untrusted' });
    }
    assert.deepEqual(outputStates(cell), []);
    assert.equal(cell.executionSummary?.timing, undefined);
  });
});

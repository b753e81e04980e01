import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import { bytes, cellWith, charts, closeAll, workspaceFolder } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('the first minutes', () => {
  before(closeAll);

  it('go from nothing to a moving chart by one command, and the notebook can be saved', async () => {
    const api =
      (await vscode.extensions.getExtension<StreambookTestApi>('streambook.streambook')?.activate()) ?? assert.fail('no test API');
    await vscode.commands.executeCommand('streambook.showLiveChart');
    const notebook = vscode.window.activeNotebookEditor?.notebook ?? assert.fail('no notebook is open');
    assert.equal(notebook.isUntitled, true);
    const uri = cellWith(notebook, 'views').document.uri.toString();
    if (await seesPage()) {
      const first = await until('a chart', charts, ({ length }) => length > 0);
      await until('the chart to move', charts, (now) => now.length > 0 && now[0] !== first[0]);
    }
    api.stop(uri);
    await until(
      'the end of the job',
      () => api.phase(uri),
      (phase) => phase === 'stopped',
    );
    if (!(await seesPage())) return;
    const saved = notebook.save();
    const input = { where: 'page', selector: '.quick-input-widget input' } as const;
    await until(
      'the question where to',
      () => outside('query', input),
      ([box]) => box !== undefined && box.width > 0,
    );
    await outside('press', { keys: 'Enter' });
    assert.equal(await saved, true);
    assert.match(bytes('notebook-1.stream.md').toString(), /^# Page views\n\n[^`]+```ts id=page-views\ninterface View/);
    await vscode.workspace.fs.delete(vscode.Uri.file(`${workspaceFolder()}/notebook-1.stream.md`));
  });

  it('have a walkthrough that ends with the live chart', async function () {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'streambook.streambook#start');
    if (!(await seesPage())) this.skip();
    const steps = await until(
      'the steps',
      () => outside('query', { where: 'page', selector: '.gettingStartedContainer .step-title' }),
      ({ length }) => length >= 4,
    );
    assert.match(steps.at(-1)?.text ?? '', /live chart/i);
    await outside('screenshot', { name: 'walkthrough' });
  });
});

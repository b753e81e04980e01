/** Takes the pictures of the documentation and of the walkthrough, for `npm run docs:screenshots`. */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { StreambookTestApi } from '../../src/notebook/test-api.ts';
import type { ReplayStatus } from '../../src/output/types.ts';
import { expandTo, rows, showCheckpoints } from './checkpoints.ts';
import { cellWith, closeAll, execute, interrupt, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, until } from './outside.ts';

const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };

const EDITOR = '.notebookOverlay';

/** Beside the pictures of the documentation: those of the walkthrough. */
function walkthrough(pictures: string): string {
  return path.join(pictures, '..', '..', 'media', 'walkthrough');
}

/** A picture of the documentation. Its readers' pages are dark or light; VS Code, which shows the walkthrough, can also be in high contrast. */
async function take(what: string, theme: string): Promise<void> {
  const { pictures } = await outside('settings', {});
  if (theme !== 'high-contrast') await outside('screenshot', { name: `${what}-${theme}`, folder: pictures });
}

describe('pictures', () => {
  for (const [at, [name, theme]] of Object.entries(THEMES).entries()) {
    it(`of the word count, ${name}`, async () => {
      await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, vscode.ConfigurationTarget.Global);
      const notebook = await openNotebook('word-count.stream.md');
      const cell = cellWith(notebook, "sum('count')");
      reveal(cell);
      await execute(cell);
      // By then there are windows that have fired and windows that are open.
      const status = { where: 'page', selector: '.cell-statusbar-container' } as const;
      await until(
        'a good part of the input',
        () => outside('query', status),
        (seen) => seen.some(({ text }) => /Running [5-9]\d/.test(text)),
        60,
      );
      await take('word-count', name);
      await interrupt(cell);
      await outputIn(cell, 'stopped');
    });

    it(`of its checkpoints, ${name}`, async () => {
      const { pictures } = await outside('settings', {});
      await showCheckpoints();
      await expandTo('word-count.stream.md', `run ${at + 1}`, 'KB, ');
      const [newest = ''] = (await rows()).filter((row) => row.includes('KB, '));
      await expandTo(newest.slice(0, 20), 'TumblingEventTimeWindows', 'window contents', ' – ');
      await take('checkpoints', name);
      await outside('screenshot', { name: `checkpoints-${name}`, folder: walkthrough(pictures), selector: '.sidebar' });
    });

    it(`of the first minutes, ${name}`, async () => {
      const { pictures } = await outside('settings', {});
      const folder = walkthrough(pictures);
      const api = (await vscode.extensions.getExtension<StreambookTestApi>('streambook.streambook')?.activate()) ?? assert.fail();
      await closeAll();
      await vscode.commands.executeCommand('workbench.view.explorer');
      await vscode.commands.executeCommand('streambook.newNotebook', 'live-chart');
      const notebook = await until('the notebook', () => vscode.window.activeNotebookEditor?.notebook);
      const cell = cellWith(notebook ?? assert.fail(), 'views');
      const uri = cell.document.uri.toString();
      const range = { document: notebook?.uri, ranges: [{ start: cell.index, end: cell.index + 1 }] };
      // Of the theme before.
      await vscode.commands.executeCommand('notebook.cell.expandCellInput', range);
      await outside('screenshot', { name: `notebook-${name}`, folder, selector: EDITOR });
      await execute(cell);
      const windows = (): number => api.outputs(uri)[0]?.totalRows ?? 0;
      await until('some windows', windows, (rows) => rows >= 20, 120);
      reveal(cell);
      await vscode.commands.executeCommand('notebook.cell.collapseCellInput', range);
      await until(
        'the chart',
        () => outside('query', { where: 'outputs', selector: '.streambook .chart canvas, .streambook .chart svg' }),
        ({ length }) => length > 0,
      );
      await outside('screenshot', { name: `chart-${name}`, folder, selector: EDITOR });
      await interrupt(cell);
      await outputIn(cell, 'stopped');
      api.replay(uri, 'end');
      const replay = (): ReplayStatus | null => api.outputs(uri)[0]?.replay ?? null;
      await until('the replay', replay, (status) => status?.atEnd === true && status.state === 'paused');
      api.control(uri, { kind: 'seek', to: Math.floor((replay()?.last ?? 0) * 0.7) });
      await until('the position', replay, (status) => status?.atEnd === false && status.state === 'paused');
      await until(
        'the bar',
        () => outside('query', { where: 'outputs', selector: '.replay' }),
        ({ length }) => length > 0,
      );
      await outside('screenshot', { name: `replay-${name}`, folder, selector: EDITOR });
      await take('replay', name);
      api.stop(uri);
      await until(
        'the end of the replay',
        () => api.phase(uri),
        (phase) => phase === 'stopped',
      );
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  }
});

/** Not a test: takes the pictures of the documentation, for `npm run docs:screenshots`. */
import * as vscode from 'vscode';
import { expandTo, rows, showCheckpoints } from './checkpoints.ts';
import { cellWith, execute, interrupt, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, until } from './outside.ts';

const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };

describe('pictures', () => {
  for (const [at, [name, theme]] of Object.entries(THEMES).entries()) {
    it(`of the word count, ${name}`, async () => {
      const { pictures } = await outside('settings', {});
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
      await outside('screenshot', { name: `word-count-${name}`, folder: pictures });
      await interrupt(cell);
      await outputIn(cell, 'stopped');
    });

    it(`of its checkpoints, ${name}`, async () => {
      const { pictures } = await outside('settings', {});
      await showCheckpoints();
      await expandTo('word-count.stream.md', `run ${at + 1}`, 'KB, ');
      const [newest = ''] = (await rows()).filter((row) => row.includes('KB, '));
      await expandTo(newest.slice(0, 20), 'TumblingEventTimeWindows', 'window contents', ' – ');
      await outside('screenshot', { name: `checkpoints-${name}`, folder: pictures });
    });
  }
});

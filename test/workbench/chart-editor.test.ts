import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { bytes, cellWith, closeAll, execute, newNotebook, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

const NAME = 'chart-editor.stream.md';
const CODE = "const sizes = env.fromData([{ n: 1 }, { n: 4 }, { n: 9 }])\ndisplay(sizes, { name: 'sizes' })";

/** Texts of what is on screen in any web page of the window. */
async function texts(selector: string): Promise<string[]> {
  return (await outside('query', { where: 'outputs', selector })).map(({ text }) => text);
}

async function press(selector: string, text: string): Promise<void> {
  await until(
    text,
    () => outside('click', { where: 'outputs', selector, text }),
    ({ clicked }) => clicked,
  );
}

describe('the chart editor', () => {
  before(closeAll);
  after(closeAll);

  it('stores a chart below its cell, where undo finds it, and the reopened notebook draws it', async function () {
    if (!(await seesPage())) this.skip();
    let notebook = await newNotebook(NAME, CODE);
    const before = bytes(NAME).toString();
    let cell = cellWith(notebook, 'sizes');
    reveal(cell);
    await execute(cell);
    await outputIn(cell, 'finished');
    await press('.streambook button', 'Edit Chart');
    await until(
      'the text of the inferred chart',
      () => texts('.editor-page .monaco-editor .view-line'),
      ({ length }) => length > 5,
      60,
    );
    await until(
      'the preview',
      () => texts('.editor-page .preview svg text'),
      (shown) => shown.includes('9'),
    );
    await outside('screenshot', { name: 'chart-editor-workbench' });
    await press('.editor-page button', 'Apply to Notebook');
    await until('the block', () => notebook.isDirty);
    await until(
      'the page to know',
      () => texts('.editor-page .tools'),
      ([bar]) => bar?.includes('In the notebook') === true,
    );
    await notebook.save();
    const saved = bytes(NAME).toString();
    assert.ok(saved.startsWith(`${before}\n\`\`\`vega-lite display=sizes\n{\n  "$schema": `), saved);
    assert.ok(saved.endsWith('}\n```\n'), saved);

    await openNotebook(NAME);
    await vscode.commands.executeCommand('undo');
    await notebook.save();
    assert.equal(bytes(NAME).toString(), before, 'applying is one edit');
    await vscode.commands.executeCommand('redo');
    await notebook.save();
    assert.equal(bytes(NAME).toString(), saved);

    await closeAll();
    notebook = await openNotebook(NAME);
    cell = cellWith(notebook, 'sizes');
    assert.equal(notebook.cellCount, 1, 'a chart is not a cell');
    reveal(cell);
    await execute(cell);
    await outputIn(cell, 'finished');
    await until(
      'the chart of the notebook',
      () => texts('.streambook .picks'),
      (found) => found.some((text) => text.includes('from the notebook')),
    );
    await until(
      'its picture',
      () => texts('.streambook .chart.custom svg text'),
      (shown) => shown.includes('9'),
    );
  });
});

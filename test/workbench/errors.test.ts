import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cellWith, closeAll, ended, execute, newNotebook, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('mistakes', () => {
  beforeEach(closeAll);

  it('underlines a type error at its place and does not run', async () => {
    const notebook = await newNotebook('type-error.stream.md', "const words = env.fromData(['a'])", 'words\n  .map(word => word.lenght)');
    const cell = cellWith(notebook, 'lenght');
    const [problem] = await until(
      'a problem',
      () => vscode.languages.getDiagnostics(cell.document.uri),
      (found) => found.length > 0,
    );
    assert.match(problem?.message ?? '', /lenght/);
    assert.deepEqual(problem?.range, new vscode.Range(1, 20, 1, 26));
    if (await seesPage()) {
      await until(
        'the underline',
        () => outside('query', { where: 'page', selector: '.squiggly-error' }),
        ({ length }) => length > 0,
      );
    }
    await execute(cell);
    const state = await outputIn(cell, 'failed');
    assert.deepEqual(state.error?.place && { line: state.error.place.line, column: state.error.place.column }, { line: 2, column: 21 });
    await ended(cell, false);
  });

  it('shows operator, record and line of an error in user code', async () => {
    const code = "env.fromData([1, 2, 3])\n  .map(n => {\n    if (n === 3) throw new Error('three is too many');\n    return n;\n  })";
    const notebook = await newNotebook('run-time-error.stream.md', code);
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    reveal(cell);
    await execute(cell);
    const { error } = await outputIn(cell, 'failed');
    assert.match(error?.title ?? '', /three is too many/);
    assert.match(error?.operator ?? '', /map/i);
    assert.equal(error?.place?.line, 3);
    assert.equal(error.recordNumber, 3);
    if (await seesPage()) {
      const cards = await until(
        'the error card',
        () => outside('query', { where: 'outputs', selector: '.streambook .note.error', text: 'three is too many' }),
        ({ length }) => length > 0,
      );
      assert.match(cards[0]?.text ?? '', /line 3/);
      await outside('screenshot', { name: 'run-time-error' });
    }
  });

  it('names a file that does not exist', async () => {
    const notebook = await newNotebook(
      'missing-file.stream.md',
      "env.fromSource(FileSource.text('data/none.txt'), WatermarkStrategy.noWatermarks(), 'lines')",
    );
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    await execute(cell);
    const { error } = await outputIn(cell, 'failed');
    assert.match(JSON.stringify(error), /none\.txt/);
  });

  it('outlives a cell that takes its process down, where each job has one', async () => {
    const settings = vscode.workspace.getConfiguration('streambook');
    await settings.update('engine.host', 'process', vscode.ConfigurationTarget.Global);
    try {
      const code =
        "const { process } = globalThis as any;\nenv.fromData([1]).map(n => { process.kill(process.pid, 'SIGKILL'); return n; })";
      const [cell] = (await newNotebook('own-process.stream.md', code)).getCells();
      assert.ok(cell !== undefined);
      await execute(cell);
      const { error } = await outputIn(cell, 'failed');
      assert.equal(error?.title, 'The process of the job was ended (SIGKILL).');
      await ended(cell, false);
    } finally {
      await settings.update('engine.host', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('kills a job that never returns; other jobs go on', async function () {
    if (!(await seesPage())) this.skip();
    const notebook = await newNotebook('endless.stream.md', 'env.fromData([1]).map(n => { while (true) {} return n; })');
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    await execute(cell);
    const other = await newNotebook('beside.stream.md', 'env.fromData([7])');
    const [beside] = other.getCells();
    assert.ok(beside !== undefined);
    await execute(beside);
    assert.deepEqual(
      (await outputIn(beside, 'finished')).rows.map(({ value }) => value),
      [7],
    );

    // Tests get no toasts: VS Code collects the messages behind the bell.
    const kill = { where: 'page', selector: '.notifications-center .monaco-button', text: 'Kill' } as const;
    await until(
      'the offer to kill it',
      async () => {
        await vscode.commands.executeCommand('notifications.showList');
        return outside('query', kill);
      },
      ({ length }) => length > 0,
      60,
    );
    await outside('screenshot', { name: 'kill-offer' });
    await outside('click', kill);
    await openNotebook('endless.stream.md');
    await outputIn(cell, 'failed', 'stopped');
  });
});

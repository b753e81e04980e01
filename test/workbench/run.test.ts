import assert from 'node:assert/strict';
import { bytes, cellWith, charts, closeAll, ended, execute, interrupt, newNotebook, openNotebook, outputIn, reveal } from './notebooks.ts';
import { outside, seesPage, until } from './outside.ts';

describe('the word count sample', () => {
  const name = 'word-count.stream.md';

  before(closeAll);

  it('draws a chart that moves while the input is played, and shows the rows in Table', async function () {
    const before = bytes(name);
    const notebook = await openNotebook(name);
    const cell = cellWith(notebook, "sum('count')");
    reveal(cell);
    const start = performance.now();
    await execute(cell);
    if (await seesPage()) {
      const first = await until('a chart', charts, ({ length }) => length > 0);
      await outside('note', { text: `Run to chart on screen: ${(performance.now() - start).toFixed(0)} ms` });
      await until('the chart to move', charts, (now) => now.length > 0 && now[0] !== first[0]);
      await until(
        'a result in the table',
        async () => {
          await outside('click', { where: 'outputs', selector: '[role=tab]', text: 'Table' });
          return outside('query', { where: 'outputs', selector: '.streambook table.data tbody tr:not(.space)' });
        },
        (rows) => rows.some(({ text }) => /\w/.test(text)),
      );
      await outside('screenshot', { name: 'word-count-table' });
      await outside('click', { where: 'outputs', selector: '[role=tab]', text: 'Chart' });
      await outside('screenshot', { name: 'word-count-chart' });
    }
    await interrupt(cell);
    const state = await outputIn(cell, 'stopped');
    assert.ok(state.status.recordsIn > 0);
    assert.deepEqual(bytes(name), before, 'running a cell writes nothing into the file');
    assert.equal(notebook.isDirty, false);
  });

  it('runs again after it was stopped', async () => {
    const notebook = await openNotebook(name);
    const cell = cellWith(notebook, "sum('count')");
    const order = cell.executionSummary?.executionOrder ?? 0;
    await execute(cell);
    await until(
      'a second run',
      () => cell.executionSummary?.executionOrder ?? 0,
      (now) => now > order,
    );
    await interrupt(cell);
    await outputIn(cell, 'stopped');
  });
});

describe('a cell', () => {
  before(closeAll);

  it('runs to the end of its input and keeps its results', async () => {
    const notebook = await newNotebook('finish.stream.md', 'const doubled = env.fromData([1, 2, 3]).map(n => n * 2)\ndoubled');
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    await execute(cell);
    const state = await outputIn(cell, 'finished', 'failed');
    assert.equal(state.error, null);
    assert.deepEqual(
      state.rows.map(({ value }) => value),
      [2, 4, 6],
    );
    await ended(cell, true);
  });

  it('takes over an edit on the next run', async () => {
    const notebook = await newNotebook('edit.stream.md', 'env.fromData([1]).map(n => n + 1)');
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    await execute(cell);
    assert.deepEqual(
      (await outputIn(cell, 'finished')).rows.map(({ value }) => value),
      [2],
    );
    const { WorkspaceEdit, Range, workspace } = await import('vscode');
    const edit = new WorkspaceEdit();
    edit.replace(cell.document.uri, new Range(0, 0, 0, 1000), 'env.fromData([1]).map(n => n + 41)');
    await workspace.applyEdit(edit);
    await execute(cell);
    const rows = await until(
      'the new result',
      async () => (await outputIn(cell, 'finished')).rows,
      ([row]) => row?.value === 42,
    );
    assert.equal(rows.length, 1);
  });

  it('uses the names of the cells above it, which need not have run', async () => {
    const notebook = await newNotebook('names.stream.md', 'const numbers = env.fromData([1, 2, 3])', 'numbers.filter(n => n > 2)');
    const cell = cellWith(notebook, 'filter');
    await execute(cell);
    assert.deepEqual(
      (await outputIn(cell, 'finished')).rows.map(({ value }) => value),
      [3],
    );
  });

  it('treats fields with hostile names as data', async () => {
    const record = '{ ["__proto__"]: 1, "<img onerror=alert(1)>": "<img src=x onerror=alert(1)>" }';
    const notebook = await newNotebook('hostile.stream.md', `env.fromData([${record}])`);
    const [cell] = notebook.getCells();
    assert.ok(cell !== undefined);
    reveal(cell);
    await execute(cell);
    const state = await outputIn(cell, 'finished');
    assert.deepEqual(
      state.columns.map(({ name }) => name),
      ['__proto__', '<img onerror=alert(1)>'],
    );
    if (await seesPage()) {
      assert.deepEqual(await outside('query', { where: 'outputs', selector: '.streambook img' }), []);
    }
  });
});

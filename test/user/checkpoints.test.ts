import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NOTEBOOK, outputThat } from './notebook.ts';
import { View } from './view.ts';
import { until } from '../workbench/outside.ts';
import { isThere, place, UserWindow } from './window.ts';

const NAME = 'counts.stream.md';

/** One session: each test goes on where the one before it ended. */
describe('checkpoints as a user has them', function () {
  this.timeout(180_000);
  this.bail(true);
  let window: UserWindow;
  let jobs: View;
  let checkpoints: View;
  /** What the chart says at the end of every run. */
  let result: readonly string[];
  /** The checkpoints of the first run, oldest first. */
  let numbers: readonly string[];

  before(async () => {
    writeFileSync(path.join(place().workspace, NAME), NOTEBOOK);
    window = await UserWindow.open();
    jobs = new View(window, 'Jobs');
    checkpoints = new View(window, 'Checkpoints');
    await window.prefer('dark');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.screenshot(`failed-user-${this.currentTest.title.replaceAll(/\W+/g, '-')}`);
  });
  after(() => window.close());

  const number = (index: number): string => numbers[index] ?? assert.fail(`no checkpoint ${index}`);
  const unnamed = (index: number): RegExp => new RegExp(`^checkpoint ${number(index)}, `);

  it('a notebook is opened and its cell run by keyboard', async () => {
    await window.openFile(NAME);
    await window.page.getByText('Not run yet').first().waitFor();
    await window.press('ArrowDown', 'ControlOrMeta+Enter');
    ({ chart: result } = await outputThat(window, /Finished in[^]*900 results/));
    assert.deepEqual(result.slice(-6), ['key 0', 'key 1', 'key 2', '300', '300', '300']);
  });

  it('the tree is opened down to a key by keyboard', async () => {
    await checkpoints.focus();
    await checkpoints.open(
      /^counts, counts\.stream\.md, 4 checkpoints, /,
      /^run 1, \d{4}-/,
      /^checkpoint \d+, .* last$/,
      /^KeyedProcess, uid counter, 3 entries, /,
      /^tally, /,
    );
    await checkpoints.walkTo(/^key 1, 300$/, 'here');
    await window.screenshot('user-tree-dark');
    const rows = await checkpoints.rows();
    // A sink has a row when something was written since the checkpoint before.
    const end = rows.findIndex((row, index) => index > 2 && /^(Sink|checkpoint)/.test(row));
    const expected = ['watermark, end of input', 'Source: numbers', /^Key/, 'tally, value, 3', 'key 2, 300', 'key 1, 300', 'key 0, 300'];
    const shown = rows.slice(3, end);
    assert.equal(shown.length, expected.length, rows.join('\n'));
    for (const [index, row] of shown.entries()) assert.match(row, new RegExp(expected[index] ?? ''));
    numbers = [...rows.slice(2, 3), ...rows.slice(end)].flatMap((row) => /^checkpoint (\d+), /.exec(row)?.[1] ?? []).reverse();
    assert.equal(numbers.length, 4, rows.join('\n'));
  });

  it('a checkpoint is restored after a question that says what that means', async () => {
    await checkpoints.choose(unnamed(0), 'Restore as Fork…');
    const question = await window.asked();
    await window.screenshot('user-question-dark');
    const [title, , , state = '', again = ''] = question.split('\n');
    assert.equal(title, `Restore counts from checkpoint ${number(0)} of run 1?`);
    assert.equal(state, 'State comes back for counter (3 entries).');
    assert.match(again, /^What sinks have finished since then is written again, .*: counted\/part-/);
    const files = [...again.matchAll(/part-[\d-]+/g)].map(([file]) => file);
    assert.deepEqual(files, files.toSorted(), 'the files are in the order in which they were written');
    await window.reply('Cancel');

    // Had it run all the same, the next one would be run 3.
    await checkpoints.walkTo(unnamed(0));
    await window.press('Shift+F10');
    await window.chooseByKeys('Restore as Fork…');
    assert.equal(await window.asked(), question);
    await window.reply('Restore as Fork');
    const { chart } = await outputThat(window, /Restored[^]*Finished in[^]*900 results/);
    assert.deepEqual(chart, result);
    await checkpoints.row(new RegExp(`^run 2, forked from run 1 · checkpoint ${number(0)}, `)).waitFor();
    await window.screenshot('user-fork-dark');
  });

  it('one is pinned by F2, and another one deleted after a question', async () => {
    await checkpoints.walkTo(unnamed(1));
    await window.press('F2');
    await window.answer('half way');
    await checkpoints.row(new RegExp(`^half way, checkpoint ${number(1)}, `)).waitFor();

    await checkpoints.choose(unnamed(2), 'Delete…');
    assert.match(
      await window.asked(),
      new RegExp(`^Delete checkpoint ${number(2)} of run 1 of counts\\?\\s+It cannot be restored afterwards\\.$`),
    );
    await window.screenshot('user-delete-dark');
    await window.reply('Delete');
    await checkpoints.row(unnamed(2)).waitFor({ state: 'detached' });
    for (const left of [unnamed(0), /^half way, /, unnamed(3)]) assert.equal(await checkpoints.row(left).count(), 1);
  });

  it('two are compared', async () => {
    await checkpoints.choose(unnamed(0), 'Select for Compare');
    await checkpoints.choose(unnamed(3), 'Compare with Selected');
    await window.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    assert.equal(await window.page.locator('.tab.active').innerText(), `counts 1·${number(0)} ↔ counts 1·${number(3)}: 3 changed`);
    await window.screenshot('user-compare-dark');
    await window.command('View: Close Editor');
  });

  it('one of a job that was killed is deleted by keyboard', async () => {
    await window.openFile(NAME);
    await window.press('ControlOrMeta+End');
    const cell = window.page.locator('.notebookOverlay .code-cell-row').last();
    await cell.hover();
    await cell.locator('.run-button-container .codicon-notebook-execute').click();
    await jobs.row(/^endless, running, .*checkpoint ([4-9]|\d\d)/).waitFor();
    await jobs.chooseBelow(/^endless, running, /, 'Make It Fail', 'Crash Now');
    await jobs.row(/^endless, running, .*restarted once/).waitFor();
    await jobs.open(/^endless, /);
    await jobs.row(/^InjectedFailure: The job was told to crash here, after record \d+\., .*restart 1 after 1000 ms$/).waitFor();
    await window.screenshot('user-crashed-dark');
    await jobs.choose(/^endless, running, /, 'Kill Job');
    await jobs.row(/^endless, failed, /).waitFor();
    await checkpoints.open(/^endless, /, /^run 1, /);
    // Four, or one more when the job was killed before it removed the oldest.
    const kept = Number(/^endless, .* (\d) checkpoints, /m.exec((await checkpoints.rows()).join('\n'))?.[1]);
    await checkpoints.walkTo(/^checkpoint /, 'here');
    const newest = /^checkpoint (\d+),/.exec(await checkpoints.focused())?.[1] ?? assert.fail('no checkpoint');
    // A row that is just being refreshed has no key.
    await until('the question', async () => {
      await window.press('Delete');
      return await isThere(window.question());
    });
    assert.match(await window.asked(), new RegExp(`^Delete checkpoint ${newest} of run 1 of endless\\?`));
    await window.press('Enter');
    await checkpoints.row(new RegExp(`^endless, counts\\.stream\\.md, ${kept - 1} checkpoints, `)).waitFor();
    await window.screenshot('user-killed-dark');
  });

  it('all is there after a reload, and one is restored again', async () => {
    await window.reload();
    await checkpoints.open(/^counts, /, /^run 1, /);
    await checkpoints.choose(/^half way, /, 'Restore as Fork…');
    assert.match(await window.asked(), /^Restore counts from checkpoint “half way” of run 1\?/);
    await window.reply('Restore as Fork');
    const { chart } = await outputThat(window, /Restored[^]*Finished in[^]*900 results/);
    assert.deepEqual(chart, result);
    await checkpoints.row(new RegExp(`^run 3, forked from run 1 · checkpoint ${number(1)}, `)).waitFor();
  });

  for (const colours of ['light', 'high-contrast'] as const) {
    it(`the question is shown in other colours: ${colours}`, async () => {
      await window.prefer(colours);
      await checkpoints.choose(/^half way, /, 'Restore as Fork…');
      await window.asked();
      await window.screenshot(`user-question-${colours}`);
      await window.reply('Cancel');
      await window.screenshot(`user-tree-${colours}`);
    });
  }

  it('the notebook is as it was, and no error was shown', async () => {
    assert.equal(readFileSync(path.join(place().workspace, NAME), 'utf8'), NOTEBOOK);
    assert.equal(await window.page.locator('.tab.dirty').count(), 0);
    assert.deepEqual(await window.errors(), []);
  });
});

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { applyDelta } from '../../src/output/delta.ts';
import { type ChartEditorPage, openChartEditor } from './chart-editor-harness.ts';
import { emptyFold, WordCount } from './states.ts';

const THEMES = ['dark-modern', 'light-modern', 'high-contrast'] as const;
const POINTS = '{ "data": { "name": "results" }, "mark": "point", "encoding": { "x": { "field": "count", "type": "quantitative" } } }';

describe('chart editor in a browser', function () {
  let editor: ChartEditorPage;

  before(async () => {
    editor = await openChartEditor();
  });
  after(() => editor.close());
  beforeEach(() => editor.reset());
  afterEach(async () => {
    assert.deepEqual(editor.errors, []);
    assert.deepEqual(await editor.page.evaluate(() => window.fakeVsCode.violations), [], 'nothing breaks the policy');
  });

  const bars = (): Locator => editor.page.locator('.preview .mark-rect path[fill^="var(--sb-key"]');
  const points = (): Locator => editor.page.locator('.preview .mark-symbol path');
  const problem = (): Locator => editor.page.locator('.problem');

  it('starts with the inferred chart and applies it as it is', async () => {
    await editor.begin(new WordCount().fire(11).late().fold.state());
    await editor.eventually(async () => assert.ok((await bars().count()) >= 66));
    await editor.eventually(async () => assert.match(await problem().innerText(), /No problems/));
    const spec = JSON.parse(await editor.text());
    assert.equal(spec.$schema, 'https://vega.github.io/schema/vega-lite/v6.json');
    assert.match(
      await editor.page.locator('.data').innerText(),
      /marks\s+rows: 78\.\s+Also results \(\d+\), late \(7\), clock \(1\)[\s\S]*key\s+string\s+12 others/,
    );
  });

  it('offers what the schema knows', async () => {
    await editor.begin(new WordCount().fire(3).fold.state());
    await editor.type('{ "mar" }');
    for (const _ of ' " }'.slice(1)) await editor.page.keyboard.press('ArrowLeft');
    const offered = editor.page.locator('.suggest-widget .monaco-list-row');
    await editor.page.keyboard.press('Control+Space');
    await editor.eventually(async () => assert.match((await offered.allInnerTexts()).join(' '), /mark/));
    await editor.page.keyboard.press('Enter');
    await editor.page.keyboard.press('Escape');
    await editor.type(POINTS.replace('"quantitative"', '""'));
    for (const _ of '" } } }') await editor.page.keyboard.press('ArrowLeft');
    await editor.page.keyboard.press('Control+Space');
    await editor.eventually(async () => assert.match((await offered.allInnerTexts()).join(' '), /"nominal"[\s\S]*"quantitative"/));
    await editor.screenshot('chart-editor-suggest');
  });

  it('draws what is typed, follows the job, and keeps the last picture while the text is broken', async () => {
    const job = new WordCount().fire(3);
    await editor.begin(job.fold.state());
    await editor.type(POINTS);
    // Ghosts of open windows are results too.
    const shown = job.fold.state();
    await editor.eventually(async () => assert.equal(await points().count(), shown.rows.length + shown.ghosts.length));
    const next = job.fire(2).fold.takeDelta();
    const after = applyDelta(shown, next);
    await editor.send({ version: 1, type: 'delta', delta: next });
    await editor.eventually(async () => assert.equal(await points().count(), (after?.rows.length ?? 0) + (after?.ghosts.length ?? 0)));

    await editor.type('{ "data": ');
    await editor.eventually(async () => assert.match(await problem().innerText(), /problems?: .*line 1/));
    await editor.eventually(async () => assert.match(await editor.page.locator('.preview').innerText(), /drawn with the last valid text/));
    assert.equal(await points().count(), (after?.rows.length ?? 0) + (after?.ghosts.length ?? 0));
    assert.equal(await editor.text(), '', 'what is not JSON is not stored');

    await editor.type(POINTS.replace('"point"', '"pie"'));
    await editor.eventually(async () => assert.match(await problem().innerText(), /2 problems: Value is not accepted/));
    assert.ok((await points().count()) > 0);
  });

  it('refuses what would load something or never end', async () => {
    await editor.begin(new WordCount().fire(1).fold.state());
    await editor.type('{ "data": { "url": "https://example.com/data.json" }, "mark": "point" }');
    await editor.eventually(async () => assert.match(await problem().innerText(), /Charts load nothing/));
    await editor.type('{ "data": { "sequence": { "start": 0, "stop": 1e12 } }, "mark": "point" }');
    await editor.eventually(async () => assert.match(await problem().innerText(), /at most 10000 values/));
  });

  it('keeps the text while it is hidden, and takes over what the notebook has', async () => {
    const state = new WordCount().fire(2).fold.state();
    await editor.begin(state, POINTS);
    assert.equal(await editor.text(), POINTS);
    const draft = POINTS.replace('point', 'tick');
    await editor.type(draft);
    await editor.eventually(async () => assert.match(await editor.page.locator('.tools').innerText(), /Not in the notebook yet/));
    await editor.reload();
    await editor.begin(state, POINTS);
    assert.equal(await editor.text(), draft);
    await editor.send({ version: 1, type: 'stored', text: draft });
    await editor.eventually(async () => assert.match(await editor.page.locator('.tools').innerText(), /In the notebook/));
    await editor.page.getByRole('button', { name: 'Reset to Inferred Chart' }).click();
    assert.deepEqual(await editor.posted(), [{ version: 1, type: 'reset' }]);
    await editor.send({ version: 1, type: 'stored', text: null });
    await editor.eventually(async () =>
      assert.match(await editor.page.locator('.tools').innerText(), /The inferred chart, as a specification/),
    );
    assert.match(await editor.text(), /"name": "marks"/);
  });

  it('says what to do before there are results, and when the cell is gone', async () => {
    await editor.begin(null);
    assert.match(await editor.page.locator('.preview').innerText(), /The cell has not run yet\s+Run it/);
    await editor.page.getByRole('button', { name: 'Run Cell' }).click();
    assert.deepEqual(await editor.posted().then((all) => all.at(-1)), { version: 1, type: 'run' });
    await editor.begin(emptyFold('running', 12).state());
    assert.match(await editor.page.locator('.preview').innerText(), /There are no results yet/);
    await editor.send({ version: 1, type: 'state', state: new WordCount('notebook#empty/0').fire(2).fold.state() });
    await editor.eventually(async () => assert.ok((await bars().count()) > 0));
    await editor.send({ version: 1, type: 'gone', message: 'The cell was deleted.' });
    await editor.eventually(async () =>
      assert.match(await editor.page.locator('.preview').innerText(), /The cell is gone\s+The cell was deleted\./),
    );
    assert.equal(await editor.page.getByRole('button', { name: 'Apply to Notebook' }).isDisabled(), true);
  });

  it('works with the keyboard: Tab leaves the text after Ctrl+M, Ctrl+S applies', async () => {
    await editor.begin(new WordCount().fire(2).fold.state());
    await editor.page.locator('.monaco-editor .view-lines').click();
    await editor.page.keyboard.press('Control+M');
    await editor.page.keyboard.press('Shift+Tab');
    assert.equal(await editor.page.evaluate(() => document.activeElement?.closest('.monaco-editor') === null), true);
    await editor.page.locator('.monaco-editor .view-lines').click();
    await editor.posted();
    await editor.page.keyboard.press('ControlOrMeta+S');
    await editor.eventually(async () => assert.equal((await editor.posted()).length, 1));
  });

  it('follows the theme, and puts the preview below where it is narrow', async () => {
    for (const theme of THEMES) {
      await editor.reset(theme);
      await editor.begin(new WordCount().fire(11).late().fold.state());
      await editor.eventually(async () => assert.ok((await bars().count()) >= 66));
      await editor.screenshot(`chart-editor-${theme}`);
    }
    await editor.reset('dark-modern', 700);
    await editor.begin(new WordCount().fire(11).late().fold.state());
    const text = await editor.page.locator('.text').boundingBox();
    const preview = await editor.page.locator('.preview').boundingBox();
    assert.ok((preview?.y ?? 0) >= (text?.y ?? 0) + (text?.height ?? 0));
    await editor.screenshot('chart-editor-dark-modern-700');
  });
});

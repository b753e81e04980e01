import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { DisplayOptions } from '../../engine/graph/display-options.ts';
import type { OutputState } from '../../src/output/types.ts';
import { editableSpec } from '../../src/renderer/editable-spec.ts';
import { openRenderer, type RendererPage } from './harness.ts';
import { LOOK } from './look.ts';
import { NOON, plainState, WordCount } from './states.ts';

/** Rolling values of four cities. */
function cities(display: Partial<DisplayOptions>): OutputState {
  const names = ['Bern', 'Bonn', 'Graz', 'Lyon'];
  return plainState(
    Array.from({ length: 24 }, (_, at) => ({ city: names[at % 4], count: 10 + at, heat: 30 - (at % 7), kind: at % 2 ? 'odd' : 'even' })),
    (at) => ({ key: names[at % 4], timestamp: NOON + at * 10_000 }),
    'cities',
    display,
  );
}

describe('options of a display in a browser', function () {
  this.timeout(90_000);
  let renderer: RendererPage;

  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());
  beforeEach(() => renderer.reset());
  afterEach(async () => {
    assert.deepEqual(renderer.errors, []);
    assert.deepEqual(await renderer.page.evaluate(() => window.fakeHost.violations), []);
  });

  const svg = (): Locator => renderer.output().locator('.chart svg');
  const look = async (): Promise<string[]> => renderer.page.evaluate<string[]>(`(${LOOK})(document.querySelector('.chart svg'))`);
  const selected = (): Locator => renderer.output().locator('[role=tab][aria-selected=true]');
  const labels = async (): Promise<string> => (await svg().locator('text').allTextContents()).join(' ');
  const picks = (): Promise<string> => renderer.output().locator('.picks').innerText();

  const windows = (display: Partial<DisplayOptions>): OutputState => new WordCount(undefined, { display }).fire(11).late().fold.state();

  const CHARTS: readonly (readonly [string, OutputState, string, RegExp])[] = [
    ['lines of windows', windows({ mark: 'line' }), '.mark-line path', /Mark: Lines\s+X: window end\s+Y: count/],
    ['areas of windows', windows({ mark: 'area', x: '$window.start' }), '.mark-area path', /Mark: Areas\s+X: window start\s+Y: count/],
    ['points of windows', windows({ mark: 'point' }), '.mark-symbol path', /Mark: Points/],
    ['columns of keys', cities({ y: 'heat' }), '.mark-rect path', /Mark: Bars\s+X: city\s+Y: heat/],
    ['coloured columns', cities({ x: 'city', color: 'kind' }), '.mark-rect path', /X: city\s+Y: count\s+Colour: kind, top 2/],
    ['bars that lie', cities({ x: 'heat', y: 'city' }), '.mark-rect path', /Mark: Bars\s+X: heat\s+Y: city/],
    [
      'points by number',
      cities({ x: 'heat', y: 'count', color: '$key' }),
      '.mark-symbol path',
      /Mark: Points\s+X: heat\s+Y: count\s+Colour: city, top 4/,
    ],
    ['bars over time', cities({ mark: 'bar', x: '$timestamp' }), '.mark-rect path', /Mark: Stacked bars\s+X: event time/],
    ['a number', cities({ mark: 'number', y: 'heat' }), '.mark-area path', /Mark: Number\s+Y: heat/],
  ];
  for (const [name, state, marks, said] of CHARTS) {
    it(`draws ${name}, and the editor starts with the same picture`, async () => {
      await renderer.render(state);
      await renderer.eventually(async () => assert.ok((await svg().locator(marks).count()) > 0));
      await renderer.eventually(async () => assert.ok((await look()).length > 3));
      assert.match(await picks(), said);
      await renderer.screenshot(`options-${name.replaceAll(' ', '-')}`);
      const drawn = await look();
      await renderer.sendChart(state.id, editableSpec(state));
      await renderer.output().locator('.chart.custom svg').waitFor();
      await renderer.eventually(async () => assert.deepEqual(await look(), drawn));
    });
  }

  it('names the categories below their columns, and shows the one under the keyboard', async () => {
    await renderer.render(cities({ y: 'count' }));
    await renderer.eventually(async () => assert.match(await labels(), /Lyon Graz Bonn Bern/));
    await renderer.output().locator('.chart').focus();
    await renderer.page.keyboard.press('End');
    await renderer.page.keyboard.press('Home');
    assert.match(await renderer.output().locator('.hover').innerText(), /count\s+Lyon\s+count\s+33/);
  });

  it('opens the tab that is asked for; a click chooses another', async () => {
    await renderer.render(windows({ view: 'table' }));
    await renderer.eventually(async () => assert.equal(await selected().innerText(), 'Table'));
    await renderer.output().getByRole('tab', { name: 'Chart' }).click();
    assert.equal(await selected().innerText(), 'Chart');
    await renderer.render(new WordCount('notebook#log/0', { display: { view: 'changelog' } }).fire(1).fold.state(), 'log');
    const heads = renderer.output('log').locator('th b');
    await renderer.eventually(async () => assert.ok((await heads.allTextContents()).includes('change')));
    await renderer.render(plainState(['no number'], {}, 'texts', { view: 'chart' }), 'texts');
    await renderer.eventually(async () => assert.match(await renderer.output('texts').innerText(), /The results have no number to draw/));
  });

  it('keeps as many rows as are asked for, also as deltas come', async () => {
    const job = new WordCount(undefined, { display: { maxRows: 20, view: 'table' } }).fire(1);
    await renderer.render(job.fold.state());
    const foot = renderer.output().locator('.foot');
    await renderer.eventually(async () => assert.match(await foot.innerText(), /Showing all 17 results/));
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    await renderer.eventually(async () => assert.match(await foot.innerText(), /Showing the last 20 of 34 results/));
  });

  it('says what became of a field that is not there, and draws what fits', async () => {
    await renderer.render(windows({ y: 'coumt' }));
    await renderer.eventually(async () => assert.ok((await svg().locator('.mark-rect path').count()) > 60));
    assert.match(
      await renderer.output().locator('.note').innerText(),
      /y: 'coumt' is not drawn\s+No result has 'coumt'\. Did you mean 'count'\? There are: word, count, \$key, \$timestamp, \$window\.start, \$window\.end\./,
    );
    assert.match(await picks(), /Mark: Stacked bars\s+X: event time\s+Y: count/);
  });
});

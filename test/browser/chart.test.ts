import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openRenderer, type RendererPage } from './harness.ts';
import { NOON, plainState, WordCount } from './states.ts';

const THEMES = ['dark-modern', 'light-modern', 'high-contrast'] as const;

describe('chart in a browser', function () {
  let renderer: RendererPage;

  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());
  beforeEach(() => renderer.reset());
  afterEach(async () => {
    assert.deepEqual(renderer.errors, []);
    assert.deepEqual(await renderer.page.evaluate(() => window.fakeHost.violations), [], 'nothing needs an exception in the policy');
  });

  const svg = (): Locator => renderer.output().locator('.chart svg');
  const solid = (): Locator => svg().locator('.mark-rect path[fill^="var(--sb-key"]:not([stroke-dasharray])');
  const ghosts = (): Locator => svg().locator('.mark-rect path[stroke-dasharray="3,2"]');
  const watermark = (): Locator => svg().locator('line[stroke-dasharray="6,3"]');
  const labels = async (): Promise<string> => (await svg().locator('text').allTextContents()).join(' ');

  async function counts(expected: { solid: number; ghosts: number }): Promise<void> {
    await renderer.eventually(async () => assert.deepEqual({ solid: await solid().count(), ghosts: await ghosts().count() }, expected));
  }

  it('draws fired windows solid, open ones dashed, the watermark, late records and a legend', async () => {
    await renderer.render(new WordCount().fire(11).late().fold.state());
    await counts({ solid: 66, ghosts: 12 });
    assert.equal(await watermark().count(), 1);
    assert.match(await labels(), /watermark 12:00:58/);
    assert.equal(await svg().locator('path[stroke="var(--sb-dropped)"]').count(), 4);
    assert.equal(await svg().locator('.mark-symbol path[stroke="var(--vscode-foreground)"]').count(), 3);
    const legend = await renderer.output().locator('.legend').innerText();
    assert.match(legend, /word\s+Last fired\s+Open\s+the\s+\d+/);
    assert.match(legend, /12 others/);
    assert.match(legend, /3 late, still counted/);
    assert.match(
      await renderer.output().locator('.foot').innerText(),
      /Live, at most 10 updates a second\s+Next: 12:00:55 – 12:01:00 fires in 2 s of event time\s+Showing all 187 results/,
    );
    assert.match(
      (await renderer.output().locator('.chart').getAttribute('aria-label')) ?? '',
      /^Stacked bars of count per 5 s window\. 11 windows have fired, 2 are open\./,
    );
  });

  it('draws ghosts before any window has fired, and says when the first one will', async () => {
    await renderer.render(new WordCount().openOnly().fold.state());
    await counts({ solid: 0, ghosts: 6 });
    assert.match(
      await renderer.output().innerText(),
      /Waiting for the first window\. Window 12:00:00 – 12:00:05 fires at watermark 12:00:05; it is 12:00:03 now\./,
    );
  });

  it('moves with deltas: new windows come, the axis goes on in whole windows, the height stays', async () => {
    const job = new WordCount().fire(1);
    await renderer.render(job.fold.state());
    await counts({ solid: 6, ghosts: 12 });
    const before = await renderer.output().boundingBox();
    for (let window = 0; window < 70; window += 1) {
      job.fire(1);
      await renderer.sendDelta(job.fold.takeDelta());
    }
    await counts({ solid: 360, ghosts: 12 });
    await renderer.eventually(async () => assert.match(await labels(), /12:05:.* watermark 12:05:58/));
    assert.equal((await renderer.output().boundingBox())?.height, before?.height);
    assert.equal(await svg().count(), 1);
  });

  it('shows a card for the mark under the pointer and for the keyboard', async () => {
    await renderer.render(new WordCount().fire(11).fold.state());
    await counts({ solid: 66, ghosts: 12 });
    const card = renderer.output().locator('.hover');
    const box = await renderer.output().locator('.chart').boundingBox();
    await renderer.page.mouse.move((box?.x ?? 0) + 90, (box?.y ?? 0) + 190);
    await renderer.eventually(async () =>
      assert.match(await card.innerText(), /the\s+12:00:00 – 12:00:05\s+count\s+28\s+fired at watermark\s+12:00:05/),
    );
    await renderer.page.mouse.move(0, 690);
    await card.waitFor({ state: 'hidden' });

    await renderer.output().locator('.chart').focus();
    await renderer.page.keyboard.press('ArrowRight');
    assert.match(await card.innerText(), /open, not final/);
    await renderer.page.keyboard.press('Home');
    await renderer.page.keyboard.press('ArrowUp');
    assert.match(await card.innerText(), /of\s+12:00:00 – 12:00:05\s+count\s+26/);
    assert.match(await renderer.output().locator('[aria-live=polite]').innerText(), /^of, 12:00:00 – 12:00:05, count 26/);
    await renderer.eventually(async () =>
      assert.equal(await svg().locator('path[stroke-width="2"][stroke="var(--vscode-foreground)"]').count(), 1),
    );
    await renderer.page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
  });

  it('dims the other keys under the pointer in the legend; a click hides a key, a double click leaves it alone', async () => {
    await renderer.render(new WordCount().fire(4).fold.state());
    await counts({ solid: 24, ghosts: 12 });
    const key = renderer.output().locator('.legend button', { hasText: 'the' }).first();
    await key.hover();
    await renderer.eventually(async () => assert.equal(await svg().locator('.mark-rect path[opacity="0.35"]').count(), 30));
    await key.click();
    await counts({ solid: 20, ghosts: 10 });
    assert.equal(await key.getAttribute('aria-pressed'), 'false');
    await key.click();
    await key.dblclick();
    await counts({ solid: 4, ghosts: 2 });
  });

  it('freezes while paused, counts what waits, and follows again', async () => {
    const job = new WordCount().fire(3);
    await renderer.render(job.fold.state());
    await counts({ solid: 18, ghosts: 12 });
    await renderer.page.getByRole('button', { name: 'Pause the view' }).click();
    job.fire(2);
    await renderer.sendDelta(job.fold.takeDelta());
    const foot = renderer.output().locator('.foot');
    await renderer.eventually(async () => assert.match(await foot.innerText(), /View paused at 12:00:18; 34 new results wait\.\s*Follow/));
    assert.equal(await solid().count(), 18);
    await foot.getByRole('button', { name: 'Follow' }).click();
    await counts({ solid: 30, ghosts: 12 });
  });

  it('puts the legend below in a narrow output, and follows the width', async () => {
    await renderer.reset('dark-modern', 700);
    await renderer.render(new WordCount().fire(11).late().fold.state());
    await counts({ solid: 66, ghosts: 12 });
    const chart = await renderer.output().locator('.chart').boundingBox();
    const legend = await renderer.output().locator('.legend').boundingBox();
    assert.ok((legend?.y ?? 0) >= (chart?.y ?? 0) + (chart?.height ?? 0));
    assert.ok((chart?.width ?? 0) > 600);
    assert.equal(await renderer.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    await renderer.screenshot('output-chart-dark-modern-700');
    await renderer.page.setViewportSize({ width: 1_296, height: 700 });
    await renderer.eventually(async () => assert.ok(Number(await svg().getAttribute('width')) > 900));
  });

  it('draws lines, categories, a number; and says why when there is nothing to draw', async () => {
    const at = (index: number): { timestamp: number } => ({ timestamp: NOON + index * 1_000 });
    const sensors = Array.from({ length: 300 }, (_, index) => ({
      sensor: `s${index % 7}`,
      temperature: 20 + (index % 7) + 3 * Math.sin(index / 20),
    }));
    await renderer.render(plainState(sensors, at, 'temperatures'), 'lines');
    await renderer.render(
      plainState(
        [
          ['a', 3],
          ['b', 1400],
          ['a', 7],
        ],
        (index) => ({ key: 'aba'[index] }),
        'rolling',
      ),
      'categories',
    );
    await renderer.render(plainState([1_000, 1_044], {}, 'total'), 'number');
    await renderer.render(plainState(['only', 'words'], {}, 'words'), 'words');
    await renderer.eventually(async () => assert.equal(await renderer.output('lines').locator('.mark-line path').count(), 5));
    assert.match(await renderer.output('lines').locator('.legend').innerText(), /2 others, not drawn/);
    await renderer.eventually(async () =>
      assert.match((await renderer.output('categories').locator('svg text').allTextContents()).join(' '), /b a .*1\.4.k 7/),
    );
    await renderer.eventually(async () =>
      assert.match((await renderer.output('number').locator('svg text').allTextContents()).join(' '), /1,044 value/),
    );
    assert.equal(await renderer.output('words').getByRole('tab', { selected: true }).innerText(), 'Table');
    await renderer.output('words').getByRole('tab', { name: 'Chart' }).click();
    assert.match(await renderer.output('words').innerText(), /The results have no number to draw/);
    await renderer.screenshot('output-kinds-dark-modern');
  });

  it('reports how long an update with 2,000 marks takes', async () => {
    const job = new WordCount('big', { extraWords: 300 }).fire(60);
    const state = job.fold.state();
    const marks = Array.from({ length: 2_000 }, (_, at) => ({
      start: NOON + Math.floor(at / 6) * 5_000,
      end: NOON + Math.floor(at / 6) * 5_000 + 5_000,
      slot: (at % 6) + 1,
      value: 5 + (at % 9),
      open: false,
    }));
    const big = { ...state, chart: { ...state.chart, marks } };
    await renderer.render(big);
    await renderer.eventually(async () => assert.equal(await solid().count(), 2_000));
    const took = await renderer.page.evaluate(async (next) => {
      const begin = performance.now();
      window.fakeHost.send({ version: 1, type: 'state', state: next });
      const handled = performance.now() - begin;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return { handled, painted: performance.now() - begin };
    }, big as unknown);
    console.log(`      2,000 marks: handled in ${took.handled.toFixed(1)} ms, painted after ${took.painted.toFixed(1)} ms`);
  });

  for (const theme of THEMES) {
    it(`follows ${theme}`, async () => {
      await renderer.reset(theme);
      await renderer.render(new WordCount().fire(11).late().fold.state());
      await counts({ solid: 66, ghosts: 12 });
      const fill = await solid()
        .first()
        .evaluate((bar) => getComputedStyle(bar).fill);
      const blue = await renderer.page.evaluate(() => {
        const probe = document.createElement('i');
        probe.style.color = 'var(--vscode-charts-blue)';
        document.body.append(probe);
        const { color } = getComputedStyle(probe);
        probe.remove();
        return color;
      });
      assert.equal(fill, blue);
      await renderer.screenshot(`output-chart-${theme}`);
    });
  }
});

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { openRenderer, type RendererPage } from './harness.ts';
import { WordCount } from './states.ts';

describe('table in a browser', function () {
  let renderer: RendererPage;

  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());
  beforeEach(() => renderer.reset());
  afterEach(() => assert.deepEqual(renderer.errors, []));

  const rows = (): Locator => renderer.output().locator('tbody tr[data-at]');
  const scroller = (): Locator => renderer.output().locator('.scroller');
  const cells = async (row: number): Promise<string[]> => rows().nth(row).locator('td').allTextContents();

  async function showTable(job: WordCount): Promise<void> {
    await renderer.render(job.fold.state());
    await renderer.page.getByRole('tab', { name: 'Table' }).click();
    await rows().first().waitFor();
  }

  it('shows open windows in italics, then the newest results, as a real table', async () => {
    await showTable(new WordCount().fire(11));
    assert.deepEqual(await renderer.output().locator('th b').allTextContents(), ['#', 'window', 'word', 'count', 'fired at']);
    assert.equal(
      await rows()
        .first()
        .evaluate((row) => getComputedStyle(row.querySelector('td') ?? row).fontStyle),
      'italic',
    );
    assert.deepEqual(await cells(5), ['187', '12:00:50 – 12:00:55', 'word11', '1', '12:00:55.1']);
    const grid = renderer.page.getByRole('grid');
    assert.equal(await grid.getAttribute('aria-rowcount'), String(5 + 187 + 1));
    assert.match(await renderer.output().locator('th', { hasText: 'count' }).innerText(), /number\s+1 … 34, mean/);
  });

  it('keeps few rows in the document, however many there are, and scrolls to all', async () => {
    await showTable(new WordCount().fire(90));
    assert.ok((await rows().count()) < 60);
    await scroller().evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await renderer.eventually(async () => {
      const last = await rows().last().locator('td').first().textContent();
      assert.equal(last, '531');
    });
    assert.match(await renderer.output().locator('.foot').innerText(), /Showing the last 1,000 of 1,530 results/);
  });

  it('sorts by a header and back', async () => {
    await showTable(new WordCount().fire(11));
    const sort = renderer.page.getByRole('button', { name: 'Sort by count' });
    const counts = async (): Promise<number[]> => (await rows().locator('td:nth-child(4)').allTextContents()).map(Number);
    await sort.click();
    assert.equal(await renderer.output().locator('th', { hasText: 'count' }).getAttribute('aria-sort'), 'descending');
    const descending = (await counts()).slice(18);
    assert.deepEqual(
      descending,
      [...descending].sort((a, b) => b - a),
    );
    await sort.click();
    const ascending = (await counts()).slice(18);
    assert.deepEqual(
      ascending,
      [...ascending].sort((a, b) => a - b),
    );
    await sort.click();
    assert.equal((await cells(5))[0], '187');
  });

  it('filters while typing, and keeps the keys to itself', async () => {
    await showTable(new WordCount().fire(11));
    await renderer.page.evaluate(() => {
      document.documentElement.dataset['keys'] = '0';
      window.addEventListener('keydown', () => {
        document.documentElement.dataset['keys'] = 'seen';
      });
    });
    await renderer.page.getByRole('textbox', { name: 'Filter rows' }).pressSequentially('word = the, count > 30');
    await renderer.eventually(async () => assert.match(await renderer.output().locator('.foot').innerText(), /5 match\./));
    assert.equal(await renderer.page.evaluate(() => document.documentElement.dataset['keys']), '0');
    await renderer.page.getByRole('textbox').fill('no such word');
    assert.match(await renderer.output().innerText(), /No row matches the filter\./);
  });

  it('selects a row by pointer and by keyboard, and keeps it while rows come', async () => {
    const job = new WordCount().fire(11);
    await showTable(job);
    await rows().nth(7).click();
    assert.match(await renderer.output().locator('.foot').innerText(), /1 row selected\./);
    const selected = (): Promise<string | null> => renderer.output().locator('tr[aria-selected=true] td').first().textContent();
    assert.equal(await selected(), '185');
    await renderer.page.getByRole('grid').focus();
    await renderer.page.keyboard.press('ArrowDown');
    assert.equal(await selected(), '184');
    job.fold.addRows([], 187);
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    await renderer.eventually(async () => assert.equal((await cells(5))[0], '204'));
    assert.equal(await selected(), '184');
    await renderer.page.keyboard.press('End');
    await renderer.eventually(async () => assert.equal(await selected(), '1'));
  });

  it('lets a reader who scrolled away read on: new rows wait until Follow', async () => {
    const job = new WordCount().fire(20);
    await showTable(job);
    await scroller().evaluate((box) => box.scrollTo(0, 660));
    await renderer.eventually(async () => assert.ok((await rows().first().getAttribute('data-at')) !== '0'));
    const before = await rows().first().innerText();
    await renderer.sendDelta(job.fire(2).fold.takeDelta());
    await renderer.eventually(async () => assert.match(await renderer.output().locator('.foot').innerText(), /34 new results wait\./));
    assert.equal(await rows().first().innerText(), before);
    await renderer.page.getByRole('button', { name: 'Follow' }).click();
    await renderer.eventually(async () => assert.equal((await cells(5))[0], String(22 * 17)));
  });

  it('walks the tabs with arrows and selects with Enter and Space', async () => {
    await renderer.render(new WordCount().fire(3).fold.state());
    await renderer.page.getByRole('tab', { name: 'Chart' }).focus();
    await renderer.page.keyboard.press('ArrowRight');
    assert.equal(await renderer.page.getByRole('tab', { name: 'Table' }).getAttribute('aria-selected'), 'false');
    await renderer.page.keyboard.press('Enter');
    assert.equal(await renderer.page.getByRole('tab', { name: 'Table' }).getAttribute('aria-selected'), 'true');
    await renderer.page.keyboard.press('ArrowRight');
    await renderer.page.keyboard.press('Space');
    assert.equal(await renderer.page.getByRole('tab', { name: 'Chart' }).getAttribute('aria-selected'), 'true');
    assert.deepEqual(
      await renderer.page
        .getByRole('tab')
        .evaluateAll((tabs) =>
          tabs.filter((tab) => tab instanceof HTMLElement && !tab.hidden).map((tab) => tab instanceof HTMLElement && tab.tabIndex),
        ),
      [0, -1],
    );
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] as const) {
    it(`follows ${theme}`, async () => {
      await renderer.reset(theme);
      const job = new WordCount().fire(90);
      await showTable(job);
      await rows().nth(8).click();
      await renderer.page.getByRole('button', { name: 'Pause the view' }).click();
      await renderer.sendDelta(job.fire(3).fold.takeDelta());
      await renderer.eventually(async () => assert.match(await renderer.output().locator('.foot').innerText(), /51 new results wait/));
      await renderer.screenshot(`output-table-${theme}`);
    });
  }
});

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { OutputState } from '../../src/output/types.ts';
import { editableSpec } from '../../src/renderer/editable-spec.ts';
import { openRenderer, type RendererPage } from './harness.ts';
import { LOOK } from './look.ts';
import { NOON, plainState, WordCount } from './states.ts';

describe('chart of the notebook in a browser', function () {
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

  const KINDS: readonly (readonly [string, OutputState])[] = [
    ['bars of windows', new WordCount().fire(11).late().fold.state()],
    [
      'lines',
      plainState(
        Array.from({ length: 200 }, (_, at) => ({ sensor: `s${at % 3}`, heat: 20 + (at % 7) })),
        (at) => ({ timestamp: NOON + at * 1_000 }),
      ),
    ],
    [
      'bars of keys',
      plainState(
        [
          ['a', 3],
          ['b', 1400],
          ['a', 7],
        ],
        (at) => ({ key: 'aba'[at] }),
      ),
    ],
    ['a number', plainState([1_000, 1_044])],
  ];
  for (const [name, state] of KINDS) {
    it(`is the same picture when the inferred one is applied as it is: ${name}`, async () => {
      await renderer.render(state);
      await renderer.eventually(async () => assert.ok((await look()).length > 3));
      const inferred = await look();
      await renderer.sendChart(state.id, editableSpec(state));
      await renderer.output().locator('.chart.custom svg').waitFor();
      await renderer.eventually(async () => assert.deepEqual(await look(), inferred));
    });
  }

  it('follows the job, and gives way to the inferred one again', async () => {
    const job = new WordCount().fire(3);
    await renderer.render(job.fold.state());
    const id = job.fold.state().id;
    await renderer.sendChart(
      id,
      '{ "data": { "name": "results" }, "mark": "point", "encoding": { "x": { "field": "count", "type": "quantitative" } } }',
    );
    const points = svg().locator('.mark-symbol path');
    await renderer.eventually(async () => assert.equal(await points.count(), 51 + 18));
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    await renderer.eventually(async () => assert.equal(await points.count(), 68 + 18));
    assert.match(await renderer.output().innerText(), /Chart: from the notebook/);
    await renderer.posted();
    await renderer.output().getByRole('button', { name: 'Edit Chart' }).click();
    assert.deepEqual(await renderer.posted(), [{ version: 1, type: 'editChart', id }]);
    await renderer.sendChart(id, null);
    await renderer.eventually(async () => assert.equal(await svg().locator('.mark-rect path[stroke-dasharray="3,2"]').count(), 12));
  });

  it('says what is wrong with it, above the inferred one', async () => {
    const job = new WordCount().fire(3);
    await renderer.render(job.fold.state());
    for (const [text, message] of [
      ['{ "mark": ', /cannot be drawn\s+The text is not valid JSON/],
      ['{ "mark": "pie", "data": { "name": "results" } }', /cannot be drawn\s+Vega-Lite does not understand/],
      ['{ "mark": "bar", "data": { "url": "https://example.com" }, "encoding": {} }', /cannot be drawn\s+.*Charts load nothing/],
      ['{ "mark": "bar", "data": { "name": "results" }, "transform": [{ "calculate": "nonsense(", "as": "a" }] }', /cannot be drawn/],
    ] as const) {
      await renderer.sendChart(job.fold.state().id, text);
      await renderer.eventually(async () => assert.match(await renderer.output().innerText(), message));
      await renderer.eventually(async () => assert.ok((await svg().locator('.mark-rect path').count()) > 18));
    }
  });
});

import assert from 'node:assert/strict';
import type { ReplayStatus } from '../../src/output/types.ts';
import { openRenderer, type RendererPage } from './harness.ts';
import type { Theme } from './site.ts';
import { NOON, WordCount } from './states.ts';

describe('the controls of a replay in a browser', function () {
  let renderer: RendererPage;

  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());
  beforeEach(() => renderer.reset());
  afterEach(() => assert.deepEqual(renderer.errors, []));

  const at = (record: number, change: Partial<ReplayStatus> = {}): ReplayStatus => ({
    state: 'paused',
    record,
    first: 0,
    last: 1_200,
    atEnd: false,
    timestamp: NOON + record * 50,
    full: false,
    checkpoints: [
      { checkpoint: 1, record: 300 },
      { checkpoint: 2, record: 900 },
    ],
    ...change,
  });

  async function show(status: ReplayStatus, theme: Theme = 'dark-modern', width?: number): Promise<void> {
    await renderer.reset(theme, width);
    const job = new WordCount().fire(6);
    job.fold.setReplay(status);
    await renderer.render(job.fold.state());
    await renderer.output().locator('.replay').waitFor();
    await renderer.posted();
  }

  const actions = async (): Promise<unknown[]> =>
    (await renderer.posted()).map(
      (message) => (message as { readonly action?: unknown; readonly type: string }).action ?? (message as { type: string }).type,
    );

  it('are not there while no run is replayed', async () => {
    await renderer.render(new WordCount().fire(6).fold.state());
    await renderer.output().locator('.tabs').waitFor();
    assert.equal(await renderer.output().locator('.replay').isVisible(), false);
  });

  it('say where the replay stands, and what they are told', async () => {
    await show(at(450));
    const bar = renderer.page.getByRole('toolbar', { name: 'Replay' });
    assert.match(await bar.innerText(), /record 450 of 1,200 · next at 12:00:22/);
    for (const name of [
      'One record back',
      'Play',
      'One record on',
      'To the next result',
      'To the beginning',
      'To the end',
      'Leave the replay and show the results of the run',
    ]) {
      await bar.getByRole('button', { name, exact: true }).click();
    }
    assert.deepEqual(await actions(), [
      { kind: 'step-back' },
      { kind: 'play' },
      { kind: 'step' },
      { kind: 'next-output' },
      { kind: 'seek', to: 0 },
      { kind: 'seek', to: 'end' },
      'stop',
    ]);
    await bar.getByRole('combobox').selectOption({ label: '2, at record 900' });
    assert.deepEqual(await actions(), [{ kind: 'run-from', record: 900 }]);
  });

  it('work with the keyboard alone', async () => {
    await show(at(450));
    await renderer.page.getByRole('slider').focus();
    await renderer.page.keyboard.press('ArrowRight');
    await renderer.page.keyboard.press('Home');
    await renderer.page.keyboard.press('End');
    await renderer.page.keyboard.press('Shift+Tab');
    await renderer.page.keyboard.press('Shift+Tab');
    await renderer.page.keyboard.press('Enter');
    assert.deepEqual(await actions(), [
      { kind: 'seek', to: 451 },
      { kind: 'seek', to: 0 },
      { kind: 'seek', to: 'end' },
      { kind: 'next-output' },
    ]);
    assert.equal(await renderer.page.getByRole('slider').getAttribute('aria-valuetext'), 'record 450 of 1,200 · next at 12:00:22.5');
  });

  it('offer only what can be done at either end, and pause while it plays', async () => {
    await show(at(0));
    assert.equal(await renderer.page.getByRole('button', { name: 'One record back' }).isDisabled(), true);
    await show(at(1_200, { atEnd: true, full: true }));
    assert.equal(await renderer.page.getByRole('button', { name: 'One record on' }).isDisabled(), true);
    assert.match(await renderer.output().locator('.replay').innerText(), /end, after 1,200 records · what came later is not recorded/);
    await show(at(10, { state: 'playing' }));
    await renderer.page.getByRole('button', { name: 'Pause the replay' }).click();
    assert.deepEqual(await actions(), [{ kind: 'pause' }]);
  });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast'] as const) {
    it(`can be read in ${theme}, also where it is narrow`, async () => {
      await show(at(450), theme);
      await renderer.screenshot(`replay-bar-${theme}`);
      await show(at(450), theme, 520);
      const [bar, page] = await Promise.all([renderer.output().locator('.replay').boundingBox(), renderer.output().boundingBox()]);
      assert.ok((bar?.width ?? 0) <= (page?.width ?? 0), 'it wraps');
      await renderer.screenshot(`replay-bar-${theme}-520`);
    });
  }
});

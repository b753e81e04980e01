import assert from 'node:assert/strict';
import type { OutputError } from '../../src/output/types.ts';
import { openRenderer, type RendererPage } from './harness.ts';
import { emptyFold, plainState, WordCount } from './states.ts';

const ERROR: OutputError = {
  title: "TypeError: Cannot read properties of undefined (reading 'toLowerCase')",
  operator: 'flatMap',
  place: { cell: 'cell:2', cellLabel: 'cell word-count', line: 2, column: 24 },
  recordNumber: 7_402,
  source: 'lines',
  file: null,
  record: '{ "time": "2026-03-14T12:00:37.500Z", "txt": "all the late" }',
  hint: null,
};

describe('outputs in a browser', function () {
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

  it('is there, at its full height, when the call returns', async () => {
    const heights = await renderer.page.evaluate((state) => {
      window.fakeHost.render('item', state);
      const first = document.getElementById('item')?.offsetHeight;
      return new Promise<(number | undefined)[]>((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done([first, document.getElementById('item')?.offsetHeight])));
      });
    }, new WordCount().fire(5).fold.state() as unknown);
    assert.ok((heights[0] ?? 0) > 300);
    assert.equal(heights[0], heights[1]);
  });

  it('patches what it shows when the same item is rendered again, and asks for the newest state', async () => {
    const job = new WordCount().fire(2);
    await renderer.render(job.fold.state());
    await renderer.page.getByRole('tab', { name: 'Table' }).click();
    await renderer
      .output()
      .locator('section')
      .evaluate((section) => section.setAttribute('data-same', 'yes'));
    await renderer.render(job.fire(1).fold.state());
    assert.equal(await renderer.output().locator('section').getAttribute('data-same'), 'yes');
    assert.equal(await renderer.page.getByRole('tab', { selected: true }).innerText(), 'Table');
    const ready = { version: 1, type: 'ready', id: 'notebook#word-count/0' };
    assert.deepEqual(await renderer.posted(), [ready, ready]);
  });

  it('asks for the full state once when it missed a change, and takes it', async () => {
    const job = new WordCount().fire(1);
    await renderer.render(job.fold.state());
    await renderer.sendState(job.fold.state());
    await renderer.posted();
    job.fire(1).fold.takeDelta();
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    assert.deepEqual(await renderer.posted(), [{ version: 1, type: 'ready', id: 'notebook#word-count/0' }]);
    await renderer.sendState(job.fold.state());
    await renderer.eventually(async () => assert.match(await renderer.output().locator('.foot').innerText(), /Showing all 68 results/));
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    await renderer.eventually(async () => assert.match(await renderer.output().locator('.foot').innerText(), /Showing all 85 results/));
    assert.deepEqual(await renderer.posted(), []);
  });

  it('ignores messages for other outputs and messages of others', async () => {
    await renderer.render(new WordCount().fire(1).fold.state());
    await renderer.sendState(new WordCount('another').fire(5).fold.state());
    await renderer.page.evaluate(() => {
      for (const message of [null, 7, { type: 'state' }, { version: 1, type: 'delta', delta: { id: 'notebook#word-count/0' } }]) {
        window.fakeHost.send(message);
      }
    });
    assert.match(await renderer.output().locator('.foot').innerText(), /Showing all 17 results/);
  });

  it('leaves nothing behind: no observer, no timer, no element', async () => {
    const job = new WordCount('a').fire(3);
    await renderer.render(job.fold.state(), 'one');
    await renderer.render(new WordCount('b').fire(3).fold.state(), 'two');
    for (let at = 0; at < 5; at += 1) {
      await renderer.sendDelta(job.fire(1).fold.takeDelta());
    }
    await renderer.page.evaluate(() => window.fakeHost.dispose('one'));
    assert.equal(await renderer.page.locator('section').count(), 1);
    await renderer.page.evaluate(() => window.fakeHost.dispose());
    assert.equal(await renderer.page.locator('section').count(), 0);
    assert.deepEqual(await renderer.page.evaluate(() => window.fakeHost.active()), { observers: 0, timers: 0 });
  });

  it('lets go of an element that VS Code removed without a word, and comes back in a new one', async () => {
    const job = new WordCount('a').fire(3);
    await renderer.render(job.fold.state(), 'one');
    await renderer.page.getByRole('tab', { name: 'Table' }).click();
    await renderer.page.evaluate(() => document.getElementById('one')?.remove());
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    assert.deepEqual(await renderer.page.evaluate(() => window.fakeHost.active()), { observers: 0, timers: 0 });
    await renderer.render(job.fold.state(), 'one');
    assert.equal(await renderer.page.getByRole('tab', { selected: true }).innerText(), 'Table', 'the tab is remembered');
  });

  it('draws when it becomes visible', async () => {
    await renderer.page.evaluate(() => {
      const hidden = document.createElement('div');
      hidden.id = 'item';
      hidden.hidden = true;
      document.body.append(hidden);
    });
    const job = new WordCount().fire(3);
    await renderer.render(job.fold.state());
    await renderer.sendDelta(job.fire(1).fold.takeDelta());
    assert.equal(await renderer.output().locator('svg path[stroke-dasharray="3,2"]').count(), 0);
    await renderer.page.evaluate(() => {
      const item = document.getElementById('item');
      if (item !== null) {
        item.hidden = false;
      }
    });
    await renderer.eventually(async () => assert.ok((await renderer.output().locator('svg path[stroke-dasharray="3,2"]').count()) > 0));
  });

  it('takes hostile names and values for data', async () => {
    const hostile = '<img src=x onerror="document.title=\'owned\'">';
    const value: unknown = JSON.parse(`{"__proto__": 1, "count": 3, ${JSON.stringify(hostile)}: ${JSON.stringify(hostile)}}`);
    const window = { start: 0, end: 5_000 };
    await renderer.render({
      ...plainState([value, value], (at) => ({ window, key: at === 0 ? hostile : '__proto__' }), hostile),
      id: hostile,
    });
    await renderer.eventually(async () =>
      assert.ok((await renderer.output().locator('.mark-rect path[fill^="var(--sb-key"]').count()) === 2),
    );
    assert.match(await renderer.output().locator('.legend').innerText(), /<img src=x/);
    await renderer.page.getByRole('tab', { name: 'Table' }).click();
    assert.match(await renderer.output().locator('thead').innerText(), /__proto__[\s\S]*<img src=x/);
    assert.equal(await renderer.page.locator('img').count(), 0);
    assert.equal(await renderer.page.title(), 'Output');
    assert.equal(await renderer.page.evaluate(() => Reflect.get({}, 'count')), undefined);
  });

  it('says so when an item is not one of its own', async () => {
    await renderer.render({ version: 99 });
    assert.match(await renderer.output().innerText(), /This output cannot be shown/);
  });

  it('shows an error with its place as a link, the record, and the results until then', async () => {
    const job = new WordCount().fire(4).status('failed');
    job.fold.setError(ERROR);
    await renderer.render(job.fold.state());
    await renderer.posted();
    assert.match(
      await renderer.output().innerText(),
      /TypeError: Cannot read.*\s+in flatMap, cell word-count, line 2, column 24, at record 7,402 of lines/,
    );
    await renderer.page.getByRole('button', { name: 'cell word-count, line 2, column 24' }).click();
    await renderer.page.getByRole('button', { name: 'Run Again' }).click();
    await renderer.page.getByRole('button', { name: 'Export' }).click();
    await renderer.page.getByRole('menuitem', { name: 'As JSON lines' }).click();
    const id = 'notebook#word-count/0';
    assert.deepEqual(await renderer.posted(), [
      { version: 1, type: 'reveal', cell: 'cell:2', line: 2, column: 24 },
      { version: 1, type: 'run', id },
      { version: 1, type: 'export', id, format: 'jsonl' },
    ]);
    assert.match(
      await renderer.output().locator('.foot').innerText(),
      /Failed after 4\.4 s\s+Results until then are kept\. Showing all 68 results/,
    );
  });

  it('has words for every state', async () => {
    const texts: [string, unknown, RegExp][] = [
      [
        'empty',
        emptyFold('finished', 1_204).state(),
        /The job finished without results\s+1,204 records came in; none of them became a result\.[\s\S]*Finished in 0\.4 s/,
      ],
      ['compiling', emptyFold('compiling', 0).state(), /Compiling the cell\s+0\.4 s so far\./],
      ['waiting', emptyFold('running', 204).state(), /Waiting for the first window\s+204 records came in; none is in a window yet\./],
      ['plain', emptyFold('running', 204, false).state(), /Waiting for the first result/],
      [
        'stopped',
        new WordCount('s').fire(7).status('stopped').fold.state(),
        /Stopped at watermark 12:00:38\s+The results below are final up to the watermark; 2 open windows were not fired\.\s+Run Again/,
      ],
      [
        'stopped empty',
        emptyFold('stopped', 3).state(),
        /^\s*Stopped\s+There were no results until then\.\s+Run Again\s+Stopped after 0\.4 s\s+0 results\s*$/,
      ],
      ['stuck', emptyFold('unresponsive', 3).state(), /The job does not answer[\s\S]*Stop/],
      ['preview', new WordCount('p', { kind: 'preview' }).fire(1).fold.state(), /The first records of counts/],
    ];
    const changed = new WordCount('o').fire(7).status('finished', null);
    changed.fold.setNotice({
      title: 'Cell lines changed after this run',
      text: 'These results come from the code before the change.',
      tone: 'warn',
      rerun: true,
    });
    texts.push([
      'changed',
      changed.fold.state(),
      /Cell lines changed after this run\s+These results come from the code before the change\.\s+Run Again/,
    ]);
    const failed = new WordCount('f').fire(4).status('failed');
    failed.fold.setError(ERROR);
    texts.push(['failed', failed.fold.state(), /TypeError/]);
    const killed = new WordCount('k').fire(4).status('failed');
    killed.fold.setError(ERROR);
    killed.fold.setNotice({ title: 'Result of an earlier session', text: 'Run the cell.', tone: 'warn', rerun: true });
    texts.push(['killed', killed.fold.state(), /^(?!.*Run Again[^]*Run Again)[^]*TypeError[^]*Run Again[^]*Result of an earlier session/s]);
    const restored = new WordCount('r').fire(7).status('finished', null);
    restored.fold.setNotice({ title: 'Restored from run 1', text: 'This run goes on behind record 7.', tone: 'info', rerun: false });
    texts.push(['restored', restored.fold.state(), /^(?!.*Run Again)[^]*Restored from run 1\s+This run goes on behind record 7\./s]);
    for (const [id, state, expected] of texts) {
      await renderer.render(state, id);
      assert.match(await renderer.output(id).innerText(), expected, id);
    }
    await renderer.eventually(async () => assert.ok((await renderer.output('failed').locator('svg path').count()) > 20));
    await renderer.screenshot('output-states-dark-modern');
  });

  it('shows printed lines in a Log that is only there when there are some', async () => {
    const job = new WordCount().fire(1);
    await renderer.render(job.fold.state());
    assert.equal(await renderer.page.getByRole('tab', { name: 'Log' }).isVisible(), false);
    job.fold.addLog([
      { stream: 'stdout', line: '3> (the,29)' },
      { stream: 'stderr', line: '<b>careful</b>' },
    ]);
    await renderer.sendDelta(job.fold.takeDelta());
    await renderer.page.getByRole('tab', { name: 'Log' }).click();
    assert.deepEqual(await renderer.output().locator('.log div').allTextContents(), ['3> (the,29)', '<b>careful</b>']);
    job.fold.addLog(Array.from({ length: 1_500 }, (_, at) => ({ stream: 'stdout' as const, line: `line ${at}` })));
    await renderer.sendDelta(job.fold.takeDelta());
    await renderer.eventually(async () => assert.equal(await renderer.output().locator('.log div').count(), 1_000));
    assert.equal(await renderer.output().locator('.log div').last().textContent(), 'line 1499');
  });

  it('shows configuration as a table of names and values', async () => {
    const state = {
      ...plainState(
        [
          ['parallelism.default', '2'],
          ['execution.checkpointing.interval', '2 s'],
        ],
        {},
        'configuration',
      ),
      kind: 'config',
    };
    await renderer.render(state);
    assert.match(
      await renderer.output().innerText(),
      /Configuration\s+Option\s+Value\s+parallelism\.default\s+2\s+execution\.checkpointing\.interval\s+2 s/,
    );
  });

  it('speaks the language that came with the output', async () => {
    const strings = {
      Chart: 'Diagramm',
      Table: 'Tabelle',
      'at record {0} of {1}': 'bei {1}, Satz {0}',
      'Run Again': 'Noch einmal',
      'Failed after {0}': 'Nach {0} gescheitert',
      'Showing all {0}': 'Alle {0}',
      '{0} results': '{0} Ergebnisse',
    };
    const job = new WordCount().fire(4).status('failed');
    job.fold.setError(ERROR);
    await renderer.render({ ...job.fold.state(), strings });
    assert.deepEqual(await renderer.page.getByRole('tab').filter({ visible: true }).allInnerTexts(), ['Diagramm', 'Tabelle']);
    const text = await renderer.output().innerText();
    assert.match(text, /in flatMap, cell word-count, line 2, column 24, bei lines, Satz 7,402\s/);
    assert.match(text, /Noch einmal/);
    await renderer.sendDelta(job.fire(1).status('failed').fold.takeDelta());
    await renderer.eventually(async () =>
      assert.match(
        await renderer.output().locator('.foot').innerText(),
        /Nach 5\.4 s gescheitert\s+Results until then are kept\. Alle 85 Ergebnisse/,
      ),
    );
    await renderer.render(job.fold.state(), 'english');
    assert.match(await renderer.output('english').innerText(), /Run Again/);
  });
});

import assert from 'node:assert/strict';
import { plainError } from '../../../src/notebook/outputs/output-states.ts';
import { OutputStore } from '../../../src/notebook/outputs/output-store.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState, RunPhase } from '../../../src/output/types.ts';
import type { NotebookView } from '../../../src/platform/ports.ts';
import { cellView, FakeClock, FakeFiles, FakeLog, l10n } from './fakes.ts';

function state(phase: RunPhase, rows: readonly unknown[] = [1]): OutputState {
  const fold = new OutputFold({ id: 'cell:old/0', name: 'counts', kind: 'display', window: null });
  fold.addRows(
    rows.map((value, index) => ({ index, kind: '+I', timestamp: null, window: null, key: undefined, value, watermark: 0 })),
    rows.length,
  );
  fold.setStatus({ phase, elapsed: 5, recordsIn: 1, watermark: null });
  return fold.state();
}

function notebook(uri: string, ...cells: ReturnType<typeof cellView>[]): NotebookView {
  return { uri, folder: '/f', cells };
}

const NAMED = cellView('let a', { uri: 'cell:new', metadata: { info: 'ts id=a' } });
const UNNAMED = cellView('let b', { uri: 'cell:new2' });

function setUp() {
  const files = new FakeFiles();
  const log = new FakeLog();
  const open = (): OutputStore => new OutputStore(files, new FakeClock(), log, l10n);
  return { files, log, open };
}

describe('outputs over a reload', () => {
  it('puts the last outputs back, stopped, with a notice', async () => {
    const { open } = setUp();
    const before = open();
    before.keep(notebook('nb', NAMED), NAMED, [state('running')]);
    before.keep(notebook('nb', NAMED), UNNAMED, [state('finished')]);
    await before.flush();
    const restored = await open().restore(notebook('nb', NAMED, UNNAMED));
    const [named] = restored.get('cell:new') ?? [];
    assert.deepEqual([named?.id, named?.status.phase, named?.totalRows], ['cell:new/0', 'stopped', 1]);
    assert.equal(named?.notice?.title, 'Stopped when the notebook was closed');
    const [unnamed] = restored.get('cell:new2') ?? [];
    assert.deepEqual([unnamed?.status.phase, unnamed?.notice?.title], ['finished', 'Result of an earlier session']);
  });

  it('keeps how the cell wants its output to be shown, and what became of that', async () => {
    const { open } = setUp();
    const options = { view: 'table', mark: 'point', x: 'a', y: 'b', color: 'c', maxRows: 1 } as const;
    const fold = new OutputFold({ id: 'cell:old/0', name: 'counts', kind: 'display', window: null }, false, options);
    const rows = [1, 2].map((a, index) => ({
      index,
      kind: '+I' as const,
      timestamp: null,
      window: null,
      key: undefined,
      value: { a, b: a },
      watermark: 0,
    }));
    fold.addRows(rows, rows.length);
    const before = open();
    before.keep(notebook('nb', NAMED), NAMED, [fold.state()]);
    await before.flush();
    const [restored] = (await open().restore(notebook('nb', NAMED))).get('cell:new') ?? [];
    assert.ok(restored !== undefined);
    assert.deepEqual([restored.view, restored.maxRows, restored.rows.length, restored.totalRows], ['table', 1, 1, 2]);
    assert.deepEqual(restored.chart, fold.state().chart);
    assert.deepEqual([restored.chart.plot, restored.chart.marks.length], [{ mark: 'point', axis: 'number' }, 2]);
    assert.match(restored.chart.notes?.[0]?.text ?? '', /No result has 'c'/);
  });

  it('finds a named cell again after an edit, an unnamed one only by its text', async () => {
    const { open } = setUp();
    const before = open();
    before.keep(notebook('nb'), NAMED, [state('finished')]);
    before.keep(notebook('nb'), UNNAMED, [state('finished')]);
    await before.flush();
    const edited = [NAMED, UNNAMED].map((cell) => ({ ...cell, text: 'other' }));
    const restored = await open().restore(notebook('nb', ...edited));
    assert.deepEqual([...restored.keys()], ['cell:new']);
    assert.match(restored.get('cell:new')?.[0]?.notice?.text ?? '', /was changed/);
  });

  it('leads from a kept error to the cell it is in, by name or position, and nowhere when that is gone', async () => {
    const { open } = setUp();
    const failedIn = (cell: string): OutputState => ({
      ...state('failed'),
      error: { ...plainError('No such word'), place: { cell, cellLabel: 'cell x', line: 2, column: 3 } },
    });
    const first = cellView('let b', { uri: 'cell:old1', index: 0 });
    const second = { ...NAMED, uri: 'cell:old2', index: 1 };
    const before = open();
    before.keep(notebook('nb', first, second), second, [failedIn('cell:old1'), failedIn('cell:old2'), failedIn('cell:gone')]);
    await before.flush();
    const reopened = notebook('nb', { ...first, uri: 'cell:new1' }, { ...second, uri: 'cell:new2' });
    const outputs = (await open().restore(reopened)).get('cell:new2') ?? [];
    assert.deepEqual(
      outputs.map(({ error }) => error?.place?.cell ?? null),
      ['cell:new1', 'cell:new2', null],
    );
    assert.deepEqual([outputs[2]?.error?.title, outputs[0]?.error?.place?.line], ['No such word', 2]);
  });

  it('keeps only the newest run of a cell', async () => {
    const { open } = setUp();
    const store = open();
    store.keep(notebook('nb'), NAMED, [state('finished', [1])]);
    store.keep(notebook('nb'), NAMED, [state('finished', [1, 2])]);
    await store.flush();
    assert.equal((await open().restore(notebook('nb', NAMED))).get('cell:new')?.[0]?.totalRows, 2);
  });

  it('follows a renamed notebook and a renamed folder', async () => {
    const { open } = setUp();
    const store = open();
    store.keep(notebook('file:///a/nb'), NAMED, [state('finished')]);
    await store.flush();
    await store.rename('file:///a', 'file:///b');
    assert.equal((await open().restore(notebook('file:///b/nb', NAMED))).size, 1);
    assert.equal((await open().restore(notebook('file:///a/nb', NAMED))).size, 0);
  });

  it('ignores corrupt files with a line in the log', async () => {
    for (const damage of [
      '',
      '{',
      'null',
      '{"version":1,"notebook":"nb","cells":[{"text":1},{"text":"let a","name":"a","outputs":[{}]}]}',
    ]) {
      const { open, files, log } = setUp();
      const store = open();
      store.keep(notebook('nb'), NAMED, [state('finished')]);
      await store.flush();
      for (const name of files.files.keys()) files.files.set(name, damage);
      assert.equal((await open().restore(notebook('nb', NAMED))).size, 0, damage);
      assert.ok(damage.startsWith('{"version"') || log.lines.length === 1, damage);
    }
  });

  it('is bounded: of a huge output the newest rows stay', async () => {
    const { open, files } = setUp();
    const store = open();
    const fields = Array.from({ length: 10 }, (_, i) => [`field ${i}`, 'x'.repeat(180)]);
    const huge = state(
      'finished',
      Array.from({ length: 1000 }, () => Object.fromEntries(fields) as object),
    );
    assert.ok(JSON.stringify(huge).length > 1_500_000);
    store.keep(notebook('nb'), NAMED, [huge]);
    await store.flush();
    assert.ok([...files.files.values()].every((text) => text.length < 1_100_000));
    const rows = (await open().restore(notebook('nb', NAMED))).get('cell:new')?.[0]?.rows ?? [];
    assert.ok(rows.length > 0);
    assert.equal(rows.at(-1)?.index, 999);
  });
});

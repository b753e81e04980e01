import assert from 'node:assert/strict';
import { parseCellInfo, parsePace, withName } from '../../../src/format/cell-info.ts';
import { programCells, renewedNames } from '../../../src/notebook/cells.ts';
import { Diagnosing, TYPING_PAUSE_MS } from '../../../src/notebook/problems/diagnosing.ts';
import { exportRows } from '../../../src/notebook/outputs/export-rows.ts';
import { decodeNotebook, encodeNotebook } from '../../../src/notebook/notebook-codec.ts';
import { PaceMemory, paceChoices, shortPaceLabel } from '../../../src/notebook/running/pace-choice.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { CellDiagnostic } from '../../../src/program/types.ts';
import { cellView, FakeClock, FakeLog, FakeMemory, FakeNotebooks, l10n, settle } from './fakes.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the info string', () => {
  it('names the cell, its pace and whether it runs', () => {
    assert.deepEqual(parseCellInfo('ts id=word-count pace=30s'), {
      isCell: true,
      name: 'word-count',
      runnable: true,
      pace: { kind: 'duration', milliseconds: 30_000 },
    });
    assert.deepEqual(parseCellInfo('ts no-run pace=never id='), { isCell: true, name: null, runnable: false, pace: null });
    assert.equal(parseCellInfo('tsx').isCell, false);
  });
  it('reads paces', () => {
    assert.deepEqual(['full', 'x10', '×0.5', '2.5/s', '500ms', '2m'].map(parsePace), [
      { kind: 'full' },
      { kind: 'speed', factor: 10 },
      { kind: 'speed', factor: 0.5 },
      { kind: 'records', perSecond: 2.5 },
      { kind: 'duration', milliseconds: 500 },
      { kind: 'duration', milliseconds: 120_000 },
    ]);
    for (const text of ['', '0s', 'x0', '-1s', '1e9s', 'fast', '30', '0/s', '/s']) assert.equal(parsePace(text), null, text);
  });
  it('takes another name and keeps its other words', () => {
    assert.equal(withName('ts  id=a pace=30s', 'b'), 'ts  id=b pace=30s');
    assert.equal(withName('ts pace=30s', 'b'), 'ts id=b pace=30s');
    assert.equal(withName('ts id=b', 'b'), 'ts id=b');
  });
});

describe('cells of a notebook in the editor', () => {
  it('are read and written byte for byte', () => {
    const text = '\uFEFF# A\r\n\r\n```ts id=a\r\nx\r\n```\r\n';
    const notebook = decodeNotebook(bytes(text), 'not UTF-8');
    assert.deepEqual(
      notebook.cells.map(({ kind, languageId, text: value }) => [kind, languageId, value]),
      [
        ['markdown', 'markdown', '# A'],
        ['code', 'streambook-ts', 'x'],
      ],
    );
    // The editor keeps metadata as JSON.
    const again = JSON.parse(JSON.stringify(notebook)) as typeof notebook;
    assert.deepEqual(encodeNotebook(again), bytes(text));
  });
  it('are not opened when bytes would be lost', () => {
    assert.throws(() => decodeNotebook(new Uint8Array([0x23, 0xff, 0x0a]), 'not UTF-8'), /not UTF-8/);
  });
  it('survive metadata that is not ours', () => {
    const cells = [{ kind: 'code' as const, languageId: 'streambook-ts', text: 'x', metadata: { info: 5, origin: { raw: 1 } } }];
    assert.deepEqual(encodeNotebook({ cells, metadata: { frame: 'no' } }), bytes('```ts\nx\n```\n'));
  });
  it('become a program without Markdown, other languages and no-run cells', () => {
    const cells = [
      cellView('# A', { kind: 'markdown', languageId: 'markdown' }),
      cellView('let a', { uri: 'cell:2', index: 1, metadata: { info: 'ts id=a' } }),
      cellView('{}', { uri: 'cell:3', index: 2, languageId: 'json' }),
      cellView('let b', { uri: 'cell:4', index: 3, metadata: { info: 'ts no-run' } }),
      cellView('let c', { uri: 'cell:5', index: 4, metadata: {} }),
    ];
    assert.deepEqual(programCells({ uri: 'nb', folder: null, cells }), [
      { id: 'cell:2', number: 2, name: 'a', text: 'let a' },
      { id: 'cell:5', number: 5, name: null, text: 'let c' },
    ]);
  });
  it('get a new name when they were pasted with one that is taken', () => {
    const cells = ['a', 'a', 'a', 'b'].map((name, index) =>
      cellView('', { uri: `cell:${index}`, index, metadata: { info: `ts id=${name}` } }),
    );
    const renewed = renewedNames({ uri: 'nb', folder: null, cells }, ['cell:0', 'cell:2', 'cell:3']);
    assert.deepEqual(
      [...renewed],
      [
        ['cell:0', 'a-2'],
        ['cell:2', 'a-3'],
      ],
    );
  });
});

describe('the pace of a cell', () => {
  const cell = cellView('', { metadata: { info: 'ts id=a pace=30s' } });
  const notebook = { uri: 'nb', folder: null, cells: [cell] };

  it("is what was chosen here, else the file's, else the setting, else full", () => {
    const memory = new FakeMemory();
    const paces = new PaceMemory(memory, { get: () => 'x10' });
    assert.deepEqual(paces.get(notebook, cellView('')), { kind: 'speed', factor: 10 });
    assert.deepEqual(paces.get(notebook, cell), { kind: 'duration', milliseconds: 30_000 });
    paces.set(notebook, cell, { kind: 'speed', factor: 60 });
    assert.deepEqual(paces.get(notebook, { ...cell, uri: 'cell:other' }), { kind: 'speed', factor: 60 });
    memory.set('pace:nb#a', 'nonsense');
    assert.deepEqual(paces.get(notebook, cell), { kind: 'duration', milliseconds: 30_000 });
  });
  it("can be chosen, also the file's own", () => {
    const own = { kind: 'duration', milliseconds: 90_000 } as const;
    assert.deepEqual(
      paceChoices(l10n, own).map(({ label }) => label),
      [
        'As fast as possible',
        'About 30 s in all',
        'Event time ×1',
        'Event time ×10',
        'Event time ×60',
        'By record, 1 a second',
        'By record, 10 a second',
        'By record, 100 a second',
        'About 90 s in all',
      ],
    );
    assert.equal(shortPaceLabel(l10n, own), 'Pace: 90 s');
  });
});

describe('checking while typing', () => {
  const notebooks = new FakeNotebooks({ uri: 'nb', folder: null, cells: [cellView('let a')] });

  it('waits for a pause and shows only what belongs to the newest text', async () => {
    const clock = new FakeClock();
    const shown: string[] = [];
    const answers: ((found: readonly CellDiagnostic[]) => void)[] = [];
    const diagnoser = { diagnose: () => new Promise<readonly CellDiagnostic[]>((resolve) => answers.push(resolve)) };
    const diagnosing = new Diagnosing(notebooks, diagnoser, (cells) => shown.push(cells.join()), clock, new FakeLog());
    diagnosing.touch('nb');
    clock.advance(TYPING_PAUSE_MS - 1);
    diagnosing.touch('nb');
    clock.advance(TYPING_PAUSE_MS - 1);
    assert.equal(answers.length, 0);
    clock.advance(1);
    assert.equal(answers.length, 1);
    diagnosing.touch('nb');
    answers[0]?.([]);
    await settle();
    assert.deepEqual(shown, [], 'the text has changed since');
    clock.advance(TYPING_PAUSE_MS);
    answers[1]?.([]);
    await settle();
    assert.deepEqual(shown, ['cell:1']);
  });
});

describe('exporting rows', () => {
  it('writes CSV that spreadsheets cannot take for formulas, and JSON lines', () => {
    const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });
    const value = { word: '=1+1', text: 'a "b"\nc', n: -1 };
    fold.addRows([{ index: 0, kind: '+I', timestamp: 0, window: null, key: 'k', value, watermark: 0 }], 1);
    assert.equal(
      exportRows(fold.state(), 'csv'),
      'kind,timestamp,window start,window end,word,text,n\r\n+I,1970-01-01T00:00:00.000Z,,,\'=1+1,"a ""b""\nc",-1\r\n',
    );
    assert.equal(exportRows(fold.state(), 'jsonl'), `${JSON.stringify({ kind: '+I', timestamp: 0, key: 'k', value })}\n`);
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { CheckpointStorage } from '../../../engine/api/checkpoint-storage.ts';
import type { StateBackend } from '../../../engine/api/state-backend.ts';
import type { ResultRow } from '../../../engine/runtime/job.ts';
import { CHECKPOINT_STORAGE_CONFORMANCE } from '../../../engine/testkit/checkpoint-storage-conformance.ts';
import { STATE_BACKEND_CONFORMANCE } from '../../../engine/testkit/state-backend-conformance.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { ChartData } from '../../../src/output/types.ts';
import { programOf, runSample, SAMPLES } from './run-sample.ts';

interface CellRun {
  readonly rows: readonly ResultRow[];
  readonly chart: ChartData | null;
  readonly printed: readonly string[];
  readonly late: { readonly dropped: number; readonly counted: number };
}

/** What the first display of a cell shows. */
async function runCell(notebook: string, cell: string, overrides: Readonly<Record<string, string>> = {}): Promise<CellRun> {
  const { displays, printed } = await runSample(notebook, cell, overrides);
  const [first] = displays;
  if (first === undefined) return { rows: [], chart: null, printed, late: { dropped: 0, counted: 0 } };
  const { shown, rows, late } = first;
  const fold = new OutputFold({ id: 'sample', name: shown.name, kind: shown.kind, window: shown.window }, false, shown.options);
  fold.addRows(rows, rows.length);
  return { rows, chart: fold.state().chart ?? null, printed, late };
}

/** A numeric field of a result. */
function numberIn(row: ResultRow, field: string): number {
  const value: unknown = typeof row.value === 'object' && row.value !== null ? Reflect.get(row.value, field) : undefined;
  assert.equal(typeof value, 'number', field);
  return Number(value);
}

async function words(): Promise<number> {
  const text = await readFile(new URL('data/lines.ndjson', SAMPLES), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => String(Reflect.get(Object(JSON.parse(line)), 'text')));
  return lines.reduce((sum, line) => sum + (line.toLowerCase().match(/\w+/g)?.length ?? 0), 0);
}

describe('sample jobs', () => {
  it('word count counts every word once, in windows of three minutes', async () => {
    const { rows } = await runCell('word-count.stream.md', 'word-count');
    assert.equal(
      rows.reduce((sum, row) => sum + numberIn(row, 'count'), 0),
      await words(),
    );
    const windows = new Set(rows.map(({ window }) => window?.start));
    assert.equal(windows.size, 25);
    for (const { window, timestamp } of rows) {
      assert.equal((window?.end ?? 0) - (window?.start ?? 0), 180_000);
      assert.equal(timestamp, (window?.end ?? 0) - 1);
    }
  });

  it('the article prints the words of each five seconds', async () => {
    const { printed } = await runCell('article.stream.md', 'article');
    assert.ok(printed.length > 2000, `${printed.length} lines`);
    assert.ok(printed.some((line) => line.includes('landed')));
  });

  it('the earthquakes are late and too late as the notebook says', async () => {
    const { rows, late } = await runCell('earthquakes.stream.md', 'by-network');
    const text = (await readFile(new URL('earthquakes.stream.md', SAMPLES), 'utf8')).replaceAll('\n', ' ');
    const sentence = /Of 1,707 records ([\d,]+) are behind the watermark.*? (\d+) of them find.*?, (\d+) make .*? and (\d+) come too late/;
    const [behind, open, again, tooLate] = (sentence.exec(text) ?? []).slice(1).map((digits) => Number(digits.replace(',', '')));
    assert.deepEqual([late.counted, late.dropped], [Number(open) + Number(again), tooLate]);
    assert.equal(late.counted + late.dropped, behind);
    const last = new Map(rows.map((row) => [`${row.window?.start} ${String(row.key)}`, numberIn(row, 'quakes')]));
    assert.equal(
      [...last.values()].reduce((sum, count) => sum + count, 0),
      1707 - late.dropped,
    );
    assert.equal((await runCell('earthquakes.stream.md', 'late-quakes')).rows.length, late.dropped);
  });

  it('the charts of all cells draw what their options say', async () => {
    for (const [notebook, cell, ...drawn] of [
      ['word-count.stream.md', 'word-count', 'window-bars', 'count', 'word'],
      ['word-count.stream.md', 'speakers', 'window-bars', 'words', 'key'],
    ] as const) {
      const { chart } = await runCell(notebook, cell);
      assert.deepEqual([chart?.kind, chart?.y, chart?.colour, chart?.notes], [...drawn, []], cell);
    }
  });

  it('patterns find each card that was tried out, and whether much was then paid with it', async () => {
    const { rows: tried } = await runCell('patterns.stream.md', 'tried-out');
    for (const row of tried) assert.ok(numberIn(row, 'tried') < 1 && numberIn(row, 'paid') > 500 && numberIn(row, 'seconds') < 120);
    const { rows: harmless } = await runCell('patterns.stream.md', 'harmless');
    const lines = (await readFile(new URL('data/payments.csv', SAMPLES), 'utf8')).trimEnd().split('\n');
    const small = lines.filter((line) => Number(line.split(',')[2]) < 1);
    assert.deepEqual([tried.length, harmless.length, small.length], [10, 1, 11]);
    const { rows: rising } = await runCell('patterns.stream.md', 'rising');
    assert.ok(rising.length > 10);
    for (const row of rising) assert.ok(numberIn(row, 'payments') >= 4 && numberIn(row, 'to') > numberIn(row, 'from'));
  });

  it('words are counted by the notebook’s own state backend as on the heap', async () => {
    const [own, heap] = [{}, { 'state.backend.type': 'hashmap' }].map((overrides) =>
      runCell('state-backend.stream.md', 'words-so-far', overrides),
    );
    const values = (await own)?.rows.map(({ value }) => value);
    assert.equal(values?.length, await words());
    assert.deepEqual(
      values,
      (await heap)?.rows.map(({ value }) => value),
    );
  });

  it('transactions: of eleven cards that are tried out, eight are used within a minute; what an offline terminal sends comes too late', async () => {
    const { rows } = await runCell('transactions.stream.md', 'fraud');
    assert.equal(new Set(rows.map(({ key }) => key)).size, 8);
    for (const row of rows) assert.ok(numberIn(row, 'amount') > 500);
    const { late } = await runCell('transactions.stream.md', 'volume');
    assert.ok(late.counted === 0 && late.dropped > 5, JSON.stringify(late));
  });

  it('network traffic: one host copies a disk, another tries out ports', async () => {
    const scans = await runCell('network-traffic.stream.md', 'port-scan');
    assert.deepEqual([...new Set(scans.rows.map(({ key }) => key))], ['10.0.0.23']);
    const { rows } = await runCell('network-traffic.stream.md', 'bytes-per-host');
    assert.equal(rows.reduce((most, row) => (numberIn(row, 'bytes') > numberIn(most, 'bytes') ? row : most)).key, '10.0.0.17');
  });

  it('user behaviour: every click changes a profile', async () => {
    const clicks = (await readFile(new URL('data/clicks.ndjson', SAMPLES), 'utf8')).trimEnd().split('\n').length;
    assert.equal((await runCell('user-behaviour.stream.md', 'interests')).rows.length, clicks);
  });

  it('every other cell that shows something gives results', async () => {
    for (const [notebook, cell] of [
      ['word-count.stream.md', 'speakers'],
      ['article.stream.md', 'article-windows'],
      ['earthquakes.stream.md', 'strongest'],
      ['checkpoint-storage.stream.md', 'stored-words'],
    ] as const) {
      assert.ok((await runCell(notebook, cell)).rows.length > 10, cell);
    }
  });
});

describe('the state backend of a sample', () => {
  let backend: StateBackend;
  before(async () => {
    const env = new StreamExecutionEnvironment();
    (await programOf('state-backend.stream.md', 'words-so-far')).evaluate(env);
    assert.ok(typeof env.stateBackend === 'object');
    backend = env.stateBackend;
  });
  for (const [name, check] of Object.entries(STATE_BACKEND_CONFORMANCE)) it(name, () => check(backend));
});

describe('the checkpoint storage of a sample', () => {
  let storage: CheckpointStorage;
  before(async () => {
    const env = new StreamExecutionEnvironment();
    (await programOf('checkpoint-storage.stream.md', 'stored-words')).evaluate(env);
    assert.ok(typeof env.checkpointStorage === 'object');
    storage = env.checkpointStorage;
  });
  for (const [name, check] of Object.entries(CHECKPOINT_STORAGE_CONFORMANCE)) it(name, () => check(storage));
});

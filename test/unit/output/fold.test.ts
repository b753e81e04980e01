import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ResultRow } from '../../../engine/runtime/job.ts';
import { applyDelta } from '../../../src/output/delta.ts';
import { errorState } from '../../../src/output/error-state.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { addAll, ghost, late, NOON, plainRow, windowRow } from './rows.ts';

function newFold(kind: OutputState['kind'] = 'display'): OutputFold {
  return new OutputFold({
    id: 'n#c/0',
    name: 'counts',
    kind,
    window: { description: 'TumblingEventTimeWindows(5000)', eventTime: true, size: 5_000 },
  });
}

/** One thing that can happen to a fold. */
const actions = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('rows' as const),
      count: fc.integer({ min: 0, max: 40 }),
      skipped: fc.integer({ min: 0, max: 3 }),
      seed: fc.nat(50),
    }),
    fc.record({ do: fc.constant('many' as const), count: fc.constant(1_300) }),
    fc.record({ do: fc.constant('ghosts' as const), count: fc.nat(4) }),
    fc.record({ do: fc.constant('late' as const), counted: fc.boolean() }),
    fc.record({ do: fc.constant('log' as const), count: fc.constantFrom(0, 1, 1_200) }),
    fc.record({ do: fc.constant('status' as const), watermark: fc.constantFrom(Number.NEGATIVE_INFINITY, NOON, Number.POSITIVE_INFINITY) }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('state' as const) }),
  ),
  { maxLength: 25 },
);

describe('output fold', () => {
  it('that was told nothing but an error is the state of an error', () => {
    const error = { title: 't', operator: null, place: null, recordNumber: null, source: null, file: null, record: null, hint: null };
    const fold = new OutputFold({ id: 'i', name: 'n', kind: 'log', window: null });
    fold.setError(error);
    fold.setStatus({ phase: 'failed', elapsed: 0, recordsIn: 0, watermark: null });
    assert.deepEqual(fold.state(), errorState('i', 'n', 'failed', error));
  });

  it('gives the same state by deltas as in full, whatever happens', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const fold = newFold();
        let total = 0;
        let seen = fold.state();
        const add = (count: number, skipped: number, seed: number): void => {
          const rows = Array.from(
            { length: count },
            (_, at): ResultRow => windowRow(total + skipped + at, 5 * ((seed + at) % 80), `w${at % 9}`, at + 1),
          );
          total += count + skipped;
          fold.addRows(rows, total);
        };
        for (const step of steps) {
          switch (step.do) {
            case 'rows':
              add(step.count, step.skipped, step.seed);
              break;
            case 'many':
              add(step.count, 0, 0);
              break;
            case 'ghosts':
              fold.setGhosts(Array.from({ length: step.count }, (_, at) => ghost(400, `w${at}`, at)));
              break;
            case 'late':
              fold.addLate([late(3, step.counted)], 1, 1);
              break;
            case 'log':
              fold.addLog(Array.from({ length: step.count }, (_, at) => ({ stream: 'stdout' as const, line: `${at}` })));
              break;
            case 'status':
              fold.setStatus({ phase: 'running', elapsed: 1, recordsIn: 2, watermark: step.watermark });
              break;
            case 'state':
              seen = fold.state();
              break;
            case 'take': {
              const next = applyDelta(seen, structuredClone(fold.takeDelta()));
              assert.ok(next !== null);
              seen = next;
              break;
            }
          }
        }
        const next = applyDelta(seen, fold.takeDelta());
        assert.deepEqual(next, fold.state());
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a delta that starts elsewhere', () => {
    const fold = newFold();
    const empty = fold.state();
    addAll(fold, [windowRow(0, 0, 'a', 1)]);
    fold.takeDelta();
    addAll(fold, [windowRow(1, 0, 'b', 1)]);
    assert.equal(applyDelta(empty, fold.takeDelta()), null);
    assert.equal(applyDelta({ ...fold.state(), id: 'other' }, fold.takeDelta()), null);
  });

  it('keeps the newest 1,000 rows and says how many there were', () => {
    const fold = newFold();
    addAll(
      fold,
      Array.from({ length: 2_500 }, (_, at) => windowRow(at, 5 * (at % 10), `w${at}`, 1)),
    );
    const state = fold.state();
    assert.equal(state.rows.length, 1_000);
    assert.equal(state.rows[0]?.index, 1_500);
    assert.equal(state.totalRows, 2_500);
    assert.equal(
      state.chart.marks.reduce((sum, mark) => sum + mark.value, 0),
      2_500,
      'the chart counts rows the table has dropped',
    );
  });

  it('counts what was passed over', () => {
    const fold = newFold();
    fold.addRows([windowRow(90, 0, 'a', 1)], 91);
    assert.equal(fold.state().chart.missed, 90);
  });

  it('keeps open windows as ghosts, apart from fired ones, and names the next to fire', () => {
    const fold = newFold();
    addAll(fold, [windowRow(0, 0, 'the', 29), windowRow(1, 0, 'of', 20)]);
    fold.setGhosts([ghost(10, 'the', 3), ghost(5, 'the', 18), ghost(5, 'of', 15)]);
    const { chart, status, ghosts } = fold.state();
    assert.equal(ghosts.length, 3);
    assert.deepEqual(status.nextWindow, { start: NOON + 5_000, end: NOON + 10_000 });
    assert.deepEqual(
      chart.marks.map((mark) => [(mark.start - NOON) / 1_000, mark.slot, mark.value, mark.open]),
      [
        [0, 1, 29, false],
        [0, 2, 20, false],
        [5, 1, 18, true],
        [5, 2, 15, true],
        [10, 1, 3, true],
      ],
    );
    assert.deepEqual(chart.series[0], { slot: 1, label: 'the', lastFired: 29, open: 18 });
    assert.equal(chart.windowSize, 5_000);
  });

  it('folds all keys but the top five into others', () => {
    const fold = newFold();
    addAll(
      fold,
      Array.from({ length: 30 }, (_, at) => windowRow(at, 0, `k${at}`, 100 - at)),
    );
    const { chart } = fold.state();
    assert.deepEqual(
      chart.series.map((series) => series.label),
      ['k0', 'k1', 'k2', 'k3', 'k4', '25 others'],
    );
    const total = Array.from({ length: 30 }, (_, at) => 100 - at).reduce((sum, value) => sum + value, 0);
    assert.equal(
      chart.marks.reduce((sum, mark) => sum + mark.value, 0),
      total,
    );
  });

  /** Windows of five seconds from `first` to `last`, each with the same five words. */
  function familiarWindows(first: number, last: number): readonly ReturnType<typeof windowRow>[] {
    const words = ['a', 'b', 'c', 'd', 'e'];
    return Array.from({ length: (last - first) * words.length }, (_, at) =>
      windowRow(at, (first + Math.floor(at / words.length)) * 5, words[at % words.length] ?? '', 10 - (at % words.length)),
    );
  }

  function labels(fold: ReturnType<typeof newFold>): readonly string[] {
    return fold
      .state()
      .chart.series.map((series) => series.label)
      .slice(0, 5);
  }

  it('keeps the colour of a key while it is in the top 20', () => {
    const fold = newFold();
    const familiar = familiarWindows(0, 4);
    addAll(fold, familiar);
    assert.deepEqual(labels(fold), ['a', 'b', 'c', 'd', 'e']);
    addAll(
      fold,
      Array.from({ length: 10 }, (_, at) => windowRow(familiar.length + at, 20, `new${at}`, 100)),
    );
    assert.deepEqual(labels(fold), ['a', 'b', 'c', 'd', 'e']);
    addAll(
      fold,
      Array.from({ length: 30 }, (_, at) => windowRow(familiar.length + 10 + at, 25, `more${at}`, 200)),
    );
    assert.ok(!labels(fold).includes('e'), 'out of the top 20: the slot is free');
  });

  it('chooses the keys that stand out anew while only a few windows have fired', () => {
    const fold = newFold();
    const familiar = familiarWindows(0, 1);
    addAll(fold, familiar);
    assert.deepEqual(labels(fold), ['a', 'b', 'c', 'd', 'e']);
    addAll(
      fold,
      Array.from({ length: 10 }, (_, at) => windowRow(familiar.length + at, 5, `new${at}`, 100)),
    );
    assert.deepEqual(labels(fold), ['new0', 'new1', 'new2', 'new3', 'new4']);
  });

  it('takes a later result of the same window and key for an update, and −D for a withdrawal', () => {
    const fold = newFold();
    addAll(fold, [windowRow(0, 0, 'a', 1), windowRow(1, 0, 'a', 2), windowRow(2, 0, 'b', 5), { ...windowRow(3, 0, 'b', 5), kind: '-D' }]);
    assert.deepEqual(
      fold.state().chart.marks.map((mark) => mark.value),
      [2],
    );
  });

  it('shows the last 60 windows, at most 2,000 marks', () => {
    const fold = newFold();
    addAll(
      fold,
      Array.from({ length: 3_000 }, (_, at) => windowRow(at, 5 * Math.floor(at / 10), `k${at % 10}`, 1)),
    );
    const { marks } = fold.state().chart;
    assert.equal(new Set(marks.map((mark) => mark.start)).size, 60);
    assert.ok(marks.length <= 2_000);
    assert.equal(marks[0]?.start, NOON + 240 * 5_000);
  });

  it('is not confused by values that change after they were shown', () => {
    const fold = newFold();
    const value = { word: 'a', count: 1 };
    addAll(fold, [{ ...windowRow(0, 0, 'a', 1), value }]);
    value.count = 99;
    assert.deepEqual(fold.state().rows[0]?.value, { word: 'a', count: 1 });
  });

  it('collects columns with their kinds', () => {
    const fold = newFold();
    addAll(fold, [plainRow(0, { a: 1, b: 'x', c: null }), plainRow(1, { a: 'one', c: true, at: new Date(0) }), plainRow(2, 7)]);
    assert.deepEqual(fold.state().columns, [
      { name: 'a', kind: 'mixed' },
      { name: 'b', kind: 'string' },
      { name: 'c', kind: 'mixed' },
      { name: 'at', kind: 'timestamp' },
      { name: 'value', kind: 'number' },
    ]);
  });

  it('takes a field that holds the event time for a time in any year', () => {
    const fold = newFold();
    const landing = Date.UTC(1969, 6, 20, 20, 17);
    addAll(fold, [plainRow(0, { time: landing, index: landing }, { timestamp: landing })]);
    assert.deepEqual(fold.state().columns, [
      { name: 'time', kind: 'timestamp' },
      { name: 'index', kind: 'number' },
    ]);
  });
});

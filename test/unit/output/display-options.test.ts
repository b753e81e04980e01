import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DISPLAY_MARKS, type DisplayOptions, INFERRED_DISPLAY } from '../../../engine/graph/display-options.ts';
import type { ResultRow } from '../../../engine/runtime/job.ts';
import { applyDelta } from '../../../src/output/delta.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { ChartData } from '../../../src/output/types.ts';
import { layoutChart } from '../../../src/renderer/chart-layout.ts';
import { editableSpec } from '../../../src/renderer/editable-spec.ts';
import { addAll, ghost, NOON, plainRow, windowRow } from './rows.ts';

function foldWith(options: Partial<DisplayOptions>): OutputFold {
  return new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null }, false, { ...INFERRED_DISPLAY, ...options });
}

function chartOf(rows: readonly ResultRow[], options: Partial<DisplayOptions>): ChartData {
  const fold = foldWith(options);
  addAll(fold, rows);
  return fold.state().chart;
}

/** What is drawn, in short: kind, mark and axis of a plot, and the names of x, y and colour. */
function drawn({ kind, plot, x, y, colour }: ChartData): readonly unknown[] {
  return [plot ? `${plot.mark} over ${plot.axis}` : kind, x, y, colour];
}

/** Lines and words of two speakers per window, as the sample has them. */
const speakers = ['CC', 'CDR', 'CC', 'CDR'].map((speaker, at) => ({
  ...windowRow(at, 5 * Math.floor(at / 2), speaker, 0),
  value: { speaker, lines: 10 + at, words: 100 + at, calm: at > 1 ? 'yes' : 'no' },
}));

/** Rolling values per key, at different times. */
const rolling = ['a', 'b', 'a', 'b'].map((city, at) =>
  plainRow(at, { city, count: at + 1, heat: 20 - at, at: new Date(NOON + at) }, { key: city, timestamp: NOON + at * 1_000 }),
);

describe('options of a display', () => {
  it('leave the chart as it is inferred where they say nothing', () => {
    assert.deepEqual(drawn(chartOf(speakers, {})), ['window-bars', 'event time', 'lines', 'speaker']);
    assert.deepEqual(chartOf(speakers, {}).notes, []);
  });

  it('choose the number, the colour, or both', () => {
    assert.deepEqual(drawn(chartOf(speakers, { y: 'words' })), ['window-bars', 'event time', 'words', 'speaker']);
    assert.deepEqual(drawn(chartOf(speakers, { color: 'calm' })), ['window-bars', 'event time', 'lines', 'calm']);
    const both = chartOf(speakers, { y: 'words', color: '$key' });
    assert.deepEqual(drawn(both), ['window-bars', 'event time', 'words', 'speaker']);
    assert.deepEqual(
      both.marks.map(({ value }) => value),
      [101, 100, 103, 102],
    );
    assert.deepEqual(both.notes, []);
  });

  it('add up what different keys have in one window under one colour, also while it is open, and take updates for updates', () => {
    const fold = foldWith({ color: 'calm' });
    addAll(fold, [...speakers, { ...speakers[3]!, index: 4, value: { speaker: 'CDR', lines: 20, calm: 'yes' } }]);
    fold.setGhosts(['CC', 'CDR'].map((speaker) => ({ ...ghost(10, speaker, 0), value: { speaker, lines: 7, calm: 'yes' } })));
    assert.deepEqual(
      fold.state().chart.marks.map(({ value, open }) => [value, open]),
      [
        [21, false],
        [32, false],
        [14, true],
      ],
    );
  });

  it('choose the mark: of windows', () => {
    assert.deepEqual(drawn(chartOf(speakers, { mark: 'line' })), ['lines', 'window end', 'lines', 'speaker']);
    assert.deepEqual(drawn(chartOf(speakers, { mark: 'area' })), ['area over event-time', 'window end', 'lines', 'speaker']);
    assert.deepEqual(drawn(chartOf(speakers, { mark: 'point', x: '$window.start' })), [
      'point over event-time',
      'window start',
      'lines',
      'speaker',
    ]);
    assert.deepEqual(
      chartOf(speakers, { mark: 'point', x: '$window.start' }).marks.map(({ end }) => (end - NOON) / 1_000),
      [0, 0, 5, 5],
    );
    assert.deepEqual(drawn(chartOf(speakers, { mark: 'number', y: 'words' })), ['single-number', null, 'words', null]);
  });

  it('keep bars where windows overlap, as wide as windows are apart', () => {
    const sliding = [0, 1, 2].map((second, at) => windowRow(at, second, 'a', at + 1));
    assert.equal(chartOf(sliding, {}).kind, 'lines');
    const bars = chartOf(sliding, { mark: 'bar' });
    assert.deepEqual([bars.kind, ...bars.marks.map(({ start, end }) => end - start)], ['window-bars', 1_000, 1_000, 1_000]);
  });

  it('choose the mark: of rolling values', () => {
    assert.deepEqual(drawn(chartOf(rolling, { mark: 'bar' })), ['bar over category', 'city', 'count', null]);
    assert.deepEqual(drawn(chartOf(rolling, { mark: 'line' })), ['lines', 'event time', 'count', 'city']);
    assert.deepEqual(drawn(chartOf(rolling, { mark: 'point' })), ['point over event-time', 'event time', 'count', 'city']);
    const timeless = rolling.map((row) => ({ ...row, timestamp: null }));
    assert.deepEqual(drawn(chartOf(timeless, { mark: 'line' })), ['line over category', 'city', 'count', null]);
    assert.deepEqual(drawn(chartOf([plainRow(0, 3), plainRow(1, 4)], { mark: 'bar' })), ['bar over number', 'results', 'value', null]);
  });

  it('choose the x axis: categories, numbers, times', () => {
    const columns = chartOf(rolling, { x: 'city', y: 'heat' });
    assert.deepEqual(drawn(columns), ['bar over category', 'city', 'heat', null]);
    assert.deepEqual(columns.categories, [
      { label: 'a', value: 18 },
      { label: 'b', value: 17 },
    ]);
    const points = chartOf(rolling, { x: 'heat', y: 'count', color: '$key' });
    assert.deepEqual(drawn(points), ['point over number', 'heat', 'count', 'city']);
    assert.deepEqual(
      points.marks.map(({ end, value }) => [end, value]),
      [
        [17, 4],
        [18, 3],
        [19, 2],
        [20, 1],
      ],
    );
    assert.deepEqual(drawn(chartOf(rolling, { x: 'at', y: 'count' })).slice(0, 3), ['line over time', 'at', 'count']);
    assert.deepEqual(drawn(chartOf(rolling, { x: '$timestamp', mark: 'bar' })), ['bar over event-time', 'event time', 'count', 'city']);
    assert.deepEqual(drawn(chartOf(rolling, { x: '$key', y: 'count' })), ['bar over category', 'city', 'count', null]);
    assert.deepEqual(drawn(chartOf(speakers, { x: '$window.end' })), ['window-bars', 'window end', 'lines', 'speaker']);
  });

  it('let bars lie where x is the number', () => {
    const bars = chartOf(rolling, { x: 'heat', y: 'city' });
    assert.deepEqual(drawn(bars).slice(0, 3), ['category-bars', 'heat', 'city']);
    assert.deepEqual(bars.categories, [
      { label: 'a', value: 18 },
      { label: 'b', value: 17 },
    ]);
    assert.deepEqual(drawn(chartOf([plainRow(0, ['a', 1])], { x: 'f1' })).slice(0, 3), ['category-bars', 'f1', 'f0']);
  });

  it('say what became of a field that is not there, and draw what fits', () => {
    const chart = chartOf(speakers, { y: 'wordz', color: '$key' });
    assert.deepEqual(drawn(chart), drawn(chartOf(speakers, {})));
    assert.deepEqual(chart.notes, [
      {
        title: "y: 'wordz' is not drawn",
        text:
          "No result has 'wordz'. Did you mean 'words'? There are: speaker, lines, words, calm, $key, $timestamp, $window.start, $window.end. " +
          'The chart takes what fits the results instead.',
        tone: 'warn',
        rerun: false,
      },
    ]);
    assert.match(chartOf(rolling, { x: '$window.start' }).notes?.[0]?.text ?? '', /No result has '\$window\.start'\./);
    assert.equal(chartOf(rolling, { x: '$window.start' }).kind, 'category-bars');
  });

  it('say so where a number is needed and there is text', () => {
    const chart = chartOf(speakers, { y: 'speaker' });
    assert.deepEqual(drawn(chart), drawn(chartOf(speakers, {})));
    assert.match(chart.notes?.[0]?.text ?? '', /'speaker' holds no numbers in these results\. Numbers are in: lines, words\./);
  });

  it('take a field that only later results have, as soon as one has it', () => {
    const fold = foldWith({ y: 'late' });
    addAll(
      fold,
      Array.from({ length: 200 }, (_, at) => plainRow(at, { n: at }, { timestamp: NOON + at })),
    );
    assert.equal(fold.state().chart.notes?.length, 1);
    fold.addRows([plainRow(200, { n: 1, late: 42 }, { timestamp: NOON + 200 })], 201);
    const { chart } = fold.state();
    assert.deepEqual([chart.y, chart.notes, chart.marks.map(({ value }) => value)], ['late', [], [42]]);
  });

  it('draw bars as wide as they are apart, and never too thin to be seen', () => {
    const widths = (places: readonly number[]): readonly number[] =>
      chartOf(
        places.map((hour, at) => plainRow(at, { hour, n: 1 })),
        { x: 'hour', y: 'n', mark: 'bar' },
      ).marks.map(({ start, end }) => end - start);
    assert.deepEqual(widths([0, 4, 6]), [2, 2, 2]);
    assert.deepEqual(widths([5]), [1]);
    assert.deepEqual(widths([0, 1, 600]), [2, 2, 2]);
  });

  it('bound what a plot keeps, and say so', () => {
    const rows = Array.from({ length: 2_000 }, (_, at) => plainRow(at, { a: at, b: at }));
    const chart = chartOf(rows, { x: 'a', y: 'b' });
    assert.equal(chart.marks.length, 1_500);
    assert.match(chart.notes?.[0]?.title ?? '', /the newest 1,500 results/);
    const many = chartOf(
      rows.map((row, at) => ({ ...row, value: { name: `n${at % 30}`, b: at } })),
      { x: 'name', y: 'b' },
    );
    assert.deepEqual([many.categories.length, many.others], [20, 10]);
  });

  it('bound the rows that are kept, by deltas as in full', () => {
    const fold = foldWith({ maxRows: 3 });
    let seen = fold.state();
    for (let at = 0; at < 5; at += 1) {
      fold.addRows([plainRow(at, at)], at + 1);
      seen = applyDelta(seen, fold.takeDelta()) ?? seen;
    }
    assert.deepEqual(
      seen.rows.map(({ value }) => value),
      [2, 3, 4],
    );
    assert.deepEqual(seen, fold.state());
    const greedy = foldWith({ maxRows: 5_000 });
    const rows = Array.from({ length: 1_001 }, (_, at) => plainRow(at, at));
    greedy.addRows(rows.slice(0, 1_000), 1_000);
    assert.deepEqual(greedy.state().chart.notes, []);
    greedy.addRows(rows.slice(1_000), 1_001);
    assert.equal(greedy.state().rows.length, 1_000);
    assert.equal(greedy.state().chart.notes?.[0]?.title, 'maxRows: 5,000 is more than an output keeps');
  });

  it('stay when the job goes back to a checkpoint', () => {
    const fold = foldWith({ y: 'words', view: 'table', maxRows: 3 });
    addAll(fold, speakers);
    assert.equal(fold.withdraw(2), 2);
    const { chart, view, maxRows } = fold.state();
    assert.deepEqual([chart.y, chart.marks.map(({ value }) => value), view, maxRows], ['words', [101, 100], 'table', 3]);
  });

  it('give a picture of finite size and numbers, whatever they name and whatever comes', () => {
    const name = fc.constantFrom(
      null,
      'n',
      'text',
      'when',
      'gone',
      'mixed',
      'value',
      'f0',
      '$key',
      '$timestamp',
      '$window.start',
      '$window.end',
    );
    const value = fc.oneof(
      fc.record({
        n: fc.double({ min: -1e18, max: 1e18 }),
        text: fc.constantFrom('a', 'b', '__proto__'),
        when: fc.date(),
        mixed: fc.oneof(fc.integer(), fc.string()),
      }),
      fc.tuple(fc.string(), fc.integer()),
      fc.oneof(fc.bigInt(), fc.constant(null), fc.constant(undefined)),
    );
    const row = fc.record({
      value,
      kind: fc.constantFrom('+I' as const, '+I' as const, '-U' as const, '+U' as const, '-D' as const),
      key: fc.constantFrom(undefined, null, 'k', 7),
      timestamp: fc.constantFrom(null, NOON, NOON + 1_000, Number.POSITIVE_INFINITY),
      window: fc.constantFrom(null, { start: NOON, end: NOON + 5_000 }, { start: NOON + 1_000, end: NOON + 6_000 }),
    });
    const mark = fc.constantFrom(null, ...DISPLAY_MARKS);
    fc.assert(
      fc.property(
        fc.record({ mark, x: name, y: name, color: name }),
        fc.array(row, { maxLength: 30 }),
        fc.boolean(),
        (options, rows, open) => {
          const fold = foldWith(options);
          rows.forEach((given, index) => fold.addRows([plainRow(index, given.value, given)], index + 1));
          if (open) fold.setGhosts([ghost(5, 'a', 1)]);
          const state = fold.state();
          for (const { start, end, value: drawnValue } of state.chart.marks) {
            assert.ok([start, end, drawnValue].every(Number.isFinite) && start <= end, JSON.stringify(state.chart.marks));
          }
          const { x0, x1, yMin, yMax } = layoutChart(state, new Set());
          assert.ok(x0 < x1 && yMin < yMax, `${x0} ${x1} ${yMin} ${yMax}`);
          assert.doesNotThrow(() => JSON.parse(editableSpec(state)));
        },
      ),
    );
  });
});

import assert from 'node:assert/strict';
import type { ResultRow } from '../../../engine/runtime/job.ts';
import { OutputFold } from '../../../src/output/fold.ts';
import type { ChartData } from '../../../src/output/types.ts';
import { addAll, NOON, plainRow, windowRow } from './rows.ts';

function chartOf(rows: readonly ResultRow[]): ChartData {
  const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });
  addAll(fold, rows);
  return fold.state().chart;
}

describe('chart inference', () => {
  it('draws windowed counts per key as bars over event time', () => {
    const chart = chartOf([windowRow(0, 0, 'the', 3), windowRow(1, 0, 'of', 2)]);
    assert.deepEqual([chart.kind, chart.x, chart.y, chart.colour], ['window-bars', 'event time', 'count', 'word']);
  });

  it('understands tuples', () => {
    const chart = chartOf(['a', 'b'].map((word, at) => ({ ...windowRow(at, 0, word, 1), value: [word, at + 1] })));
    assert.deepEqual([chart.kind, chart.y, chart.colour], ['window-bars', 'f1', 'f0']);
    assert.deepEqual(
      chart.series.map((series) => series.label),
      ['b', 'a'],
    );
  });

  it('draws windows without a key as one series', () => {
    const chart = chartOf([0, 5, 10].map((second, at) => ({ ...windowRow(at, second, '', 1), key: undefined, value: at * 2.5 })));
    assert.deepEqual([chart.kind, chart.colour, chart.series.length, chart.marks.length], ['window-bars', null, 1, 3]);
  });

  it('takes the text field for the series when one key emits several results per window', () => {
    const chart = chartOf(['x', 'y'].map((word, at) => ({ ...windowRow(at, 0, word, at + 1), key: 0 })));
    assert.equal(chart.colour, 'word');
    assert.equal(chart.series.length, 2);
  });

  it('does not take window bounds, keys or times for the number', () => {
    const rows = [windowRow(0, 0, '', 0), windowRow(1, 5, '', 0)].map((row, at) => ({
      ...row,
      key: 40 + at,
      value: { host: 40 + at, start: row.window?.start, windowEnd: row.window?.end, bytes: 7 + at },
    }));
    const chart = chartOf(rows);
    assert.deepEqual([chart.y, chart.colour], ['bytes', 'host']);
  });

  it('draws overlapping windows as lines over the window end, also when the overlap shows late', () => {
    const rows = [0, 1, 2].map((second, at) => windowRow(at, second, 'a', at));
    assert.deepEqual([chartOf(rows).kind, chartOf(rows).x], ['lines', 'window end']);
    const many = Array.from({ length: 400 }, (_, at) => windowRow(at, Math.floor(at / 200), `k${at % 200}`, at % 200));
    const chart = chartOf(many);
    assert.equal(chart.kind, 'lines');
    assert.equal(chart.series[5]?.label, '195 others, not drawn');
    assert.ok(chart.marks.every((mark) => mark.slot <= 5));
  });

  it('names the axis of windows by the clock', () => {
    const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: { description: '', eventTime: false, size: 5_000 } });
    addAll(fold, [windowRow(0, 0, 'a', 1)]);
    assert.equal(fold.state().chart.x, 'processing time');
  });

  it('draws rolling values per key as categories with the last value', () => {
    const rows = [1, 2, 3, 1].map((count, at) =>
      plainRow(at, [at === 3 ? 'b' : 'a', count], { key: at === 3 ? 'b' : 'a', timestamp: NOON + at }),
    );
    const chart = chartOf(rows);
    assert.equal(chart.kind, 'category-bars');
    assert.deepEqual(chart.categories, [
      { label: 'a', value: 3 },
      { label: 'b', value: 1 },
    ]);
  });

  it('draws numbers with timestamps as lines, one per name, in bounded detail', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) =>
      plainRow(at, { time: NOON + at * 1_000, sensor: `s${at % 2}`, temperature: at % 2 }, { timestamp: NOON + at * 1_000 }),
    );
    const chart = chartOf(rows);
    assert.deepEqual([chart.kind, chart.colour], ['lines', 'sensor']);
    assert.ok(chart.marks.length > 200 && chart.marks.length <= 2_000, `${chart.marks.length}`);
    assert.match(chart.y ?? '', /^mean of temperature per /);
    assert.ok(
      chart.marks.every((mark) => mark.value === mark.slot - 1),
      'series are not mixed',
    );
  });

  it('shows a plain number as itself', () => {
    const chart = chartOf([plainRow(0, 1), plainRow(1, 42n)]);
    assert.equal(chart.kind, 'single-number');
    assert.deepEqual(chart.categories, [{ label: 'value', value: 42 }]);
  });

  it('says why there is no chart', () => {
    const chart = chartOf([plainRow(0, 'words')]);
    assert.equal(chart.kind, 'none');
    assert.match(chart.reason ?? '', /no number/);
  });

  it('changes its mind when more results show another shape, and loses nothing', () => {
    const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });
    addAll(fold, [plainRow(0, ['a', 1], { timestamp: NOON })]);
    fold.addRows([plainRow(1, ['b', 2], { timestamp: NOON + 5 })], 2);
    assert.equal(fold.state().chart.kind, 'lines');
    assert.equal(fold.state().chart.marks.length, 2);
  });

  it('survives hostile names', () => {
    const value: unknown = JSON.parse('{"__proto__": "<img onerror=alert(1)>", "constructor": 3}');
    const chart = chartOf([
      { ...windowRow(0, 0, '__proto__', 1), value },
      { ...windowRow(1, 0, 'constructor', 1), value },
    ]);
    assert.equal(chart.y, 'constructor');
    assert.deepEqual(
      chart.series.map((series) => series.label),
      ['__proto__', 'constructor'],
    );
  });
});

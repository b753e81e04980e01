import assert from 'node:assert/strict';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { columnStats } from '../../../src/renderer/column-stats.ts';
import { parseFilter } from '../../../src/renderer/row-filter.ts';
import { sortRows, tableColumns, tableRows } from '../../../src/renderer/table-model.ts';
import { addAll, ghost, NOON, plainRow, windowRow } from '../output/rows.ts';

function words(): OutputState {
  const fold = new OutputFold({ id: 'x', name: 'counts', kind: 'display', window: { description: '', eventTime: true, size: 5_000 } });
  addAll(fold, [windowRow(0, 0, 'the', 30), windowRow(1, 0, 'of', 10), windowRow(2, 5, 'then', 20)]);
  fold.setGhosts(Array.from({ length: 8 }, (_, at) => ghost(10, `w${at}`, at)));
  return fold.state();
}

function plain(values: readonly unknown[], key: (at: number) => unknown = () => undefined): OutputState {
  const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });
  addAll(
    fold,
    values.map((value, at) => plainRow(at, value, { key: key(at) })),
  );
  return fold.state();
}

function matching(state: OutputState, filter: string): string[] {
  const columns = tableColumns(state);
  const word = columns.find((column) => column.name === 'word');
  const passes = parseFilter(filter, columns) ?? (() => true);
  return tableRows(state, false)
    .filter((row) => !row.ghost && passes(row))
    .map((row) => word?.text(row) ?? '');
}

describe('table model', () => {
  it('shows number, window, fields and when it fired; a few open windows first, then newest first', () => {
    const state = words();
    const columns = tableColumns(state);
    assert.deepEqual(
      columns.map((column) => column.name),
      ['#', 'window', 'word', 'count', 'fired at'],
    );
    const texts = tableRows(state, false).map((row) => columns.map((column) => column.text(row)));
    assert.equal(texts.length, 5 + 3);
    assert.deepEqual(texts[0], ['', '12:00:10 – 12:00:15', 'w0', '0', 'open, not final']);
    assert.deepEqual(texts[5], ['3', '12:00:05 – 12:00:10', 'then', '20', '12:00:10.1']);
    assert.equal(tableRows(state, true).length, 8 + 3);
  });

  it('sorts by a column, numbers as numbers, open windows first, empty cells last', () => {
    const state = words();
    const columns = tableColumns(state);
    const count = columns.find((column) => column.name === 'count');
    assert.ok(count !== undefined);
    const sorted = sortRows(tableRows(state, false), count, true).filter((row) => !row.ghost);
    assert.deepEqual(
      sorted.map((row) => count.text(row)),
      ['30', '20', '10'],
    );
    const mixed = plain([{ a: 2 }, {}, { a: 10n }]);
    const a = tableColumns(mixed).find((column) => column.name === 'a');
    assert.ok(a !== undefined);
    assert.deepEqual(
      sortRows(tableRows(mixed, false), a, false).map((row) => a.text(row)),
      ['2', '10', ''],
    );
  });

  it('filters by text and by conditions', () => {
    const state = words();
    assert.deepEqual(matching(state, ''), ['then', 'of', 'the']);
    assert.deepEqual(matching(state, 'THE'), ['then', 'the']);
    assert.deepEqual(matching(state, 'count > 10'), ['then', 'the']);
    assert.deepEqual(matching(state, 'the, count >= 30'), ['the']);
    assert.deepEqual(matching(state, 'word = of'), ['of']);
    assert.deepEqual(matching(state, 'word != of and count<30'), ['then']);
    assert.deepEqual(matching(state, 'window = 12:00:05'), ['then']);
    assert.deepEqual(matching(state, 'nothing = like this'), []);
    assert.deepEqual(matching(state, 'count >'), [], 'not yet a condition: searched as text');
  });

  it('adds the key where the value does not have it, and the change where there are others than +I', () => {
    const keyed = plain([{ n: 1 }, { n: 2 }], (at) => `k${at}`);
    assert.deepEqual(
      tableColumns(keyed).map((column) => column.name),
      ['#', 'key', 'n'],
    );
    const tuples = plain(
      [
        ['a', 1],
        ['b', 2],
      ],
      (at) => 'ab'[at],
    );
    assert.deepEqual(
      tableColumns(tuples).map((column) => column.name),
      ['#', 'f0', 'f1'],
    );
    const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: null });
    addAll(fold, [plainRow(0, 1), plainRow(1, 2, { kind: '+U', timestamp: NOON })]);
    const columns = tableColumns(fold.state());
    assert.deepEqual(
      columns.map((column) => column.name),
      ['#', 'time', 'change', 'value'],
    );
    assert.deepEqual(
      tableRows(fold.state(), false).map((row) => columns[2]?.text(row)),
      ['+U updated', '+I added'],
    );
  });

  it('shows the key and the number of records of a window whose result is not known yet', () => {
    const fold = new OutputFold({ id: 'x', name: 'x', kind: 'display', window: { description: '', eventTime: true, size: 5_000 } });
    fold.setGhosts([{ ...ghost(0, 'the', 1), value: undefined, count: 17 }]);
    const columns = tableColumns(fold.state());
    const texts = tableRows(fold.state(), false).map((row) => columns.map((column) => column.text(row)));
    assert.deepEqual(texts, [['', '12:00:00 – 12:00:05', 'the', 'open, 17 in it so far']]);
  });

  it('takes hostile names for data', () => {
    const value: unknown = JSON.parse('{"__proto__": 1, "constructor": "x", "<img onerror=1>": 2}');
    const columns = tableColumns(plain([value]));
    assert.deepEqual(
      columns.map((column) => column.name),
      ['#', '__proto__', 'constructor', '<img onerror=1>'],
    );
    assert.deepEqual(
      tableRows(plain([value, {}]), false).map((row) => columns.slice(1).map((column) => column.text(row))),
      [
        ['', '', ''],
        ['1', 'x', '2'],
      ],
    );
  });

  it('sums up columns: spread of numbers, distinct texts, windows, open rows', () => {
    const state = words();
    const rows = tableRows(state, true);
    const texts = tableColumns(state).map((column) => columnStats(column, rows).text);
    assert.deepEqual(texts, ['', '2 windows', '3 distinct', '10 … 30, mean 20', '8 still open']);
    const count = tableColumns(state).find((column) => column.name === 'count');
    assert.ok(count !== undefined);
    const { bars } = columnStats(count, rows);
    assert.equal(bars.length, 16);
    assert.ok(bars.every((bar) => bar >= 0 && bar <= 1));
  });
});

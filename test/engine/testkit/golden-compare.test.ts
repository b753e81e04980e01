import assert from 'node:assert/strict';
import { canonical } from '../../../engine/testkit/canonical.ts';
import type { GoldenCase, GoldenRecord } from '../../../engine/testkit/golden-case.ts';
import { compareOutputs, inGoldenWords } from '../../../engine/testkit/golden-compare.ts';

const row = (k: string, n: number, ts: number | null = 9): GoldenRecord => ({ ts, value: { k, n } });

function golden(records: readonly GoldenRecord[], rules: Partial<GoldenCase> = {}): GoldenCase {
  return { id: 'test', title: '', inputs: {}, ts: 'in', outputs: { main: records }, ordered: true, ...rules };
}

function compare(
  expected: GoldenCase,
  got: readonly GoldenRecord[],
  watermarks: readonly (readonly [number, number])[] = [],
): readonly string[] {
  return compareOutputs(expected, { main: { records: got, watermarks } });
}

describe('comparing with a golden case', () => {
  it('accepts equal records and leaves undefined fields out', () => {
    const got = [{ ts: 9, value: { n: 1, k: 'a', s: undefined } }];
    assert.deepEqual(compare(golden([row('a', 1)]), got), []);
  });

  it('finds another value, timestamp, order, a missing and an extra record', () => {
    const expected = golden([row('a', 1), row('b', 2)]);
    for (const got of [
      [row('a', 1), row('b', 3)],
      [row('a', 1), row('b', 2, 8)],
      [row('a', 1), row('b', 2, null)],
      [row('b', 2), row('a', 1)],
      [row('a', 1)],
      [row('a', 1), row('b', 2), row('b', 2)],
    ]) {
      assert.equal(compare(expected, got).length, 1, canonical(got));
    }
  });

  it('says what Flink gave and what came here', () => {
    const [text = ''] = compare(golden([row('a', 1), row('b', 2)]), [row('a', 1), row('b', 3)]);
    assert.match(text, /output main/);
    assert.match(text, / {4}ts 9 \{"k":"a","n":1\}\n {2}- ts 9 \{"k":"b","n":2\}\n {2}\+ ts 9 \{"k":"b","n":3\}/);
  });

  it('compares the order per key only where the case says so', () => {
    const rules = { ordered: 'per-key', key: 'k' } as const;
    const expected = golden([row('a', 1), row('b', 1), row('a', 2)], rules);
    assert.deepEqual(compare(expected, [row('b', 1), row('a', 1), row('a', 2)]), []);
    assert.equal(compare(expected, [row('b', 1), row('a', 2), row('a', 1)]).length, 1);
  });

  it('leaves the order between the parts of a composite key open', () => {
    const rules = { ordered: 'per-key', key: 'k' } as const;
    const expected = golden([row('a', 1), row('a', 2), row('a', 3)], rules);
    const keyed = (n: number, key: string) => ({ ...row('a', n), operatorKey: ['a', key] });
    assert.deepEqual(compare(expected, [keyed(2, 'y'), keyed(1, 'x'), keyed(3, 'x')]), []);
    assert.equal(compare(expected, [keyed(2, 'y'), keyed(3, 'x'), keyed(1, 'x')]).length, 1);
    assert.notEqual(compare(expected, [keyed(2, 'y'), keyed(1, 'x')]).length, 0);
  });

  it('takes any order for a multiset, but counts', () => {
    const expected = golden([row('a', 1), row('a', 1), row('b', 1)], { ordered: 'multiset' });
    assert.deepEqual(compare(expected, [row('b', 1), row('a', 1), row('a', 1)]), []);
    assert.equal(compare(expected, [row('b', 1), row('b', 1), row('a', 1)]).length, 1);
  });

  it('compares the fields it is told to as sets', () => {
    const record = (ids: readonly number[]): GoldenRecord => ({ ts: 1, value: { ids } });
    assert.deepEqual(compare(golden([record([1, 2])], { unorderedFields: ['ids'] }), [record([2, 1])]), []);
    assert.equal(compare(golden([record([1, 2])]), [record([2, 1])]).length, 1);
  });

  it('compares watermarks with the number of records before them, but not idleness', () => {
    const expected = golden([row('a', 1)], {
      emittedWatermarks: {
        main: [
          [0, 5],
          [1, 'IDLE'],
          [1, 'MAX'],
        ],
      },
    });
    assert.deepEqual(
      compare(
        expected,
        [row('a', 1)],
        [
          [0, 5],
          [1, Number.POSITIVE_INFINITY],
        ],
      ),
      [],
    );
    assert.equal(
      compare(
        expected,
        [row('a', 1)],
        [
          [1, 5],
          [1, Number.POSITIVE_INFINITY],
        ],
      ).length,
      1,
    );
  });

  it('finds an output that only one side has', () => {
    const expected = golden([row('a', 1)]);
    assert.equal(compareOutputs(expected, {}).length, 1);
    const main = { records: [row('a', 1)], watermarks: [] };
    assert.equal(compareOutputs(expected, { main, more: main }).length, 1);
  });

  it('writes the ends of time and large integers as the corpus does', () => {
    const value = { wm: Number.NEGATIVE_INFINITY, list: [Number.POSITIVE_INFINITY], big: 2n ** 60n, id: 2 ** 53 };
    assert.deepEqual(inGoldenWords(value), { wm: 'MIN', list: ['MAX'], big: '1152921504606846976', id: '9007199254740992' });
  });
});

describe('canonical text', () => {
  it('is the same for equal values only', () => {
    const values = [
      0,
      -0,
      '0',
      0n,
      null,
      'null',
      [],
      {},
      [0],
      { a: 1 },
      { a: '1' },
      new Date(0),
      new Map([[1, 2]]),
      new Set([1]),
      new Uint8Array([1]),
    ];
    assert.equal(new Set(values.map(canonical)).size, values.length);
    assert.equal(canonical({ a: 1, b: [{ c: 2, d: 3 }] }), canonical({ b: [{ d: 3, c: 2 }], a: 1 }));
  });
});

import assert from 'node:assert/strict';
import { encodeJson } from '../../../src/output/encoding.ts';
import { countText, durationText, fullNumber, rangeText, shortNumber, sizeText, timeText, valueText } from '../../../src/output/text.ts';
import { NOON } from './rows.ts';

const NARROW = '\u00a0';

describe('output text', () => {
  it('shortens numbers to three digits', () => {
    const shown = [0, 7, 999, 1_000, 1_207, 18_412_000, 999_999, -2_345, 0.12345, 1e18].map(shortNumber);
    assert.deepEqual(shown, [
      '0',
      '7',
      '999',
      `1${NARROW}k`,
      `1.21${NARROW}k`,
      `18.4${NARROW}M`,
      `1${NARROW}M`,
      `-2.35${NARROW}k`,
      '0.123',
      '1e+18',
    ]);
  });

  it('groups full numbers', () => {
    assert.deepEqual([2_300_417, -1_000, 1234.5678, 12, 1e25].map(fullNumber), ['2,300,417', '-1,000', '1,234.5678', '12', '1e+25']);
    assert.equal(countText(1, 'result'), '1 result');
    assert.equal(countText(2_280, 'result'), '2,280 results');
    assert.equal(countText(2_300_417, 'result'), `2.3${NARROW}M results`);
  });

  it('writes times in UTC and ranges with an en dash', () => {
    assert.equal(rangeText(NOON + 50_000, NOON + 55_000), '12:00:50 – 12:00:55');
    assert.equal(timeText(NOON + 55_120), '12:00:55.12');
    assert.equal(timeText(NOON, true), '2026-03-14 12:00:00');
    assert.equal(rangeText(NOON - 43_200_000, NOON + 43_200_000), '2026-03-14');
    assert.equal(timeText(Number.POSITIVE_INFINITY), '');
  });

  it('writes durations with a fitting unit', () => {
    const shown = [400, 37_000, 242_000, 9_660_000, 275_000_000].map(durationText);
    assert.deepEqual(shown, ['0.4 s', '37 s', '4 m 02 s', '2 h 41 m', '3 d 4 h']);
    assert.deepEqual([5_000, 60_000, 90_000, 250].map(sizeText), ['5 s', '1 m', '1 m 30 s', '250 ms']);
  });

  it('shows encoded values as users would write them', () => {
    const shown = (value: unknown): string => valueText(encodeJson(value));
    assert.equal(shown('plain'), 'plain');
    assert.equal(shown({ a: 'x', 'b-c': [1, 2n, null] }), '{ a: "x", "b-c": [1, 2, null] }');
    assert.equal(shown(new Map([['k', 1]])), 'Map(1) {"k" → 1}');
    assert.equal(shown(Number.NaN), 'NaN');
    assert.equal(shown(undefined), 'undefined');
    assert.equal(shown(new Uint8Array([1, 2])), '2 bytes AQI=');
    assert.equal(shown({ $bigint: '1' }), '{ $bigint: "1" }');
  });
});

import assert from 'node:assert/strict';
import type { ResultRow } from '../../../engine/runtime/job.ts';
import { jsonLine } from '../../../src/cli/json-lines.ts';
import { harmless } from '../../../src/cli/streams.ts';
import { TableWriter } from '../../../src/cli/table.ts';

const row = (value: unknown, other: Partial<ResultRow> = {}): ResultRow => ({
  index: 0,
  kind: '+I',
  timestamp: null,
  window: null,
  key: undefined,
  value,
  watermark: Number.NEGATIVE_INFINITY,
  ...other,
});
const window = { start: Date.UTC(2026, 2, 14, 12), end: Date.UTC(2026, 2, 14, 12, 0, 5) };

describe('results as JSON lines', () => {
  it('has what the row has and nothing else', () => {
    assert.equal(jsonLine('c', 'd', row(1)), '{"cell":"c","display":"d","kind":"+I","value":1}\n');
    assert.deepEqual(
      JSON.parse(jsonLine('c', 'd', row({ n: 12n, x: Number.NaN }, { kind: '-U', timestamp: 5, window, key: ['a', true] }))),
      {
        cell: 'c',
        display: 'd',
        kind: '-U',
        timestamp: 5,
        window,
        key: ['a', true],
        value: { n: { $bigint: '12' }, x: { $number: 'NaN' } },
      },
    );
  });

  it('keeps a field called __proto__', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"a":2}');
    assert.match(jsonLine('c', 'd', row(value)), /"value":\{"__proto__":\{"polluted":1\},"a":2\}/);
  });
});

describe('results as a table', () => {
  it('aligns columns by the first rows and lets later, wider texts push their line', () => {
    const table = new TableWriter();
    const first = [row({ word: 'the', count: 12 }, { window, key: 'the' }), row({ word: 'eagle', count: 3 }, { window, key: 'eagle' })];
    assert.equal(
      table.write(first, true),
      [
        'window                          word   count',
        '──────────────────────────────  ─────  ─────',
        '2026-03-14 12:00:00 – 12:00:05  the       12',
        '2026-03-14 12:00:00 – 12:00:05  eagle      3',
        '',
      ].join('\n'),
    );
    assert.equal(
      table.write([row({ word: 'columbia', count: 1 }, { window, key: 'columbia' })], false),
      '2026-03-14 12:00:00 – 12:00:05  columbia      1\n',
    );
  });

  it('shows a key that is not in the value, times, and rows without fields', () => {
    const text = new TableWriter().write([row([1, 'a'], { key: 'k', timestamp: window.start })], true);
    assert.deepEqual(text.split('\n')[0]?.split(/ +/), ['time', 'key', 'f0', 'f1']);
    assert.equal(new TableWriter().write([row('x')], true), 'value\n─────\nx\n');
  });

  it('starts a new head for another shape, and lists fields called __proto__', () => {
    const odd: unknown = JSON.parse('{"__proto__":1,"constructor":2}');
    const lines = new TableWriter().write([row({ a: 1 }), row({ b: 2 })], true).split('\n');
    assert.equal(lines.length, 5);
    const separate = new TableWriter();
    separate.write([row({ a: 1 })], true);
    assert.match(separate.write([row(odd)], false), /^__proto__ {2}constructor\n/);
  });

  it('neither obeys nor breaks on control characters in data', () => {
    const [, , line] = new TableWriter().write([row({ text: 'a\u001b[2Jb\r\nc\td' })], true).split('\n');
    assert.equal(line, 'a\\x1b[2Jb\\r\\nc\\td');
    assert.equal(harmless('ü\u009b1m'), 'ü\\x9b1m');
  });
});

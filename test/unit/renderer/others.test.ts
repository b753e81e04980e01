import assert from 'node:assert/strict';
import { OTHERS_SLOT } from '../../../src/output/slots.ts';
import type { ChartData, ChartKind } from '../../../src/output/types.ts';
import { firedWindows, othersDwarf } from '../../../src/renderer/others.ts';

function chartOf(kind: ChartKind, named: number, others: number): ChartData {
  return {
    kind,
    x: 'event time',
    y: 'count',
    colour: 'word',
    reason: null,
    series: [],
    marks: [
      { start: 0, end: 5, slot: 1, value: named, open: false },
      { start: 0, end: 5, slot: OTHERS_SLOT, value: others, open: false },
      { start: 5, end: 10, slot: 1, value: named, open: true },
    ],
    categories: [],
    others: 0,
    missed: 0,
    windowSize: 5,
  };
}

describe('others in the chart', () => {
  it('are drawn while the named keys can be read below them', () => {
    assert.equal(othersDwarf(chartOf('window-bars', 10, 30)), false);
    assert.equal(othersDwarf(chartOf('lines', 10, 1_000)), false);
    assert.equal(othersDwarf(chartOf('window-bars', 0, 30)), false);
  });

  it('are left to the legend where they would press the named keys flat', () => {
    assert.equal(othersDwarf(chartOf('window-bars', 10, 100)), true);
  });

  it('counts windows with a final result only', () => {
    assert.equal(firedWindows(chartOf('window-bars', 1, 1)), 1);
  });
});

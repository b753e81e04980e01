import assert from 'node:assert/strict';
import { OutputFold } from '../../../src/output/fold.ts';
import type { OutputState } from '../../../src/output/types.ts';
import { CalmRange, layoutChart, markAt, niceCeiling, walk } from '../../../src/renderer/chart-layout.ts';
import { addAll, ghost, late, NOON, windowRow } from '../output/rows.ts';

const NONE: ReadonlySet<number> = new Set();

function state(phase: OutputState['status']['phase'] = 'running'): OutputState {
  const fold = new OutputFold({ id: 'x', name: 'counts', kind: 'display', window: { description: '', eventTime: true, size: 5_000 } });
  addAll(fold, [windowRow(0, 0, 'the', 30), windowRow(1, 0, 'of', 10), windowRow(2, 5, 'the', 20), windowRow(3, 5, 'of', 8)]);
  fold.setGhosts([ghost(10, 'the', 6)]);
  fold.addLate([late(2, true), late(900, false)], 1, 1);
  fold.setStatus({ phase, elapsed: 0, recordsIn: 0, watermark: NOON + 12_000 });
  return fold.state();
}

describe('chart layout', () => {
  it('stacks keys from slot 1 upwards, ghosts apart', () => {
    const { marks } = layoutChart(state(), NONE);
    assert.deepEqual(
      marks.map((mark) => [(mark.start - NOON) / 1_000, mark.slot, mark.y0, mark.y1, mark.open]),
      [
        [0, 1, 0, 30, false],
        [0, 2, 30, 40, false],
        [5, 1, 0, 20, false],
        [5, 2, 20, 28, false],
        [10, 1, 0, 6, true],
      ],
    );
  });

  it('leaves hidden keys out of the stack', () => {
    const { marks } = layoutChart(state(), new Set([1]));
    assert.deepEqual(
      marks.map((mark) => [mark.y0, mark.y1]),
      [
        [0, 10],
        [0, 8],
      ],
    );
  });

  it('moves in whole windows, with room to grow while the job runs', () => {
    const running = layoutChart(state(), NONE);
    assert.deepEqual([running.x0, running.x1], [NOON, NOON + 60_000]);
    assert.equal(layoutChart(state('finished'), NONE).x1, NOON + 30_000);
    assert.equal(running.watermark, NOON + 12_000);
  });

  it('shows late records inside the range only', () => {
    assert.deepEqual(layoutChart(state(), NONE).late, [{ time: NOON + 2_000, counted: true }]);
  });

  it('finds the mark under the pointer', () => {
    const layout = layoutChart(state(), NONE);
    assert.equal(markAt(layout, NOON + 2_000, 35, { x: 1, y: 1 })?.slot, 2);
    assert.equal(markAt(layout, NOON + 2_000, 45, { x: 1, y: 1 }), null);
  });

  it('walks windows with Left and Right and keys with Up and Down, and stops at the edges', () => {
    const layout = layoutChart(state(), NONE);
    let mark = walk(layout, null, 'ArrowRight');
    const visited = ['ArrowLeft', 'ArrowUp', 'ArrowUp', 'ArrowLeft', 'ArrowLeft', 'ArrowDown', 'End'].map((key) => {
      mark = walk(layout, mark, key);
      return [((mark?.end ?? 0) - NOON) / 1_000, mark?.slot];
    });
    assert.deepEqual(visited, [
      [10, 1],
      [10, 2],
      [10, 2],
      [5, 2],
      [5, 2],
      [5, 1],
      [15, 1],
    ]);
  });

  it('rounds the y axis up to a nice number', () => {
    assert.deepEqual([0, 0.7, 1, 29, 118, 130, 999].map(niceCeiling), [1, 0.75, 1, 30, 125, 150, 1_000]);
  });

  it('lets the y range grow at once and shrink only after five seconds', () => {
    const range = new CalmRange();
    assert.deepEqual(range.next(0, 100, 0), [0, 100]);
    assert.deepEqual(range.next(0, 150, 100), [0, 150]);
    assert.deepEqual(range.next(0, 100, 200), [0, 150]);
    assert.deepEqual(range.next(0, 100, 5_100), [0, 150]);
    assert.deepEqual(range.next(0, 150, 5_150), [0, 150], 'needed again: the wait starts anew');
    assert.deepEqual(range.next(0, 100, 5_300), [0, 150]);
    assert.deepEqual(range.next(0, 100, 10_300), [0, 100]);
    assert.deepEqual(new CalmRange().next(40, 50, 0), [40, 50], 'a line far from zero keeps its range');
  });
});

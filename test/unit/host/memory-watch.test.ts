import assert from 'node:assert/strict';
import { type MemoryLook, type MemoryWatchState, watchMemory } from '../../../src/host/memory-watch.ts';

const LIMITS = { live: 1_000, growth: 300 };

/** Which limit is found exceeded at each look. */
function watched(...looks: readonly (readonly [turns: number, live: number, busy: number, process: number])[]): readonly unknown[] {
  let state: MemoryWatchState | null = null;
  return looks.map(([turns, live, busy, process]) => {
    const look: MemoryLook = { turns, live, busy, process };
    const { state: next, exceeded } = watchMemory(state, look, LIMITS);
    state = next;
    return exceeded;
  });
}

describe('the watch over the memory of a worker', () => {
  it('finds one that keeps too much', () => {
    assert.deepEqual(watched([1, 900, 0, 0], [2, 1_000, 0.5, 0], [3, 1_001, 0, 0]), [null, null, 'live']);
  });

  it('finds one under which the process grows while it is busy with one thing', () => {
    assert.deepEqual(watched([1, 0, 1, 5_000], [1, 0, 1, 5_200], [1, 0, 1, 5_300], [1, 0, 1, 5_301]), [null, null, null, 'growth']);
  });

  it('does not take what others use for that of a worker that goes on, or rests', () => {
    assert.deepEqual(watched([1, 0, 1, 0], [2, 0, 1, 900], [3, 0, 1, 2_000]), [null, null, null]);
    assert.deepEqual(watched([1, 0, 0, 0], [1, 0, 0.2, 900], [1, 0, 0, 2_000]), [null, null, null]);
  });

  it('does not take for room what was free only for a moment', () => {
    assert.deepEqual(watched([1, 0, 1, 5_000], [1, 0, 1, 4_000], [1, 0, 1, 4_301]), [null, null, 'growth']);
  });
});

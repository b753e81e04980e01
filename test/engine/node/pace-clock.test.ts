import assert from 'node:assert/strict';
import { PaceClock, planPace } from '../../../engine/runtime/pace-clock.ts';

describe('the pace of an input', () => {
  const range = { min: 1_000, max: 61_000 };

  it('is event time times a factor, or the whole range in a duration', () => {
    assert.deepEqual(planPace({ kind: 'speed', factor: 4 }, null, false), { axis: 'event-time', rate: 4 });
    assert.deepEqual(planPace({ kind: 'duration', milliseconds: 30_000 }, range, true), { axis: 'event-time', rate: 2 });
  });

  it('is a share of the input when the times are not known, and full speed when that is not known either', () => {
    assert.deepEqual(planPace({ kind: 'duration', milliseconds: 1_000 }, null, true), { axis: 'share', rate: 0.001 });
    assert.equal(planPace({ kind: 'duration', milliseconds: 1_000 }, { min: 5, max: 5 }, false).axis, 'none');
    assert.equal(planPace({ kind: 'full' }, range, true).axis, 'none');
    assert.equal(planPace({ kind: 'speed', factor: 0 }, range, true).axis, 'none');
    assert.equal(planPace({ kind: 'duration', milliseconds: 0 }, range, true).axis, 'none');
  });

  it('moves along its axis from where it started, and tells when a place is reached', () => {
    const clock = new PaceClock({ axis: 'event-time', rate: 2 });
    assert.equal(clock.limit(5), Number.NEGATIVE_INFINITY);
    clock.start(1_000, 50);
    assert.equal(clock.limit(50), 1_000);
    assert.equal(clock.limit(150), 1_200);
    assert.equal(clock.dueAt(1_200), 150);
    assert.equal(new PaceClock({ axis: 'none', rate: 0 }).limit(0), Number.POSITIVE_INFINITY);
  });
});

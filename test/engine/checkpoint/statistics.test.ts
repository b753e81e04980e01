import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkpointStatistics, summarize } from '../../../engine/checkpoint/statistics.ts';
import { manifest, state } from '../../unit/checkpoints/fixtures.ts';

describe('Statistics of checkpoints', () => {
  it('have the percentiles of commons-math, as Flink has', () => {
    // Percentile().evaluate over 1 … 10: position p·11, interpolated.
    const { p50, p90, p95, p99, min, max, avg } = summarize([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert.deepEqual([min, avg, p50, p90, p95, p99, max], [1, 5.5, 5.5, 9.9, 10, 10, 10]);
    assert.equal(summarize([7]).p999, 7);
    assert.equal(summarize([]).max, 0);
    assert.equal(summarize([1, 2]).p50, 1.5);
  });

  it('have percentiles that grow and stay within what was measured', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }), (values) => {
        const { min, p50, p90, p95, p99, p999, max } = summarize(values);
        const sorted = [min, p50, p90, p95, p99, p999, max];
        assert.deepEqual(
          sorted,
          sorted.toSorted((a, b) => a - b),
        );
        assert.equal(min, Math.min(...values));
        assert.equal(max, Math.max(...values));
      }),
    );
  });

  it('count what was triggered, deleted ones too, and name the newest of each kind', () => {
    const keyed = [state('n', 'value', 5)];
    const one = (checkpoint: number, change: Parameters<typeof manifest>[2] = {}): ReturnType<typeof manifest> =>
      manifest(checkpoint, keyed, { triggered: 1_000, completed: 1_000 + checkpoint, stateBytes: 50, writtenBytes: checkpoint, ...change });
    const statistics = checkpointStatistics(
      { forkedFrom: { run: 1, checkpoint: 9 } },
      [one(4), one(5, { kind: 'savepoint' }), one(7)],
      [{ run: 2, checkpoint: 6, at: 2_000, reason: 'The disk is full.' }],
    );
    assert.deepEqual(statistics.counts, { restored: 1, total: 7, in_progress: 0, completed: 6, failed: 1 });
    assert.deepEqual(
      statistics.history.map(({ id, status, checkpoint_type }) => [id, status, checkpoint_type].join(' ')),
      ['7 COMPLETED CHECKPOINT', '6 FAILED CHECKPOINT', '5 COMPLETED SAVEPOINT', '4 COMPLETED CHECKPOINT'],
    );
    const { latest, summary, history } = statistics;
    assert.deepEqual([latest.completed?.id, latest.savepoint?.id, latest.failed?.failure_message], [7, 5, 'The disk is full.']);
    assert.deepEqual(latest.restored, { run: 1, checkpoint: 9 });
    assert.deepEqual([summary.end_to_end_duration.max, summary.state_size.avg, summary.checkpointed_size.min], [7, 50, 4]);
    assert.deepEqual([history[0]?.sync_duration, history[0]?.async_duration], [1, 8]);
    const keyedTask = Object.values(history[0]?.tasks ?? {}).find(({ state_size }) => state_size > 0);
    assert.equal(keyedTask?.state_size, 50);
  });
});

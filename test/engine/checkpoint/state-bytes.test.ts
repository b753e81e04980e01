import assert from 'node:assert/strict';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import { ValueStateDescriptor } from '../../../engine/api/state-descriptors.ts';
import { TumblingEventTimeWindows } from '../../../engine/api/assigners/tumbling-event-time.ts';
import { WatermarkStrategy } from '../../../engine/api/watermark-strategy.ts';
import { start } from '../job.ts';
import { takeSnapshot } from './sums-job.ts';

const KEYS = 50;

/** Every key of each job has been met when half of the records are through. */
const JOBS: Readonly<Record<string, (env: StreamExecutionEnvironment) => void>> = {
  'running aggregates': (env) => {
    const rows = env.fromSequence(1, 40 * KEYS).map((n) => ({ k: `key ${n % KEYS}`, n }));
    env.addDisplay(rows.keyBy('k').sum('n'), 'sums');
  },
  windows: (env) => {
    const rows = env
      .fromSequence(1, 40 * KEYS)
      .map((n) => ({ k: `key ${n % KEYS}`, n }))
      .assignTimestampsAndWatermarks(
        WatermarkStrategy.forMonotonousTimestamps<{ k: string; n: number }>().withTimestampAssigner(({ n }) => n),
      );
    env.addDisplay(rows.keyBy('k').window(TumblingEventTimeWindows.of('1 h')).aggregate({ n: 'count' }), 'counts');
  },
  'keyed state and timers': (env) => {
    const seen = new ValueStateDescriptor<number>('seen');
    const rows = env.fromSequence(1, 40 * KEYS).keyBy((n) => n % KEYS);
    const counted = rows.process((n, ctx) => {
      ctx.getState(seen).update(n);
      ctx.timerService().registerProcessingTimeTimer(1e12 + (n % KEYS));
      return [];
    });
    env.addDisplay(counted, 'counted');
  },
};

describe('The bytes of state that metrics tell', () => {
  for (const [name, describe] of Object.entries(JOBS)) {
    it(`are exact at a checkpoint and near between two: ${name}`, () => {
      const executor = start(describe);
      const now = (): number => executor.metrics().reduce((sum, { stateBytes }) => sum + stateBytes, 0);
      const checkpoint = (number: number, full: boolean): number => {
        const { operators } = takeSnapshot(executor, number, 10 * KEYS, full);
        return operators.flatMap(({ subtasks }) => subtasks.flatMap(({ keyed }) => keyed)).reduce((sum, { bytes }) => sum + bytes, 0);
      };
      assert.equal(now(), 0);
      executor.step(KEYS / 2);
      assert.ok(now() > 0, 'an estimate before the first');
      const first = checkpoint(1, true);
      assert.ok(first > KEYS);
      assert.equal(now(), first);
      executor.step(KEYS);
      assert.ok(Math.abs(now() - first) < first / 4, `${now()} is near ${first}`);
      const second = checkpoint(2, false);
      assert.equal(now(), second, 'after a delta too');
    });
  }
});

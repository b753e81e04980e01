import { describePlan, type StrategyPlan } from '../api/watermark-strategy.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { MAX_WATERMARK } from '../runtime/timestamps.ts';
import { assignTimestamp, type GenerationState, WATERMARK_STATE, WatermarkGeneration } from '../runtime/watermark-generation.ts';
import { decodeValue, encodeValue } from '../state/stored-value.ts';
import { lifecycleOf } from './lifecycle.ts';

/** Sets event time and watermarks in mid-stream: watermarks and idleness from upstream end here, but for the last watermark. */
export function timestampsAndWatermarks(plan: StrategyPlan, interval: number): OperatorSpec {
  const functions = plan.assigner ? [plan.assigner] : [];
  return {
    kind: 'timestampsAndWatermarks',
    config: [describePlan(plan), interval],
    functions,
    create(context, output) {
      const { counters } = context;
      const generation = new WatermarkGeneration(plan, interval, context.clock, output);
      const guarded = (work: () => void, value: unknown): void => {
        try {
          work();
        } catch (error) {
          context.fail(error, value);
        }
      };
      return {
        ...lifecycleOf(functions, context),
        collect(value, timestamp) {
          counters.recordsIn++;
          let assigned = timestamp;
          try {
            assigned = assignTimestamp(plan, value, timestamp);
            generation.beforeRecord(0);
          } catch (error) {
            context.fail(error, value);
          }
          counters.recordsOut++;
          output.collect(value, assigned);
          try {
            generation.afterRecord(0, value, assigned);
          } catch (error) {
            context.fail(error, value);
          }
        },
        watermark(watermark) {
          if (watermark === MAX_WATERMARK) generation.pass(MAX_WATERMARK);
        },
        idle() {},
        advanceTime: (now) => guarded(() => generation.advanceTime(now), undefined),
        nextWakeUp: () => generation.nextWakeUp(),
        writeState: (writer) => writer.float64(generation.watermark),
        operatorState: () => [{ name: WATERMARK_STATE, redistribution: 'subtask', values: [encodeValue(generation.save())] }],
        restore({ operator }) {
          const [saved] = operator.find(({ name }) => name === WATERMARK_STATE)?.values ?? [];
          // SAFETY: written above, by the same format version; its bytes were verified.
          if (saved !== undefined) generation.restore(decodeValue(saved) as GenerationState);
        },
      };
    },
  };
}

import type { UserFunction } from '../api/user-function.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { lifecycleOf } from './lifecycle.ts';
import { countingCollector, emitReturned } from './results.ts';

/** Any number of records out: returned, yielded or collected; the timestamp stays. */
export function flatMapOperator(flatMapper: UserFunction): OperatorSpec {
  return {
    kind: 'flatMap',
    config: null,
    functions: [flatMapper],
    create(context, output) {
      const { counters } = context;
      const { call } = flatMapper;
      const out = countingCollector(context, output.collect);
      return {
        ...lifecycleOf([flatMapper], context),
        collect(value, timestamp) {
          counters.recordsIn++;
          out.timestamp = timestamp;
          try {
            const returned = call(value, out);
            if (returned !== undefined) emitReturned(returned, flatMapper, out, 'flatMap');
          } catch (error) {
            context.fail(error, value);
          }
        },
        watermark: output.watermark,
        idle: output.idle,
      };
    },
  };
}

import type { UserFunction } from '../api/user-function.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { lifecycleOf } from './lifecycle.ts';
import { isPromise, promiseError } from './results.ts';

/** Keeps the records for which the predicate is true. */
export function filterOperator(predicate: UserFunction): OperatorSpec {
  return {
    kind: 'filter',
    config: null,
    functions: [predicate],
    create(context, output) {
      const { counters } = context;
      const { call } = predicate;
      const { collect } = output;
      return {
        ...lifecycleOf([predicate], context),
        collect(value, timestamp) {
          counters.recordsIn++;
          let keep: unknown;
          try {
            keep = call(value);
          } catch (error) {
            context.fail(error, value);
          }
          if (keep !== true) {
            if (!keep) return;
            if (isPromise(keep)) context.fail(promiseError('filter'), value);
          }
          counters.recordsOut++;
          collect(value, timestamp);
        },
        watermark: output.watermark,
        idle: output.idle,
      };
    },
  };
}

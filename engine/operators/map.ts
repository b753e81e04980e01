import { RuntimeException } from '../api/errors.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { lifecycleOf } from './lifecycle.ts';
import { isPromise, promiseError } from './results.ts';

function nothingReturned(): RuntimeException {
  return new RuntimeException('map returned undefined.', 'Return a value for every record; to drop records use filter or flatMap.');
}

/** Checks what a mapper returned. Throws RuntimeException for nothing and for a promise. */
export function mapped(result: unknown): unknown {
  if (result === undefined) throw nothingReturned();
  if (isPromise(result)) throw promiseError('map');
  return result;
}

/** One record out for each record in; the timestamp stays. */
export function mapOperator(mapper: UserFunction): OperatorSpec {
  return {
    kind: 'map',
    config: null,
    functions: [mapper],
    create(context, output) {
      const { counters } = context;
      const { call } = mapper;
      const { collect } = output;
      return {
        ...lifecycleOf([mapper], context),
        collect(value, timestamp) {
          counters.recordsIn++;
          let result: unknown;
          try {
            result = mapped(call(value));
          } catch (error) {
            context.fail(error, value);
          }
          counters.recordsOut++;
          collect(result, timestamp);
        },
        watermark: output.watermark,
        idle: output.idle,
      };
    },
  };
}

import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { KeyedContext } from './keyed-context.ts';
import { KeyedOperator, userTimers } from './keyed-operator.ts';

/** Records of a key with keyed state, timers and side outputs. */
export function keyedProcessOperator(fn: UserFunction, keys: KeySelection): OperatorSpec {
  return {
    kind: 'keyedProcess',
    keepsState: true,
    config: describeSelection(keys),
    functions: [fn],
    create(context, output) {
      const operator = new KeyedOperator(fn, context, output, {
        contextOf: (timers, backend) => new KeyedContext(timers, backend, output),
        onTimer: userTimers(fn),
      });
      return { ...operator.instance(), collect: operator.input(keys, fn.call, 'process') };
    },
  };
}

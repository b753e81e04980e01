import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorContext, OperatorSpec, Output } from '../runtime/operator.ts';
import { KeyedTable } from '../state/keyed-table.ts';
import { aggregatedValue, type FieldAggregation, fieldReducer } from './field-aggregation.ts';
import { hasNullPart, keyError, keyReader, nullKeyError } from './key-selection.ts';
import { lifecycleOf } from './lifecycle.ts';
import { isPromise, promiseError } from './results.ts';

/** Running reduce per key: the first record is emitted as it is, each later one gives `reduce(stored, new)` [1.3]. */
export function rollingReduce(reducer: UserFunction, keys: KeySelection): OperatorSpec {
  return {
    kind: 'reduce',
    config: describeSelection(keys),
    functions: [reducer],
    create: (context, output) => createRolling([reducer], reducer.call, () => {}, keys, context, output),
  };
}

/** Running aggregate of one field per key [1.4]. */
export function rollingAggregate(aggregation: FieldAggregation, keys: KeySelection): OperatorSpec {
  return {
    kind: 'aggregateField',
    config: [aggregation, describeSelection(keys)],
    functions: [],
    create: (context, output) =>
      createRolling([], fieldReducer(aggregation), (record) => void aggregatedValue(aggregation, record), keys, context, output),
  };
}

function createRolling(
  functions: readonly UserFunction[],
  reduce: (stored: unknown, record: unknown) => unknown,
  checkFirst: (record: unknown) => void,
  keys: KeySelection,
  context: OperatorContext,
  output: Output,
): ReturnType<OperatorSpec['create']> {
  const { counters, ambient } = context;
  const keyOf = keyReader(keys);
  const table = new KeyedTable();
  return {
    ...lifecycleOf(functions, context),
    collect(value, timestamp) {
      counters.recordsIn++;
      let key: unknown;
      let result: unknown;
      try {
        key = keyOf(value);
        if (key === null || key === undefined || hasNullPart(key)) throw nullKeyError(keys, value, key);
        const row = table.rowOf(key);
        if (row === table.values.length) {
          checkFirst(value);
          result = value;
          table.values.push(value);
        } else {
          result = reduce(table.values[row], value);
          if (isPromise(result)) throw promiseError('reduce');
          table.values[row] = result;
        }
      } catch (error) {
        context.fail(keyError(error), value);
      }
      const { windowStart, windowEnd, key: outerKey } = ambient;
      ambient.set(Number.NaN, Number.NaN, key);
      counters.recordsOut++;
      output.collect(result, timestamp);
      ambient.set(windowStart, windowEnd, outerKey);
    },
    watermark: output.watermark,
    idle: output.idle,
    writeState: (writer) => table.writeState(writer, context.maxParallelism),
  };
}

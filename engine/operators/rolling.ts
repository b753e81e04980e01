import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import { KeyedTable, type ValueTable } from '../state/keyed-table.ts';
import { cachedEntries } from '../state/stored/state-store.ts';
import { StoredValueTable } from '../state/stored/stored-value-table.ts';
import { aggregatedValue, type FieldAggregation, fieldReducer } from './field-aggregation.ts';
import { readField } from './fields.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from './key-selection.ts';
import { lifecycleOf } from './lifecycle.ts';
import { isPromise, promiseError } from './results.ts';

/** Name of the state in checkpoints. */
const ROLLING_STATE = 'rolling result';

/** Running reduce per key: the first record is emitted as it is, each later one gives `reduce(stored, new)`. */
export function rollingReduce(reducer: UserFunction, keys: KeySelection): OperatorSpec {
  return {
    kind: 'reduce',
    keepsState: true,
    config: describeSelection(keys),
    functions: [reducer],
    create: (context, output) =>
      createRolling([reducer], { reduce: reducer.call, checkFirst: () => {}, field: null }, keys, context, output),
  };
}

/** Running aggregate of one field per key. */
export function rollingAggregate(aggregation: FieldAggregation, keys: KeySelection): OperatorSpec {
  return {
    kind: 'aggregateField',
    keepsState: true,
    config: [aggregation, describeSelection(keys)],
    functions: [],
    create: (context, output) =>
      createRolling(
        [],
        {
          reduce: fieldReducer(aggregation),
          checkFirst: (record) => void aggregatedValue(aggregation, record),
          field: aggregation.kind === 'minBy' || aggregation.kind === 'maxBy' ? null : aggregation.field,
        },
        keys,
        context,
        output,
      ),
  };
}

interface Rolling {
  readonly reduce: (stored: unknown, record: unknown) => unknown;
  readonly checkFirst: (record: unknown) => void;
  /** The one field that is replaced, in a copy of what is stored; null: anything can become of it, also in place. */
  readonly field: string | number | null;
}

function createRolling(
  functions: readonly UserFunction[],
  rolling: Rolling,
  keys: KeySelection,
  context: OperatorContext,
  output: Output,
): OperatorInstance {
  const { maxParallelism } = context;
  const store = context.openStore();
  if (store === null)
    return rollingOver(new KeyedTable(ROLLING_STATE, 'reduce', maxParallelism, context.memory), functions, rolling, keys, context, output);
  const table = new StoredValueTable(cachedEntries(store, ROLLING_STATE, 'reduce'), maxParallelism);
  return rollingOver(table, functions, rolling, keys, context, output);
}

function rollingOver<Slot>(
  table: ValueTable<Slot>,
  functions: readonly UserFunction[],
  { reduce, checkFirst, field }: Rolling,
  keys: KeySelection,
  context: OperatorContext,
  output: Output,
): OperatorInstance {
  const { counters, ambient } = context;
  const keyOf = keyReaderOf(keys, context);
  return {
    ...lifecycleOf(functions, context),
    collect(value, timestamp) {
      counters.recordsIn++;
      let key: unknown;
      let result: unknown;
      try {
        key = keyOf(value);
        if (isMissingKey(key)) throw nullKeyError(keys, value, key);
        const keyGroup = table.keyGroupOf(key);
        const slot = table.find(keyGroup, key);
        if (slot === undefined) {
          checkFirst(value);
          result = value;
          table.add(keyGroup, key, value);
        } else {
          const stored = field === null ? table.read(slot) : table.peek(slot);
          result = reduce(stored, value);
          if (isPromise(result)) throw promiseError('reduce');
          const sameSize = field !== null && typeof readField(stored, field) === 'number' && typeof readField(result, field) === 'number';
          table.write(slot, result, sameSize);
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
    writeState: (writer) => table.writeState(writer),
    capture: (full) => [table.capture(full)],
    stateBytes: () => table.estimatedBytes,
    keyedState: (key) => [table.view(table.keyGroupOf(key), key)],
    restore({ keyed }) {
      const state = keyed.find(({ name }) => name === ROLLING_STATE);
      if (state !== undefined) table.restore(state);
    },
  };
}

import { methodOf, type UserFunction, userFunction } from '../../api/user-function.ts';
import { RuntimeException } from '../../api/errors.ts';
import type { StateAccount } from '../../state/state-memory.ts';
import type { Accumulators } from '../accumulators.ts';
import { addValues, aggregatedValue, type FieldAggregation, fieldReducer } from '../field-aggregation.ts';
import { readField, withField } from '../fields.ts';
import { isPromise, promiseError } from '../results.ts';
import { type BuiltIn, BuiltInAccumulators } from './built-in.ts';
import { type Fold, FoldedAccumulators } from './folded.ts';
import { ListedAccumulators } from './listed.ts';

/** How the contents of a window are kept: data, functions, and a factory for one window's accumulators. */
export interface WindowAggregation {
  readonly kind: string;
  readonly config: unknown;
  readonly functions: readonly UserFunction[];
  /** Whether what `result` gives is the list of all records. */
  readonly listed: boolean;
  /** `account` counts the memory of what is kept. */
  create(expectedRows: number, account: StateAccount): Accumulators;
}

function folded(kind: string, config: unknown, functions: readonly UserFunction[], fold: Fold): WindowAggregation {
  return { kind, config, functions, listed: false, create: (_rows, account) => new FoldedAccumulators(fold, account) };
}

function synchronous(value: unknown, what: string): unknown {
  if (isPromise(value)) throw promiseError(what);
  return value;
}

export function listAll(): WindowAggregation {
  return { kind: 'list', config: null, functions: [], listed: true, create: (_rows, account) => new ListedAccumulators(account) };
}

export function builtIns(plan: readonly BuiltIn[]): WindowAggregation {
  return { kind: 'builtIn', config: plan, functions: [], listed: false, create: (rows) => new BuiltInAccumulators(plan, rows) };
}

export function reduceWith(reducer: UserFunction): WindowAggregation {
  return folded('reduce', null, [reducer], {
    first: (record) => record,
    add: (accumulator, record) => synchronous(reducer.call(accumulator, record), 'reduce'),
    result: (accumulator) => accumulator,
  });
}

/** Throws IllegalArgumentException if a method is missing. */
export function aggregateWith(aggregator: unknown): WindowAggregation {
  const add = userFunction(aggregator, 'add', 'aggregate');
  const create = methodOf(add.target, 'createAccumulator');
  const getResult = methodOf(add.target, 'getResult');
  const call = userFunction({ createAccumulator: create, getResult }, 'createAccumulator', 'aggregate');
  const result = userFunction({ getResult }, 'getResult', 'aggregate').call;
  const added = (accumulator: unknown): unknown => {
    if (accumulator === undefined) {
      throw new RuntimeException('add returned undefined.', 'Return the accumulator from add, also when it was changed in place.');
    }
    return synchronous(accumulator, 'add');
  };
  return folded('aggregate', null, [add], {
    first: (record) => added(add.call(record, call.call())),
    add: (accumulator, record) => added(add.call(record, accumulator)),
    result: (accumulator) => synchronous(result(accumulator), 'getResult'),
  });
}

interface FieldAccumulator {
  readonly first: unknown;
  /** What is compared or summed, and the field as it was. */
  value: number | bigint | string;
  field: unknown;
}

function isFieldAccumulator(value: unknown): value is FieldAccumulator {
  return typeof value === 'object' && value !== null && 'first' in value;
}

/** sum, min and max change their accumulator in place and copy the first record once, for the result. */
export function aggregateField(aggregation: FieldAggregation): WindowAggregation {
  const { kind, field } = aggregation;
  if (kind === 'minBy' || kind === 'maxBy') {
    return folded('aggregateField', aggregation, [], {
      first: (record) => record,
      add: fieldReducer(aggregation),
      result: (accumulator) => accumulator,
    });
  }
  return folded('aggregateField', aggregation, [], {
    first: (record): FieldAccumulator => ({ first: record, value: aggregatedValue(aggregation, record), field: readField(record, field) }),
    add: (accumulator, record) => {
      if (!isFieldAccumulator(accumulator)) return accumulator;
      const value = aggregatedValue(aggregation, record);
      if (kind === 'sum') {
        accumulator.value = addValues(aggregation, accumulator.value, value);
        accumulator.field = accumulator.value;
      } else if (kind === 'min' ? value < accumulator.value : value > accumulator.value) {
        accumulator.value = value;
        accumulator.field = readField(record, field);
      }
      return accumulator;
    },
    keepsSize: (accumulator) => isFieldAccumulator(accumulator) && typeof accumulator.value === 'number',
    result: (accumulator) => (isFieldAccumulator(accumulator) ? withField(accumulator.first, field, accumulator.field) : accumulator),
  });
}

import { methodOf, type UserFunction, userFunction } from '../../api/user-function.ts';
import { RuntimeException } from '../../api/errors.ts';
import type { StateAccount } from '../../state/state-memory.ts';
import type { Accumulators } from '../accumulators.ts';
import { addValues, aggregatedValue, type FieldAggregation, fieldReducer } from '../field-aggregation.ts';
import { readField, withField } from '../fields.ts';
import { isPromise, promiseError } from '../results.ts';
import { type BuiltIn, BuiltInAccumulators } from './built-in.ts';
import { builtInContents } from './built-in-contents.ts';
import { type ContentsFold, foldedContents, LISTED_CONTENTS } from './contents-fold.ts';
import { type Fold, FoldedAccumulators } from './folded.ts';
import { ListedAccumulators } from './listed.ts';

/** How the contents of a window are kept: data, functions, and a factory for one window's accumulators. */
export interface WindowAggregation {
  readonly kind: string;
  readonly config: unknown;
  readonly functions: readonly UserFunction[];
  /** Whether what `result` gives is the list of all records. */
  readonly listed: boolean;
  /** The same for windows of which each key has its own. */
  readonly contents: ContentsFold;
  /** Whether two windows can become one. */
  readonly merges: boolean;
  /** `account` counts the memory of what is kept. */
  create(expectedRows: number, account: StateAccount): Accumulators;
}

function folded(kind: string, config: unknown, functions: readonly UserFunction[], fold: Fold, merges = true): WindowAggregation {
  const create = (_rows: number, account: StateAccount): Accumulators => new FoldedAccumulators(fold, account);
  return { kind, config, functions, listed: false, contents: foldedContents(fold), merges, create };
}

function synchronous(value: unknown, what: string): unknown {
  if (isPromise(value)) throw promiseError(what);
  return value;
}

export function listAll(): WindowAggregation {
  const create = (_rows: number, account: StateAccount): Accumulators => new ListedAccumulators(account);
  return { kind: 'list', config: null, functions: [], listed: true, contents: LISTED_CONTENTS, merges: true, create };
}

export function builtIns(plan: readonly BuiltIn[]): WindowAggregation {
  const create = (rows: number): Accumulators => new BuiltInAccumulators(plan, rows);
  return { kind: 'builtIn', config: plan, functions: [], listed: false, contents: builtInContents(plan), merges: true, create };
}

/** A reducer as a fold, whose accumulator is a record. */
export function reductionFold(reducer: UserFunction): Fold {
  const reduce = (a: unknown, b: unknown): unknown => synchronous(reducer.call(a, b), 'reduce');
  return { first: (record) => record, add: reduce, result: (accumulator) => accumulator, merge: reduce, empty: null };
}

export function reduceWith(reducer: UserFunction): WindowAggregation {
  return folded('reduce', null, [reducer], reductionFold(reducer));
}

/** An AggregateFunction as a fold. `add`: the function for the graph; `merges`: it has a merge method. Throws IllegalArgumentException if another one is missing. */
export function aggregationFold(aggregator: unknown): { readonly add: UserFunction; readonly fold: Fold; readonly merges: boolean } {
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
  const merge = methodOf(add.target, 'merge');
  const getResultOf = (accumulator: unknown): unknown => synchronous(result(accumulator), 'getResult');
  const fold: Fold = {
    first: (record) => added(add.call(record, call.call())),
    add: (accumulator, record) => added(add.call(record, accumulator)),
    result: getResultOf,
    merge: (a, b) => merged(merge?.(a, b)),
    empty: () => getResultOf(call.call()),
  };
  return { add, fold, merges: merge !== null };
}

/** Throws IllegalArgumentException if a method is missing. */
export function aggregateWith(aggregator: unknown): WindowAggregation {
  const { add, fold, merges } = aggregationFold(aggregator);
  return folded('aggregate', null, [add], fold, merges);
}

function merged(accumulator: unknown): unknown {
  if (accumulator === undefined) {
    throw new RuntimeException('merge returned undefined.', 'Return the accumulator from merge, also when it was changed in place.');
  }
  return synchronous(accumulator, 'merge');
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

/** `value`: what is compared or summed of `record`. */
function addToField(
  aggregation: FieldAggregation,
  accumulator: FieldAccumulator,
  value: number | bigint | string,
  record: unknown,
): FieldAccumulator {
  if (aggregation.kind === 'sum') {
    accumulator.value = addValues(aggregation, accumulator.value, value);
    accumulator.field = accumulator.value;
  } else if (aggregation.kind === 'min' ? value < accumulator.value : value > accumulator.value) {
    accumulator.value = value;
    accumulator.field = readField(record, aggregation.field);
  }
  return accumulator;
}

/** sum, min and max change their accumulator in place and copy the first record once, for the result. */
export function aggregateField(aggregation: FieldAggregation): WindowAggregation {
  const { kind, field } = aggregation;
  if (kind === 'minBy' || kind === 'maxBy') {
    return folded('aggregateField', aggregation, [], {
      first: (record) => record,
      add: fieldReducer(aggregation),
      result: (accumulator) => accumulator,
      merge: fieldReducer(aggregation),
      empty: null,
    });
  }
  return folded('aggregateField', aggregation, [], {
    first: (record): FieldAccumulator => ({ first: record, value: aggregatedValue(aggregation, record), field: readField(record, field) }),
    add: (accumulator, record) =>
      isFieldAccumulator(accumulator) ? addToField(aggregation, accumulator, aggregatedValue(aggregation, record), record) : accumulator,
    merge: (a, b) => {
      if (!isFieldAccumulator(a) || !isFieldAccumulator(b)) return a;
      return addToField(aggregation, a, b.value, withField(b.first, field, b.field));
    },
    empty: null,
    keepsSize: (accumulator) => isFieldAccumulator(accumulator) && typeof accumulator.value === 'number',
    result: (accumulator) => (isFieldAccumulator(accumulator) ? withField(accumulator.first, field, accumulator.field) : accumulator),
  });
}

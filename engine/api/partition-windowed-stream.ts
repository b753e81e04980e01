import {
  mapPartitionOperator,
  partitionAggregateOperator,
  partitionReduceOperator,
  sortPartitionOperator,
} from '../operators/partition-window.ts';
import { type PartitionOrder, sortedBy } from '../operators/sort-partition.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { Collector } from './collector.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { IllegalArgumentException } from './errors.ts';
import type { AggregateFunction, Emits, KeySelector, MapPartitionFunction, ReduceFunction } from './function-types.ts';
import { checkField, type Field } from './key-selections.ts';
import { type UserFunction, userFunction } from './user-function.ts';
import type { WindowedStream } from './windowed-stream.ts';
import type { GlobalWindow } from './windows.ts';

/** How records are sorted. */
export type Order = 'ASCENDING' | 'DESCENDING';

type PartitionMapper<T, R> = MapPartitionFunction<T, R> | ((values: Iterable<T>, out: Collector<R>) => Emits<R>);
type SortSelector<T, K> = KeySelector<T, K> | ((value: T) => K);

/** All records of a subtask, or of a key, as one window: what is made of them comes at the end of a bounded input. */
export interface PartitionWindowedStream<T> {
  /** The function gets all records at once, in the order in which they came. */
  mapPartition<R>(mapper: PartitionMapper<T, R>): SingleOutputStreamOperator<R>;
  /** By a field or by what a function takes from a record; records that are equal in it stay as they came. */
  sortPartition<K>(by: Field | SortSelector<T, K>, order: Order): SingleOutputStreamOperator<T>;
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
}

/** Adds an operator with as many subtasks as the stream before it, each of which gets the records of one. */
export type AddPartitionOperator = <R>(name: string, operator: OperatorSpec) => SingleOutputStreamOperator<R>;

/** The records of each subtask. */
export class NonKeyedPartitionWindowedStream<T> implements PartitionWindowedStream<T> {
  readonly #add: AddPartitionOperator;
  constructor(add: AddPartitionOperator) {
    this.#add = add;
  }

  mapPartition<R>(mapper: PartitionMapper<T, R>): SingleOutputStreamOperator<R> {
    // As Flink's, which is never chained.
    return this.#add<R>('MapPartition', mapPartitionOperator(partitionMapper(mapper))).disableChaining();
  }
  sortPartition<K>(by: Field | SortSelector<T, K>, order: Order): SingleOutputStreamOperator<T> {
    return this.#add<T>('SortPartition', sortPartitionOperator(partitionOrder(by, order)));
  }
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T> {
    return this.#add<T>('PartitionReduce', partitionReduceOperator(userFunction(reducer, 'reduce', 'reduce')));
  }
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R> {
    return this.#add<R>('PartitionAggregate', partitionAggregateOperator(aggregator));
  }
}

/** The records of each key: windows that fire at the end of the stream (Flink's KeyedPartitionWindowedStream). */
export class KeyedPartitionWindowedStream<T, K> implements PartitionWindowedStream<T> {
  readonly #windowed: () => WindowedStream<T, K, GlobalWindow>;
  /** `windowed`: the keyed stream in global windows with a trigger for the end of the stream. */
  constructor(windowed: () => WindowedStream<T, K, GlobalWindow>) {
    this.#windowed = windowed;
  }

  mapPartition<R>(mapper: PartitionMapper<T, R>): SingleOutputStreamOperator<R> {
    const fn = partitionMapper(mapper);
    return this.#windowed().applyFunction<R>('mapPartition', {
      ...fn,
      call: (_key, _window, values, out) => fn.call(values, out),
    });
  }
  sortPartition<S>(by: Field | SortSelector<T, S>, order: Order): SingleOutputStreamOperator<T> {
    const fn = sorter(partitionOrder(by, order));
    return this.#windowed().applyFunction<T>('sortPartition', fn).name('KeyedSortPartition');
  }
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T> {
    return this.#windowed().reduce(reducer);
  }
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R> {
    return this.#windowed().aggregate(aggregator);
  }
}

function partitionMapper(mapper: unknown): UserFunction {
  return userFunction(mapper, 'mapPartition', 'mapPartition');
}

/** Throws IllegalArgumentException. */
function partitionOrder(by: unknown, order: unknown): PartitionOrder {
  if (order !== 'ASCENDING' && order !== 'DESCENDING') {
    throw new IllegalArgumentException(`sortPartition needs an order, not ${String(order)}.`, "Use 'ASCENDING' or 'DESCENDING'.");
  }
  const isFunction = typeof by === 'function' || (typeof by === 'object' && by !== null);
  return isFunction
    ? { field: null, selector: userFunction(by, 'getKey', 'sortPartition'), direction: order }
    : { field: checkField(by, 'sortPartition'), selector: null, direction: order };
}

/** The function of a window that emits its records in order. */
function sorter(order: PartitionOrder): UserFunction {
  const call = (_key: unknown, _window: unknown, values: unknown): unknown => {
    // SAFETY: a window function gets the records of its window as a list.
    return sortedBy(order, values as readonly unknown[]);
  };
  const { selector, field, direction } = order;
  return {
    call,
    target: selector?.target ?? call,
    arrow: true,
    source: `sortPartition ${selector?.source ?? JSON.stringify(field)} ${direction}`,
  };
}

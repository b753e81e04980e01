import type { AggregatingState, ReducingState, StateFold } from '../state/keyed/appending-state.ts';
import type { ListState } from '../state/keyed/list-state.ts';
import type { MapState } from '../state/keyed/map-state.ts';
import type { ValueState } from '../state/keyed/value-state.ts';
import type { StateType } from '../state/state-type.ts';
import { IllegalArgumentException, UnsupportedOperationException } from './errors.ts';
import type { AggregateFunction, ReduceFunction } from './function-types.ts';
import { AbstractRichFunction } from './rich-functions.ts';
import { StateTtlConfig, type TtlSettings } from './state-ttl-config.ts';
import { stateTypeOf, type TypeInformation } from './type-information.ts';
import { methodOf, userFunction } from './user-function.ts';

/** Names a state within its operator: operator and name find it again in a checkpoint. */
export abstract class StateDescriptor<S> {
  declare protected readonly stateType: S;
  readonly #name: string;
  #ttl: TtlSettings | null = null;

  readonly #type: StateType | null;

  /** Throws IllegalArgumentException for a name that is no text, and a type that is no TypeInformation. Without one values describe themselves. */
  constructor(name: string, type?: unknown) {
    if (typeof name !== 'string' || name === '')
      throw new IllegalArgumentException('A state descriptor needs a name.', "For example 'seen'.");
    this.#name = name;
    this.#type = type === undefined || type === null ? null : stateTypeOf(type);
  }

  getName(): string {
    return this.#name;
  }

  /** Entries expire on their own; those of lists and maps one by one. Before the state is asked for. Throws IllegalArgumentException for what is no StateTtlConfig. */
  enableTimeToLive(ttlConfig: StateTtlConfig): void {
    this.#ttl = StateTtlConfig.settingsOf(ttlConfig);
  }

  /** For the engine: of each value. Null: any. */
  static typeOf(descriptor: StateDescriptor<unknown>): StateType | null {
    return descriptor.#type;
  }

  /** For the engine. Null: entries stay. */
  static ttlOf(descriptor: StateDescriptor<unknown>): TtlSettings | null {
    return descriptor.#ttl;
  }
}

export class ValueStateDescriptor<T> extends StateDescriptor<ValueState<T>> {}

export class ListStateDescriptor<T> extends StateDescriptor<ListState<T>> {}

export class MapStateDescriptor<K, V> extends StateDescriptor<MapState<K, V>> {
  /** Keys are stored as keys are, and never change their type. */
  constructor(name: string, keyType?: TypeInformation<K>, valueType?: TypeInformation<V>) {
    super(name, valueType);
    if (keyType !== undefined) stateTypeOf(keyType);
  }
}

/** A state that takes values in one by one. */
export abstract class AppendingStateDescriptor<S> extends StateDescriptor<S> {
  readonly #fold: StateFold;

  constructor(name: string, fold: StateFold, type?: unknown) {
    super(name, type);
    this.#fold = fold;
  }

  /** For the engine: how values are taken in. */
  static foldOf(descriptor: AppendingStateDescriptor<unknown>): StateFold {
    return descriptor.#fold;
  }
}

/** Each value is reduced with what is kept. */
export class ReducingStateDescriptor<T> extends AppendingStateDescriptor<ReducingState<T>> {
  /** Throws IllegalArgumentException for what cannot reduce, UnsupportedOperationException for a rich function. */
  constructor(name: string, reduceFunction: ReduceFunction<T> | ReduceFunction<T>['reduce'], type?: TypeInformation<T>) {
    super(name, reducing(reduceFunction), type);
  }
}

/** Each value is added to an accumulator. */
export class AggregatingStateDescriptor<IN, ACC, OUT> extends AppendingStateDescriptor<AggregatingState<IN, OUT>> {
  /** Throws IllegalArgumentException for what is no AggregateFunction. */
  constructor(name: string, aggregateFunction: AggregateFunction<IN, ACC, OUT>, type?: TypeInformation<ACC>) {
    super(name, aggregating(aggregateFunction), type);
  }
}

function reducing(reduceFunction: unknown): StateFold {
  const { call, target } = userFunction(reduceFunction, 'reduce', 'ReducingStateDescriptor');
  if (target instanceof AbstractRichFunction) {
    throw new UnsupportedOperationException(
      'ReduceFunction of ReducingState can not be a RichFunction.',
      'Nobody would call its open() and close(): pass a function (a, b) => ….',
    );
  }
  return { first: (value) => value, add: call, result: (kept) => kept, merge: call };
}

function aggregating(aggregateFunction: unknown): StateFold {
  const where = 'AggregatingStateDescriptor';
  const add = userFunction(aggregateFunction, 'add', where);
  if (add.arrow) {
    throw new IllegalArgumentException(
      `${where} needs an object with createAccumulator, add and getResult, not a function.`,
      'For example { createAccumulator: () => 0, add: (value, sum) => sum + value, getResult: (sum) => sum }.',
    );
  }
  const create = userFunction(add.target, 'createAccumulator', where);
  const result = userFunction(add.target, 'getResult', where);
  const merge = methodOf(add.target, 'merge');
  return {
    first: (value) => add.call(value, create.call()),
    add: (kept, value) => add.call(value, kept),
    result: result.call,
    merge: (kept, other) => {
      if (merge !== null) return merge(kept, other);
      throw new UnsupportedOperationException(
        'The AggregateFunction of an AggregatingState has no merge.',
        'Give it merge(a, b): windows that grow together put their state together with it.',
      );
    },
  };
}

import type {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  StateDescriptor,
  ValueStateDescriptor,
} from '../api/state-descriptors.ts';
import type { AggregatingState, ReducingState } from './keyed/appending-state.ts';
import type { ListState } from './keyed/list-state.ts';
import type { MapState } from './keyed/map-state.ts';
import type { ValueState } from './keyed/value-state.ts';

/** Keyed state as user functions reach it. All methods throw IllegalStateException for a name that is used as two kinds of state. */
export interface KeyedStateStore {
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T>;
  getAggregatingState<IN, ACC, OUT>(descriptor: AggregatingStateDescriptor<IN, ACC, OUT>): AggregatingState<IN, OUT>;
}

/** Base of what user code is handed and reaches keyed state through: contexts of functions. */
export abstract class KeyedStateAccess implements KeyedStateStore {
  /** Throws where there is no keyed state. `type`: Flink's word for the kind that is asked for. */
  protected abstract keyedState(descriptor: StateDescriptor<unknown>, type: string): KeyedStateStore;

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    return this.keyedState(descriptor, 'VALUE').getState(descriptor);
  }
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    return this.keyedState(descriptor, 'LIST').getListState(descriptor);
  }
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    return this.keyedState(descriptor, 'MAP').getMapState(descriptor);
  }
  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    return this.keyedState(descriptor, 'REDUCING').getReducingState(descriptor);
  }
  getAggregatingState<IN, ACC, OUT>(descriptor: AggregatingStateDescriptor<IN, ACC, OUT>): AggregatingState<IN, OUT> {
    return this.keyedState(descriptor, 'AGGREGATING').getAggregatingState(descriptor);
  }
}

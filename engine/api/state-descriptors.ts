import type { ListState } from '../state/keyed/list-state.ts';
import type { MapState } from '../state/keyed/map-state.ts';
import type { ValueState } from '../state/keyed/value-state.ts';
import { IllegalArgumentException } from './errors.ts';
import { unsupported } from './unsupported.ts';

/** Names a state within its operator: operator and name find it again in a checkpoint. */
export abstract class StateDescriptor<S> {
  declare protected readonly stateType: S;
  readonly #name: string;

  /** Throws IllegalArgumentException for a name that is no text. The type information is accepted; values describe themselves. */
  constructor(name: string, ..._types: readonly unknown[]) {
    if (typeof name !== 'string' || name === '')
      throw new IllegalArgumentException('A state descriptor needs a name.', "For example 'seen'.");
    this.#name = name;
  }

  getName(): string {
    return this.#name;
  }

  enableTimeToLive(_ttlConfig: unknown): void {
    throw unsupported('state with a time to live');
  }
}

export class ValueStateDescriptor<T> extends StateDescriptor<ValueState<T>> {}
export class ListStateDescriptor<T> extends StateDescriptor<ListState<T>> {}
export class MapStateDescriptor<K, V> extends StateDescriptor<MapState<K, V>> {}

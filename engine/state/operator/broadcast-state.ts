import { EntrySlots } from '../entry-slots.ts';
import type { KeyContext } from '../key-context.ts';
import { type MapState, MapStateTable } from '../keyed/map-state.ts';
import type { StateAccount } from '../state-memory.ts';
import { onlyKey, ONLY_KEY } from './only-key.ts';

/** `ReadOnlyBroadcastState` of api.d.ts. */
export interface ReadOnlyBroadcastState<K, V> {
  /** null when there is no such key. */
  get(key: K): V | null;
  contains(key: K): boolean;
  /** In the order of their keys. */
  immutableEntries(): Iterable<readonly [K, V]>;
}

/** `BroadcastState` of api.d.ts. Iterates in the canonical order of its keys, whatever the order of insertion (rule 2). */
export interface BroadcastState<K, V> extends ReadOnlyBroadcastState<K, V>, MapState<K, V> {}

/** A map of a subtask: that of the only key of a keyed one. */
export class BroadcastTable {
  readonly state: BroadcastState<unknown, unknown>;
  readonly #table: MapStateTable;
  readonly #context: KeyContext = onlyKey();

  constructor(name: string, account: StateAccount) {
    this.#table = new MapStateTable(new EntrySlots(name, 'map', account), this.#context);
    const { state } = this.#table;
    this.state = Object.assign(state, { immutableEntries: () => state.entries() });
  }

  /** Pairs of key and value, in the order of their keys. */
  values(): readonly unknown[] {
    const { value } = this.#table.view(this.#context.keyGroup, ONLY_KEY, Number.POSITIVE_INFINITY);
    return value instanceof Map ? [...value] : [];
  }

  restore(values: readonly unknown[]): void {
    for (const pair of values) if (Array.isArray(pair)) this.state.put(pair[0], pair[1]);
  }
}

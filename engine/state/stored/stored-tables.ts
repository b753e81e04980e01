import { userTable } from '../keyed/heap-tables.ts';
import { isUserStateKind, type StateTable, type StateTables, type UnclaimedState, type UserStateKind } from '../keyed/state-table.ts';
import type { KeyContext } from '../key-context.ts';
import type { RestoredState } from '../state-capture.ts';
import type { CachedEntries } from './cached-entries.ts';
import { cachedEntries, type StateStore } from './state-store.ts';
import { StoredMapTable } from './stored-map-table.ts';
import { StoredValueTable } from './stored-value-table.ts';

/** Keyed states in a store. What nobody has asked for stays there as it is. */
export class StoredTables implements StateTables {
  readonly #store: StateStore;
  readonly #context: KeyContext;
  readonly #maxParallelism: number;

  constructor(store: StateStore, context: KeyContext, maxParallelism: number) {
    this.#store = store;
    this.#context = context;
    this.#maxParallelism = maxParallelism;
  }

  create(name: string, kind: UserStateKind): StateTable {
    return this.#table(cachedEntries(this.#store, name, kind), kind);
  }

  keep(state: RestoredState): UnclaimedState {
    const { name, kind } = state;
    const entries = cachedEntries(this.#store, name, kind);
    entries.restore(state);
    return {
      name,
      kind,
      get estimatedBytes() {
        return entries.estimatedBytes;
      },
      capture: (full) => entries.capture(full),
      writeState: (writer) => entries.writeState(writer),
      claim: () => {
        if (!isUserStateKind(kind)) throw new Error(`a ${kind} state cannot be asked for`);
        return this.#table(entries, kind);
      },
    };
  }

  #table(entries: CachedEntries, kind: UserStateKind): StateTable {
    return kind === 'map'
      ? new StoredMapTable(entries, this.#context)
      : userTable(new StoredValueTable(entries, this.#maxParallelism), this.#context);
  }
}

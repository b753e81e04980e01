import { userMap, userTable } from '../keyed/heap-tables.ts';
import type { StateSpec } from '../keyed/state-spec.ts';
import type { StateTable, StateTables, UnclaimedState } from '../keyed/state-table.ts';
import { checkTtl } from '../keyed/time-to-live.ts';
import { entryForm } from '../entry-form.ts';
import { decodeEntryKey } from '../entry-codec.ts';
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
  readonly #clock: { readonly now: number };

  constructor(store: StateStore, context: KeyContext, maxParallelism: number, clock: { readonly now: number }) {
    this.#clock = clock;
    this.#store = store;
    this.#context = context;
    this.#maxParallelism = maxParallelism;
  }

  create(spec: StateSpec): StateTable {
    const entries = cachedEntries(this.#store, spec.name, spec.kind);
    entries.use(entryForm(spec.name, spec.type, spec.kind === 'list'));
    return this.#table(spec, entries);
  }

  keep(state: RestoredState): UnclaimedState {
    const { name, kind } = state;
    const type = state.type ?? null;
    const entries = cachedEntries(this.#store, name, kind);
    entries.restore(state);
    return {
      name,
      kind,
      type,
      get estimatedBytes() {
        return entries.estimatedBytes;
      },
      capture: (full) => entries.capture(full, type === null ? {} : { type }),
      writeState: (writer) => entries.writeState(writer),
      claim: (spec) => {
        const [first] = entries.first(1, (bytes) => decodeEntryKey(bytes).key);
        if (first !== undefined) checkTtl(spec, entries.peek(first));
        entries.use(entryForm(name, spec.type, kind === 'list', type));
        return this.#table(spec, entries);
      },
    };
  }

  #table(spec: StateSpec, entries: CachedEntries): StateTable {
    return spec.kind === 'map'
      ? userMap(spec, new StoredMapTable(entries, this.#context), this.#context, this.#clock)
      : userTable(spec, new StoredValueTable(entries, this.#maxParallelism, this.#context), this.#context, this.#clock);
  }
}

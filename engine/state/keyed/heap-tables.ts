import type { KeyContext } from '../key-context.ts';
import { KeyedTable, type ValueTable } from '../keyed-table.ts';
import type { RestoredState } from '../state-capture.ts';
import type { StateAccount } from '../state-memory.ts';
import { HeapUnclaimedState } from '../unclaimed-state.ts';
import { listState } from './list-state.ts';
import { MapStateTable } from './map-state.ts';
import { isUserStateKind, type StateTable, type StateTables, type UnclaimedState, type UserStateKind } from './state-table.ts';
import { valueState } from './value-state.ts';

/** A state with one value per key as user code has it. */
export function userTable<Slot>(table: ValueTable<Slot>, context: KeyContext): StateTable {
  return {
    name: table.name,
    kind: table.kind,
    state: table.kind === 'list' ? listState(table, context) : valueState(table, context),
    get estimatedBytes() {
      return table.estimatedBytes;
    },
    view: (keyGroup, key) => table.view(keyGroup, key),
    capture: (full) => table.capture(full),
    writeState: (writer) => table.writeState(writer),
  };
}

/** Keyed states on the heap: the backend "hashmap". */
export class HeapTables implements StateTables {
  readonly #context: KeyContext;
  readonly #maxParallelism: number;
  readonly #account: StateAccount;

  constructor(context: KeyContext, maxParallelism: number, account: StateAccount) {
    this.#account = account;
    this.#context = context;
    this.#maxParallelism = maxParallelism;
  }

  create(name: string, kind: UserStateKind, restored: RestoredState | null = null): StateTable {
    if (kind === 'map') {
      const table = new MapStateTable(name, this.#context, this.#account);
      if (restored !== null) table.restore(restored);
      return table;
    }
    const table = new KeyedTable(name, kind, this.#maxParallelism, this.#account);
    if (restored !== null) table.restore(restored);
    return userTable(table, this.#context);
  }

  keep(state: RestoredState): UnclaimedState {
    return new HeapUnclaimedState(state, this.#account, (restored) => {
      if (!isUserStateKind(restored.kind)) throw new Error(`a ${restored.kind} state cannot be asked for`);
      return this.create(restored.name, restored.kind, restored);
    });
  }
}

import type { KeyContext } from '../key-context.ts';
import { KeyedTable, type ValueTable } from '../keyed-table.ts';
import type { RestoredState } from '../state-capture.ts';
import type { StateAccount } from '../state-memory.ts';
import { HeapUnclaimedState } from '../unclaimed-state.ts';
import { appendingState } from './appending-state.ts';
import { listState } from './list-state.ts';
import { MapStateTable } from './map-state.ts';
import type { StateSpec } from './state-spec.ts';
import type { StateTable, StateTables, UnclaimedState } from './state-table.ts';
import { valueState } from './value-state.ts';

/** A state with one value per key as user code has it. */
export function userTable<Slot>(spec: StateSpec, table: ValueTable<Slot>, context: KeyContext): StateTable {
  return {
    name: table.name,
    kind: table.kind,
    state: handle(spec, table, context),
    get estimatedBytes() {
      return table.estimatedBytes;
    },
    view: (keyGroup, key) => table.view(keyGroup, key),
    capture: (full) => table.capture(full),
    writeState: (writer) => table.writeState(writer),
  };
}

function handle<Slot>(spec: StateSpec, table: ValueTable<Slot>, context: KeyContext): object {
  switch (spec.kind) {
    case 'list':
      return listState(table, context);
    case 'reducing':
    case 'aggregating':
      return appendingState(table, context, spec.fold);
    default:
      return valueState(table, context);
  }
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

  create(spec: StateSpec, restored: RestoredState | null = null): StateTable {
    const { name, kind } = spec;
    if (kind === 'map') {
      const table = new MapStateTable(name, this.#context, this.#account);
      if (restored !== null) table.restore(restored);
      return table;
    }
    const table = new KeyedTable(name, kind, this.#maxParallelism, this.#account);
    if (restored !== null) table.restore(restored);
    return userTable(spec, table, this.#context);
  }

  keep(state: RestoredState): UnclaimedState {
    return new HeapUnclaimedState(state, this.#account, (spec, restored) => this.create(spec, restored));
  }
}

import type { ByteWriter } from '../byte-writer.ts';
import { entryForm } from '../entry-form.ts';
import { EntrySlots } from '../entry-slots.ts';
import type { KeyContext } from '../key-context.ts';
import { KeyedTable, type ValueTable } from '../keyed-table.ts';
import type { RestoredState } from '../state-capture.ts';
import type { StateAccount } from '../state-memory.ts';
import { HeapUnclaimedState } from '../unclaimed-state.ts';
import { appendingState } from './appending-state.ts';
import { type ExpiringAccess, expiringAppendingState, expiringListState, expiringMapState, expiringValueState } from './expiring-state.ts';
import { expiringAccess, expiringTable } from './expiring-tables.ts';
import { listState } from './list-state.ts';
import { type MapState, MapStateTable } from './map-state.ts';
import type { StateSpec } from './state-spec.ts';
import type { StateTable, StateTables, UnclaimedState } from './state-table.ts';
import type { SweptEntries } from './swept-entries.ts';
import { valueState } from './value-state.ts';

/** A state with one value per key as user code has it. */
export function userTable<Slot>(
  spec: StateSpec,
  table: ValueTable<Slot> & SweptEntries,
  context: KeyContext,
  clock: { readonly now: number },
): StateTable {
  const expiry = expiringAccess(spec, context, table, clock);
  const own = {
    name: table.name,
    kind: table.kind,
    get estimatedBytes() {
      return table.estimatedBytes;
    },
    keys: () => table.keys(),
    view: (keyGroup: number, key: unknown) => table.view(keyGroup, key),
    windowViews: (keyGroup: number, key: unknown) => table.windowViews(keyGroup, key),
    capture: (full: boolean) => table.capture(full),
    writeState: (writer: ByteWriter) => table.writeState(writer),
  };
  return expiry === null
    ? Object.assign(own, { state: handle(spec, table, context) })
    : expiringTable(own, expiringHandle(spec, table, context, expiry), table, expiry);
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

function expiringHandle<Slot>(spec: StateSpec, table: ValueTable<Slot>, context: KeyContext, expiry: ExpiringAccess): object {
  switch (spec.kind) {
    case 'list':
      return expiringListState(table, context, expiry);
    case 'reducing':
    case 'aggregating':
      return expiringAppendingState(table, context, spec.fold, expiry);
    default:
      return expiringValueState(table, context, expiry);
  }
}

/** A map per key as user code has it. */
export function userMap(
  spec: StateSpec,
  table: StateTable & SweptEntries & { readonly state: MapState<unknown, unknown> },
  context: KeyContext,
  clock: { readonly now: number },
): StateTable {
  const expiry = expiringAccess(spec, context, table, clock);
  return expiry === null ? table : expiringTable(table, expiringMapState(table.state, spec.name, expiry), table, expiry);
}

/** Keyed states on the heap: the backend "hashmap". */
export class HeapTables implements StateTables {
  readonly #context: KeyContext;
  readonly #maxParallelism: number;
  readonly #account: StateAccount;
  readonly #clock: { readonly now: number };

  constructor(context: KeyContext, maxParallelism: number, account: StateAccount, clock: { readonly now: number }) {
    this.#account = account;
    this.#context = context;
    this.#maxParallelism = maxParallelism;
    this.#clock = clock;
  }

  create(spec: StateSpec): StateTable {
    return this.#table(spec, new EntrySlots(spec.name, spec.kind, this.#account, entryForm(spec.name, spec.type, spec.kind === 'list')));
  }

  keep(state: RestoredState): UnclaimedState {
    return new HeapUnclaimedState(state, this.#account, (spec, slots, was) => {
      const form = entryForm(spec.name, spec.type, spec.kind === 'list', was);
      if (form !== null) slots.use(form);
      return this.#table(spec, slots);
    });
  }

  #keyedTable(slots: EntrySlots): KeyedTable {
    return new KeyedTable(slots.name, slots.kind, this.#maxParallelism, this.#account, this.#context, slots);
  }

  #table(spec: StateSpec, slots: EntrySlots): StateTable {
    return spec.kind === 'map'
      ? userMap(spec, new MapStateTable(slots, this.#context), this.#context, this.#clock)
      : userTable(spec, this.#keyedTable(slots), this.#context, this.#clock);
  }
}

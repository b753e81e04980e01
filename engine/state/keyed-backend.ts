import { IllegalArgumentException, IllegalStateException } from '../api/errors.ts';
import { ListStateDescriptor, MapStateDescriptor, type StateDescriptor, ValueStateDescriptor } from '../api/state-descriptors.ts';
import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { KeyContext } from './key-context.ts';
import { keyGroupOf } from './key-groups.ts';
import { type ListState, ListStateTable } from './keyed/list-state.ts';
import { type MapState, MapStateTable } from './keyed/map-state.ts';
import type { StateTable } from './keyed/state-table.ts';
import { type ValueState, ValueStateTable } from './keyed/value-state.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import { freeAccount, type StateAccount } from './state-memory.ts';
import { UnclaimedState } from './unclaimed-state.ts';

/** Keyed state as user functions reach it. */
export interface KeyedStateStore {
  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T>;
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V>;
}

/** Names that are taken: an operator's states are told apart by name. */
const TIMERS: ReadonlySet<string> = new Set<StateKind>(['event-time timers', 'processing-time timers']);

type Descriptor = abstract new (...args: never[]) => StateDescriptor<unknown>;

/** The keyed states of one operator in one subtask, on the heap. */
export class KeyedStateBackend implements KeyedStateStore {
  readonly context: KeyContext;
  readonly #maxParallelism: number;
  readonly #account: StateAccount;
  readonly #tables = new Map<string, StateTable>();
  /** State of a checkpoint that no descriptor has asked for yet: it stays in later checkpoints. */
  readonly #unclaimed = new Map<string, UnclaimedState>();

  /** `account` counts the memory of all states. */
  constructor(maxParallelism: number, account: StateAccount = freeAccount()) {
    this.#maxParallelism = maxParallelism;
    this.#account = account;
    this.context = new KeyContext(maxParallelism);
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const make = (name: string): StateTable => new ValueStateTable(name, this.context, this.#maxParallelism, this.#account);
    // SAFETY: a table of this kind has a ValueState; its values are what user code puts in.
    return this.#table(descriptor, ValueStateDescriptor, 'value', make) as ValueState<T>;
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const make = (name: string): StateTable => new ListStateTable(name, this.context, this.#maxParallelism, this.#account);
    // SAFETY: as above.
    return this.#table(descriptor, ListStateDescriptor, 'list', make) as ListState<T>;
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const make = (name: string): StateTable => new MapStateTable(name, this.context, this.#account);
    // SAFETY: as above.
    return this.#table(descriptor, MapStateDescriptor, 'map', make) as MapState<K, V>;
  }

  #table(descriptor: unknown, expected: Descriptor, kind: StateKind, make: (name: string) => StateTable): object {
    if (!(descriptor instanceof expected)) throw new IllegalArgumentException(`A ${kind} state needs a ${expected.name}.`);
    const name = descriptor.getName();
    if (TIMERS.has(name)) {
      throw new IllegalArgumentException(`"${name}" is what checkpoints call the timers of an operator.`, 'Give the state another name.');
    }
    const before = this.#tables.get(name);
    if (before !== undefined) return this.#sameKind(before, name, kind).state;
    const table = make(name);
    const unclaimed = this.#unclaimed.get(name);
    if (unclaimed !== undefined) {
      if (unclaimed.kind !== kind) throw otherKind(name, unclaimed.kind, kind);
      table.restore(unclaimed.restored());
      this.#unclaimed.delete(name);
    }
    this.#tables.set(name, table);
    return table.state;
  }

  #sameKind(table: StateTable, name: string, kind: StateKind): StateTable {
    if (table.slots.kind !== kind) throw otherKind(name, table.slots.kind, kind);
    return table;
  }

  /** Of all states, as `EntrySlots.estimatedBytes`. */
  get estimatedBytes(): number {
    let bytes = 0;
    for (const { slots } of this.#tables.values()) bytes += slots.estimatedBytes;
    for (const { slots } of this.#unclaimed.values()) bytes += slots.estimatedBytes;
    return bytes;
  }

  /** All states that have been asked for, for one key. */
  views(key: unknown, limit: number): readonly KeyedStateView[] {
    const keyGroup = keyGroupOf(key, this.#maxParallelism);
    return [...this.#tables.values()].map((table) => table.view(keyGroup, key, limit));
  }

  capture(full: boolean): readonly StateCapture[] {
    return [
      ...[...this.#tables.values()].map(({ slots }) => slots.capture(full)),
      ...[...this.#unclaimed.values()].map((state) => state.capture(full)),
    ];
  }

  restore(state: RestoredState): void {
    this.#unclaimed.set(state.name, new UnclaimedState(state, this.#account));
  }

  writeState(writer: ByteWriter): void {
    const tables = [...this.#tables.values(), ...this.#unclaimed.values()];
    for (const table of tables.sort((a, b) => (a.slots.name < b.slots.name ? -1 : 1))) {
      writer.text(table.slots.name);
      table.writeState(writer);
    }
  }
}

function otherKind(name: string, before: StateKind, kind: StateKind): IllegalStateException {
  return new IllegalStateException(
    `State "${name}" is a ${before} state of this operator, and cannot be used as a ${kind} state.`,
    'Give each state of an operator a name of its own.',
  );
}

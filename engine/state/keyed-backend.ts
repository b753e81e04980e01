import { IllegalArgumentException, IllegalStateException } from '../api/errors.ts';
import {
  AggregatingStateDescriptor,
  AppendingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  StateDescriptor,
  ValueStateDescriptor,
} from '../api/state-descriptors.ts';
import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import { ByteWriter } from './byte-writer.ts';
import { KeyContext } from './key-context.ts';
import { keyGroupOf } from './key-groups.ts';
import type { KeyedStateStore } from './keyed-state-access.ts';
import type { AggregatingState, ReducingState } from './keyed/appending-state.ts';
import { HeapTables } from './keyed/heap-tables.ts';
import type { ListState } from './keyed/list-state.ts';
import type { MapState } from './keyed/map-state.ts';
import type { StateSpec } from './keyed/state-spec.ts';
import type { KeptState, StateTable, StateTables, UnclaimedState } from './keyed/state-table.ts';
import type { ValueState } from './keyed/value-state.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import { freeAccount, type StateAccount } from './state-memory.ts';
import type { StateStore } from './stored/state-store.ts';
import { StoredTables } from './stored/stored-tables.ts';
import { checkedChange, type TypeChangeListener } from './type-change.ts';

/** Names that are taken: an operator's states are told apart by name. */
const TIMERS: ReadonlySet<string> = new Set<StateKind>(['event-time timers', 'processing-time timers']);

/** Descriptors whose states are remembered; a program that makes one for each record is not to fill the memory. */
const MAX_REMEMBERED = 256;

type DescriptorClass<D extends StateDescriptor<unknown>> = abstract new (...args: never[]) => D;

/** The keyed states of one operator in one subtask. */
export class KeyedStateBackend implements KeyedStateStore {
  readonly context: KeyContext;
  readonly #maxParallelism: number;
  readonly #make: StateTables;
  readonly #onChange: TypeChangeListener;
  readonly #tables = new Map<string, StateTable>();
  /** The states of descriptors that have been used: most are used with every record. */
  readonly #states = new Map<StateDescriptor<unknown>, object>();
  /** State of a checkpoint that no descriptor has asked for yet: it stays in later checkpoints. */
  readonly #unclaimed = new Map<string, UnclaimedState>();

  /** `store` null: on the heap, whose memory `account` counts. `clock`: what expires does so by it. `onChange` hears of restored states whose types have changed. */
  constructor(
    maxParallelism: number,
    store: StateStore | null = null,
    account: StateAccount = freeAccount(),
    clock: { readonly now: number } = { now: 0 },
    onChange: TypeChangeListener = () => undefined,
  ) {
    this.#onChange = onChange;
    this.#maxParallelism = maxParallelism;
    this.context = new KeyContext(maxParallelism);
    this.#make =
      store === null
        ? new HeapTables(this.context, maxParallelism, account, clock)
        : new StoredTables(store, this.context, maxParallelism, clock);
  }

  getState<T>(descriptor: ValueStateDescriptor<T>): ValueState<T> {
    const own = checked<ValueStateDescriptor<unknown>>(descriptor, ValueStateDescriptor, 'value');
    // SAFETY: a table of this kind has a ValueState; its values are what user code puts in.
    return (this.#states.get(own) ?? this.#table(own, { ...specOf(own), kind: 'value' })) as ValueState<T>;
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    const own = checked<ListStateDescriptor<unknown>>(descriptor, ListStateDescriptor, 'list');
    // SAFETY: as above.
    return (this.#states.get(own) ?? this.#table(own, { ...specOf(own), kind: 'list' })) as ListState<T>;
  }

  getMapState<K, V>(descriptor: MapStateDescriptor<K, V>): MapState<K, V> {
    const own = checked<MapStateDescriptor<unknown, unknown>>(descriptor, MapStateDescriptor, 'map');
    // SAFETY: as above.
    return (this.#states.get(own) ?? this.#table(own, { ...specOf(own), kind: 'map' })) as MapState<K, V>;
  }

  getReducingState<T>(descriptor: ReducingStateDescriptor<T>): ReducingState<T> {
    const own = checked<ReducingStateDescriptor<unknown>>(descriptor, ReducingStateDescriptor, 'reducing');
    const known =
      this.#states.get(own) ?? this.#table(own, { ...specOf(own), kind: 'reducing', fold: AppendingStateDescriptor.foldOf(own) });
    // SAFETY: as above.
    return known as ReducingState<T>;
  }

  getAggregatingState<IN, ACC, OUT>(descriptor: AggregatingStateDescriptor<IN, ACC, OUT>): AggregatingState<IN, OUT> {
    const own = checked<AggregatingStateDescriptor<unknown, unknown, unknown>>(descriptor, AggregatingStateDescriptor, 'aggregating');
    const known =
      this.#states.get(own) ?? this.#table(own, { ...specOf(own), kind: 'aggregating', fold: AppendingStateDescriptor.foldOf(own) });
    // SAFETY: as above.
    return known as AggregatingState<IN, OUT>;
  }

  /** Calls `visit` for every key that has the state, in canonical order, with each as the current key. What `visit` changes does not change which. */
  forEachKey<S>(descriptor: StateDescriptor<S>, visit: (key: unknown, state: S) => void): void {
    const state = this.#stateOf(descriptor);
    const keys = this.#tables.get(descriptor.getName())?.keys() ?? [];
    try {
      for (const key of keys) {
        this.context.set(key);
        // SAFETY: the state of a descriptor is of the kind that the descriptor is for.
        visit(key, state as S);
      }
    } finally {
      this.context.clear();
    }
  }

  #stateOf(descriptor: StateDescriptor<unknown>): object {
    if (descriptor instanceof ListStateDescriptor) return this.getListState(descriptor);
    if (descriptor instanceof MapStateDescriptor) return this.getMapState(descriptor);
    if (descriptor instanceof ReducingStateDescriptor) return this.getReducingState(descriptor);
    if (descriptor instanceof AggregatingStateDescriptor) return this.getAggregatingState(descriptor);
    return this.getState(checked<ValueStateDescriptor<unknown>>(descriptor, ValueStateDescriptor, 'value'));
  }

  /** The first descriptor of a name decides. */
  #table(descriptor: StateDescriptor<unknown>, spec: StateSpec): object {
    const { name, kind } = spec;
    const before = this.#tables.get(name);
    const { state } = before === undefined ? this.#newTable(spec) : checkKind(before, kind);
    if (this.#states.size < MAX_REMEMBERED) this.#states.set(descriptor, state);
    return state;
  }

  /** Throws IllegalArgumentException for a name that is taken. */
  #newTable(spec: StateSpec): StateTable {
    const { name, kind } = spec;
    if (TIMERS.has(name)) {
      throw new IllegalArgumentException(`"${name}" is what checkpoints call the timers of an operator.`, 'Give the state another name.');
    }
    const unclaimed = this.#unclaimed.get(name);
    const table = unclaimed === undefined ? this.#make.create(spec) : this.#claim(checkKind(unclaimed, kind), spec);
    this.#unclaimed.delete(name);
    this.#tables.set(name, table);
    return table;
  }

  #claim(unclaimed: UnclaimedState, spec: StateSpec): StateTable {
    const change = checkedChange(spec.name, unclaimed.type, spec.type?.description ?? null);
    const table = unclaimed.claim(spec);
    if (change !== null) this.#onChange(change);
    return table;
  }

  /** Of all states, as `KeptState.estimatedBytes`. */
  get estimatedBytes(): number {
    return this.#all().reduce((sum, { estimatedBytes }) => sum + estimatedBytes, 0);
  }

  #all(): readonly KeptState[] {
    return [...this.#tables.values(), ...this.#unclaimed.values()];
  }

  /** All states that have been asked for, for one key. */
  views(key: unknown, limit: number): readonly KeyedStateView[] {
    const keyGroup = keyGroupOf(key, this.#maxParallelism);
    return [...this.#tables.values()].flatMap((table) => {
      const inWindows = table.windowViews(keyGroup, key, limit);
      const outside = table.view(keyGroup, key, limit);
      return inWindows.length > 0 && outside.size === 0 ? inWindows : [outside, ...inWindows];
    });
  }

  capture(full: boolean): readonly StateCapture[] {
    return this.#all().map((state) => state.capture(full));
  }

  restore(state: RestoredState): void {
    this.#unclaimed.set(state.name, this.#make.keep(state));
  }

  /**
   * States without entries are left out: a restored operator knows of them before its program asks for them, and of those that only other subtasks have
   * asked for.
   */
  writeState(writer: ByteWriter): void {
    for (const state of [...this.#all()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const entries = written(state);
      if (entries.length === NO_ENTRIES.length) continue;
      writer.text(state.name);
      writer.bytes(entries);
    }
  }
}

function written(state: Pick<KeptState, 'writeState'>): Uint8Array {
  const writer = new ByteWriter();
  state.writeState(writer);
  return writer.finish();
}

const NO_ENTRIES = written({ writeState: (writer) => writer.uint32(0) });

/** The descriptor. Throws IllegalArgumentException for another kind of descriptor. */
function checked<D extends StateDescriptor<unknown>>(descriptor: unknown, expected: DescriptorClass<D>, kind: StateKind): D {
  if (descriptor instanceof expected) return descriptor;
  throw new IllegalArgumentException(`For ${aState(kind)} there has to be a descriptor of the class ${expected.name}.`);
}

function specOf(descriptor: StateDescriptor<unknown>): Pick<StateSpec, 'name' | 'type' | 'ttl'> {
  return { name: descriptor.getName(), type: StateDescriptor.typeOf(descriptor), ttl: StateDescriptor.ttlOf(descriptor) };
}

/** Throws IllegalStateException for a state that is used as two kinds. */
function checkKind<State extends KeptState>(state: State, kind: StateKind): State {
  if (state.kind === kind) return state;
  throw new IllegalStateException(
    `State "${state.name}" is ${aState(state.kind)} of this operator, and cannot be used as ${aState(kind)}.`,
    'Give each state of an operator a name of its own.',
  );
}

function aState(kind: StateKind): string {
  return `${kind.startsWith('a') ? 'an' : 'a'} ${kind} state`;
}

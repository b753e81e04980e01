import { IllegalArgumentException, IllegalStateException } from '../../api/errors.ts';
import { ListStateDescriptor, MapStateDescriptor, StateDescriptor } from '../../api/state-descriptors.ts';
import type { OperatorState, Redistribution } from '../../checkpoint/snapshot.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { entryForm, type EntryForm } from '../entry-form.ts';
import type { ListState } from '../keyed/list-state.ts';
import { StateEncodingError } from '../state-capture.ts';
import { freeAccount, type StateAccount } from '../state-memory.ts';
import { decodeValue, encodeValue } from '../stored-value.ts';
import { checkedChange, type TypeChangeListener } from '../type-change.ts';
import { writeValue } from '../value-codec.ts';
import { type BroadcastState, BroadcastTable } from './broadcast-state.ts';
import { OperatorListTable } from './operator-list-state.ts';

/** State of a subtask, not of a key. */
export interface OperatorStateStore {
  /** When the parallelism has changed, the elements are dealt out anew. */
  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  /** When a job is restored, every subtask gets all elements. */
  getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T>;
  /** The same in every subtask, as the user's function sees to it. */
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}

/** What the functions of an operator keep beside keyed state. */
interface OperatorTable {
  /** The handle of user code. */
  readonly state: object;
  /** What is kept, in an order that follows from it (rule 2). Not to be changed. */
  values(): readonly unknown[];
  restore(values: readonly unknown[]): void;
}

interface Registered {
  readonly redistribution: Redistribution;
  /** Of its elements, or of the values of its entries. */
  readonly form: EntryForm | null;
  readonly table: OperatorTable;
}

const WORDS: Readonly<Record<Redistribution, string>> = {
  subtask: 'a state of the operator',
  split: 'a list state',
  union: 'a union list state',
  broadcast: 'a broadcast state',
};

/** The operator states of the functions of one operator in one subtask: lists and broadcast maps, on the heap. */
export class OperatorStateBackend implements OperatorStateStore {
  readonly #account: StateAccount;
  readonly #onChange: TypeChangeListener;
  readonly #tables = new Map<string, Registered>();
  /** State of a checkpoint that no function has asked for yet: it stays in later checkpoints. */
  readonly #unclaimed = new Map<string, OperatorState>();
  #captured: readonly OperatorState[] = [];
  #error: Error | null = null;

  constructor(account: StateAccount = freeAccount(), onChange: TypeChangeListener = () => undefined) {
    this.#account = account;
    this.#onChange = onChange;
  }

  getListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    // SAFETY: such a table has a ListState; its elements are what user code puts in.
    return this.#list(descriptor, 'split') as ListState<T>;
  }

  getUnionListState<T>(descriptor: ListStateDescriptor<T>): ListState<T> {
    // SAFETY: as above.
    return this.#list(descriptor, 'union') as ListState<T>;
  }

  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    if (!isDescriptor(descriptor, MapStateDescriptor))
      throw new IllegalArgumentException('For a broadcast state there has to be a MapStateDescriptor.');
    // SAFETY: such a table has a BroadcastState; its entries are what user code puts in.
    return this.#table(descriptor, 'broadcast', (name) => new BroadcastTable(name, this.#account)) as BroadcastState<K, V>;
  }

  #list(descriptor: unknown, redistribution: 'split' | 'union'): object {
    if (!(descriptor instanceof ListStateDescriptor))
      throw new IllegalArgumentException(`For ${WORDS[redistribution]} there has to be a ListStateDescriptor.`);
    return this.#table(descriptor, redistribution, (name) => new OperatorListTable(name, this.#account));
  }

  #table(descriptor: StateDescriptor<unknown>, redistribution: Redistribution, create: (name: string) => OperatorTable): object {
    const name = descriptor.getName();
    const before = this.#tables.get(name);
    if (before !== undefined) {
      checkUse(name, before.redistribution, redistribution);
      return before.table.state;
    }
    const unclaimed = this.#unclaimed.get(name);
    if (unclaimed !== undefined) checkUse(name, unclaimed.redistribution, redistribution);
    const table = create(name);
    const type = StateDescriptor.typeOf(descriptor);
    const was = unclaimed?.type ?? null;
    const change = checkedChange(name, was, type?.description ?? null);
    if (change !== null) this.#onChange(change);
    const registered = { redistribution, table, form: entryForm(name, type, false, was) };
    if (unclaimed !== undefined) table.restore(unclaimed.values.map((value) => converted(registered, decodeValue(value), 'fromStored')));
    this.#tables.set(name, registered);
    this.#unclaimed.delete(name);
    return table.state;
  }

  /** Takes everything as it is now: at the barrier of a checkpoint. */
  capture(): void {
    this.#error = null;
    try {
      this.#captured = [...[...this.#tables].map(([name, registered]) => captured(name, registered)), ...this.#unclaimed.values()];
    } catch (error) {
      if (!(error instanceof StateEncodingError)) throw error;
      this.#captured = [];
      this.#error = error;
    }
  }

  /** What was taken last. */
  get captured(): readonly OperatorState[] {
    return this.#captured;
  }

  /** Why it could not be taken: the checkpoint has to fail. Null when it could. */
  get error(): Error | null {
    return this.#error;
  }

  /** Before anybody asks for a state. */
  restore(states: readonly OperatorState[]): void {
    for (const state of states) this.#unclaimed.set(state.name, state);
  }

  /** All of it in canonical form: for comparing runs. */
  writeState(writer: ByteWriter): void {
    const all = [
      ...[...this.#tables].map(([name, registered]) => ({ name, values: storedValues(registered) })),
      ...[...this.#unclaimed.values()].map(({ name, values }) => ({ name, values: values.map(decodeValue) })),
    ];
    for (const { name, values } of all.filter((state) => state.values.length > 0).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      writer.text(name);
      writer.uint32(values.length);
      for (const value of values) writeValue(writer, value);
    }
  }
}

function isDescriptor(value: unknown, expected: abstract new (...args: never[]) => object): boolean {
  return value instanceof expected;
}

function converted({ redistribution, form }: Registered, value: unknown, direction: 'toStored' | 'fromStored'): unknown {
  if (form === null) return value;
  if (redistribution !== 'broadcast' || !Array.isArray(value)) return form[direction](value);
  const pair: readonly unknown[] = value;
  return [pair[0], form[direction](pair[1])];
}

function storedValues(registered: Registered): readonly unknown[] {
  return registered.table.values().map((value) => converted(registered, value, 'toStored'));
}

function captured(name: string, registered: Registered): OperatorState {
  try {
    const { redistribution, form } = registered;
    const type = form?.type === undefined ? {} : { type: form.type };
    return { name, redistribution, values: storedValues(registered).map(encodeValue), ofFunction: true, ...type };
  } catch (error) {
    if (error instanceof StateEncodingError) throw new StateEncodingError(`State "${name}": ${error.message}`);
    throw error;
  }
}

/** Throws IllegalStateException for a state that is used as two kinds. */
function checkUse(name: string, registered: Redistribution, asked: Redistribution): void {
  if (registered === asked) return;
  throw new IllegalStateException(
    `State "${name}" is ${WORDS[registered]} of this operator, and cannot be used as ${WORDS[asked]}.`,
    'Give each state of an operator a name of its own.',
  );
}

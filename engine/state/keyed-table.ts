import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import { compareKeys } from './key-codec.ts';
import { keyGroupOf } from './key-groups.ts';
import type { KeyIndex } from './key-index.ts';
import type { Left, SweptEntries } from './keyed/swept-entries.ts';
import { type Namespace, namespaceOf, NO_NAMESPACE, type Scope, ScopedMaps } from './namespace.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import type { StateAccount } from './state-memory.ts';
import { decodeValue } from './stored-value.ts';
import { writeValue } from './value-codec.ts';

/** Rows of a table in canonical order: by key group, then by key. Equal content gives an equal order (rule 2). */
export function rowsByKeyGroup(
  keys: readonly unknown[],
  maxParallelism: number,
): readonly { readonly row: number; readonly keyGroup: number }[] {
  return keys
    .map((key, row) => ({ row, keyGroup: keyGroupOf(key, maxParallelism) }))
    .sort((a, b) => a.keyGroup - b.keyGroup || compareKeys(keys[a.row], keys[b.row]));
}

/** Rows in the order in which user code sees keys: that of their canonical bytes (rule 2). */
export function rowsByKey(index: KeyIndex): Int32Array | readonly number[] {
  const { keys } = index;
  if (index.integersOnly) return integerOrder(keys);
  return Array.from(keys, (_, row) => row).sort((a, b) => compareKeys(keys[a], keys[b]));
}

/** Each of the keys once, in the order in which user code sees keys (rule 2). */
export function distinctKeys(keys: readonly unknown[]): readonly unknown[] {
  const sorted = keys.toSorted(compareKeys);
  return sorted.filter((key, at) => at === 0 || compareKeys(sorted[at - 1], key) !== 0);
}

/** The same of entries on the heap. */
export function keysOfSlots(slots: EntrySlots): readonly unknown[] {
  const keys: unknown[] = [];
  slots.forEach((slot) => keys.push(slots.keyOf(slot)));
  return distinctKeys(keys);
}

const ROW_FACTOR = 2 ** 21;

/** Sorts numbers key · 2²¹ + row, exact below 2⁵³: much faster than with a comparator. */
function integerOrder(keys: readonly unknown[]): Int32Array | readonly number[] {
  const count = keys.length;
  if (count > ROW_FACTOR) return Array.from(keys, (_, row) => row).sort((a, b) => compareKeys(keys[a], keys[b]));
  const packed = new Float64Array(count);
  for (let row = 0; row < count; row++) packed[row] = Number(keys[row]) * ROW_FACTOR + row;
  packed.sort();
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const value = packed[i] ?? 0;
    rows[i] = value - Math.floor(value / ROW_FACTOR) * ROW_FACTOR;
  }
  return rows;
}

/** All entries of a state, in canonical order: for comparing runs. */
export function writeEntries(writer: ByteWriter, slots: EntrySlots): void {
  writer.uint32(slots.size);
  for (const { slot, key } of slots.sorted()) {
    writer.bytes(key);
    writeValue(writer, slots.storedOf(slot));
  }
}

/** A value with what it is kept under. */
export interface TableEntry {
  readonly keyGroup: number;
  readonly key: unknown;
  readonly namespace: Namespace | undefined;
  readonly value: unknown;
}

/** A state with one value per key and namespace, on whatever backend; the namespace is the current one of a scope. `Slot`: how the backend finds an entry again, good until the next call of `find` or `add`. */
export interface ValueTable<Slot> {
  readonly name: string;
  readonly kind: StateKind;
  /** Throws UnusableKeyError. */
  keyGroupOf(key: unknown): number;
  /** The slot of a key; undefined when it has none. */
  find(keyGroup: number, key: unknown): Slot | undefined;
  /** For a key that has no slot. */
  add(keyGroup: number, key: unknown, value: unknown): void;
  /** The value, for user code: an object may be changed in place, so it counts as changed. */
  read(slot: Slot): unknown;
  /** The value, for those who do not change it. */
  peek(slot: Slot): unknown;
  /** `sameSize`: the value takes as much memory as the one before, and nobody else changes it. */
  write(slot: Slot, value: unknown, sameSize?: boolean): void;
  remove(keyGroup: number, key: unknown): void;
  /** Every key, in canonical order (rule 2). */
  keys(): readonly unknown[];
  /** What is kept for a key; looking at it does not count as a change. */
  view(keyGroup: number, key: unknown): KeyedStateView;
  /** The same for each window in which the key has a value, in order of time. */
  windowViews(keyGroup: number, key: unknown): readonly KeyedStateView[];
  /** The first `limit` entries that are in memory, in no particular order; looking at them does not count as a change. */
  inMemory(limit: number): Iterable<TableEntry>;
  readonly estimatedBytes: number;
  capture(full: boolean): StateCapture;
  restore(state: RestoredState): void;
  writeState(writer: ByteWriter): void;
}

/** Makes `value` the value of a key, whether or not it has one. */
export function putValue<Slot>(table: ValueTable<Slot>, keyGroup: number, key: unknown, value: unknown): void {
  const slot = table.find(keyGroup, key);
  if (slot === undefined) table.add(keyGroup, key, value);
  else table.write(slot, value);
}

/** What a state with one value per key looks like; `value` undefined = there is none. */
export function valueView(name: string, kind: StateKind, value: unknown): KeyedStateView {
  return { name, kind, size: value === undefined ? 0 : Array.isArray(value) && kind === 'list' ? value.length : 1, value };
}

/** A namespace as views have it. */
export function windowOf(namespace: Namespace | undefined): { readonly start: number; readonly end: number } {
  const [start, end] = namespace ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { start, end };
}

/** One value per key and namespace, by key group, on the heap. */
export class KeyedTable implements ValueTable<number>, SweptEntries {
  readonly slots: EntrySlots;
  readonly #index = new ScopedMaps<number>();
  readonly #maxParallelism: number;
  readonly #scope: Scope;

  /** `slots`: what is in them is in the table. */
  constructor(
    name: string,
    kind: StateKind,
    maxParallelism: number,
    account?: StateAccount,
    scope = NO_NAMESPACE,
    slots = new EntrySlots(name, kind, account),
  ) {
    this.slots = slots;
    this.#maxParallelism = maxParallelism;
    this.#scope = scope;
    slots.forEach((slot) => this.#index.set(slots.keyGroupOf(slot), slots.keyOf(slot), namespaceOf(slots.namespaceOf(slot)), slot));
  }

  keyGroupOf(key: unknown): number {
    return keyGroupOf(key, this.#maxParallelism);
  }

  find(keyGroup: number, key: unknown): number | undefined {
    return this.#index.get(keyGroup, key, this.#scope.namespace);
  }

  add(keyGroup: number, key: unknown, value: unknown): number {
    return this.#add(keyGroup, key, this.#scope.namespace, value);
  }

  #add(keyGroup: number, key: unknown, namespace: Namespace | undefined, value: unknown): number {
    const slot = this.slots.add(keyGroup, key, namespace, undefined, value);
    this.#index.set(keyGroup, key, namespace, slot);
    return slot;
  }

  read(slot: number): unknown {
    return this.slots.read(slot);
  }

  peek(slot: number): unknown {
    return this.slots.peek(slot);
  }

  write(slot: number, value: unknown, sameSize = false): void {
    this.slots.write(slot, value, sameSize);
  }

  keys(): readonly unknown[] {
    return keysOfSlots(this.slots);
  }

  view(keyGroup: number, key: unknown): KeyedStateView {
    const slot = this.#index.get(keyGroup, key, undefined);
    return valueView(this.slots.name, this.slots.kind, slot === undefined ? undefined : this.slots.peek(slot));
  }

  windowViews(keyGroup: number, key: unknown): readonly KeyedStateView[] {
    const found = this.#index.scoped(keyGroup, key);
    return (found?.values ?? []).map((slot, at) => ({
      ...valueView(this.slots.name, this.slots.kind, this.slots.peek(slot)),
      window: windowOf(found?.namespaces[at]),
    }));
  }

  *inMemory(limit: number): Generator<TableEntry> {
    let left = limit;
    for (const slot of this.slots.all()) {
      if (left-- <= 0) return;
      const key = this.slots.keyOf(slot);
      yield { keyGroup: this.keyGroupOf(key), key, namespace: namespaceOf(this.slots.namespaceOf(slot)), value: this.slots.peek(slot) };
    }
  }

  get name(): string {
    return this.slots.name;
  }
  get kind(): StateKind {
    return this.slots.kind;
  }
  get estimatedBytes(): number {
    return this.slots.estimatedBytes;
  }

  remove(keyGroup: number, key: unknown): void {
    this.#remove(keyGroup, key, this.#scope.namespace);
  }

  #remove(keyGroup: number, key: unknown, namespace: Namespace | undefined): void {
    const slot = this.#index.get(keyGroup, key, namespace);
    if (slot === undefined) return;
    this.#index.delete(keyGroup, key, namespace);
    this.slots.remove(slot);
  }

  sweep(keyGroup: number, key: unknown, limit: number, left: Left): void {
    for (const slot of this.slots.behind(keyGroup, key, limit)) this.#leave(slot, left);
  }

  sweepAll(left: Left): void {
    this.slots.forEach((slot) => this.#leave(slot, left));
  }

  #leave(slot: number, left: Left): void {
    const kept = this.slots.peek(slot);
    const after = left(kept);
    if (after === undefined) this.#remove(this.slots.keyGroupOf(slot), this.slots.keyOf(slot), namespaceOf(this.slots.namespaceOf(slot)));
    else if (after !== kept) this.slots.write(slot, after);
  }

  capture(full: boolean): StateCapture {
    return this.slots.capture(full);
  }

  restore(state: RestoredState): void {
    for (const [bytes, value] of state.entries) {
      const { keyGroup, key, namespace } = decodeEntryKey(bytes);
      this.#add(keyGroup, key, namespaceOf(namespace), decodeValue(value));
    }
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

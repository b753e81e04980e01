import { NullPointerException } from '../../api/errors.ts';
import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { EntrySlots } from '../entry-slots.ts';
import { compareKeys } from '../key-codec.ts';
import type { KeyContext } from '../key-context.ts';
import { KeyMap } from '../key-map.ts';
import { keysOfSlots, windowOf, writeEntries } from '../keyed-table.ts';
import { type Namespace, namespaceOf, ScopedMaps } from '../namespace.ts';
import type { StateCapture, StateKind } from '../state-capture.ts';
import type { StateTable } from './state-table.ts';
import type { Left, SweptEntries } from './swept-entries.ts';

/** `MapState` of api.d.ts. Iterates in the canonical order of its keys, whatever the order of insertion (rule 2). */
export interface MapState<K, V> extends Iterable<[K, V]> {
  /** null when there is no such key. */
  get(key: K): V | null;
  put(key: K, value: V): void;
  putAll(entries: Iterable<readonly [K, V]>): void;
  remove(key: K): void;
  contains(key: K): boolean;
  entries(): Iterable<[K, V]>;
  keys(): Iterable<K>;
  values(): Iterable<V>;
  isEmpty(): boolean;
  clear(): void;
}

/** The slots of one key's map; their order is worked out when it is asked for. */
class UserMap {
  readonly slots = new KeyMap<number>();
  sorted: readonly number[] | null = null;
}

/** A map per key, on the heap; each of its entries is an entry of the state. */
export class MapStateTable implements StateTable, SweptEntries {
  readonly slots: EntrySlots;
  readonly state: MapState<unknown, unknown>;
  readonly #context: KeyContext;
  readonly #maps = new ScopedMaps<UserMap>();

  /** `slots`: what is in them is in the table. */
  constructor(slots: EntrySlots, context: KeyContext) {
    this.slots = slots;
    this.#context = context;
    slots.forEach((slot) => {
      const map = this.#mapOf(slots.keyGroupOf(slot), slots.keyOf(slot), namespaceOf(slots.namespaceOf(slot)));
      map.slots.set(slots.userKeyOf(slot), slot);
    });
    const list = <R>(of: (slot: number) => R): readonly R[] => this.#sorted().map(of);
    const pair = (slot: number): [unknown, unknown] => [this.slots.userKeyOf(slot), this.slots.read(slot)];
    const put = (userKey: unknown, value: unknown): void => {
      const { key, keyGroup, namespace } = context;
      this.#put(keyGroup, key, namespace, checkedKey(userKey), value);
    };
    this.state = {
      get: (userKey) => {
        const slot = this.#map()?.slots.get(userKey);
        return slot === undefined ? null : (this.slots.read(slot) ?? null);
      },
      put,
      putAll: (entries) => {
        for (const [userKey, value] of entries) put(userKey, value);
      },
      remove: (userKey) => this.#remove(context.keyGroup, context.key, context.namespace, userKey),
      contains: (userKey) => this.#map()?.slots.get(userKey) !== undefined,
      entries: () => list(pair),
      keys: () => list((slot) => this.slots.userKeyOf(slot)),
      values: () => list((slot) => this.slots.read(slot)),
      isEmpty: () => this.#map() === undefined,
      clear: () => this.#clear(),
      [Symbol.iterator]: () => list(pair)[Symbol.iterator](),
    };
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
  capture(full: boolean): StateCapture {
    return this.slots.capture(full);
  }

  #map(): UserMap | undefined {
    return this.#maps.get(this.#context.keyGroup, this.#context.key, this.#context.namespace);
  }

  #sorted(): readonly number[] {
    const map = this.#map();
    if (map === undefined) return [];
    map.sorted ??= [...map.slots.values()].sort((a, b) => compareKeys(this.slots.userKeyOf(a), this.slots.userKeyOf(b)));
    return map.sorted;
  }

  /** The map of a key, which need not have been there. */
  #mapOf(keyGroup: number, key: unknown, namespace: Namespace | undefined): UserMap {
    let map = this.#maps.get(keyGroup, key, namespace);
    if (map === undefined) {
      map = new UserMap();
      this.#maps.set(keyGroup, key, namespace, map);
    }
    return map;
  }

  #put(keyGroup: number, key: unknown, namespace: Namespace | undefined, userKey: unknown, value: unknown): void {
    const map = this.#mapOf(keyGroup, key, namespace);
    const slot = map.slots.get(userKey);
    if (slot !== undefined) {
      this.slots.write(slot, value);
      return;
    }
    map.slots.set(userKey, this.slots.add(keyGroup, key, namespace, userKey, value));
    map.sorted = null;
  }

  #remove(keyGroup: number, key: unknown, namespace: Namespace | undefined, userKey: unknown): void {
    const map = this.#maps.get(keyGroup, key, namespace);
    const slot = map?.slots.get(userKey);
    if (map === undefined || slot === undefined) return;
    map.slots.delete(userKey);
    map.sorted = null;
    this.slots.remove(slot);
    if (map.slots.size === 0) this.#maps.delete(keyGroup, key, namespace);
  }

  #clear(): void {
    const { key, keyGroup, namespace } = this.#context;
    for (const slot of this.#maps.get(keyGroup, key, namespace)?.slots.values() ?? []) this.slots.remove(slot);
    this.#maps.delete(keyGroup, key, namespace);
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
    if (after === undefined)
      this.#remove(
        this.slots.keyGroupOf(slot),
        this.slots.keyOf(slot),
        namespaceOf(this.slots.namespaceOf(slot)),
        this.slots.userKeyOf(slot),
      );
    else if (after !== kept) this.slots.write(slot, after);
  }

  keys(): readonly unknown[] {
    return keysOfSlots(this.slots);
  }

  view(keyGroup: number, key: unknown, limit: number): KeyedStateView {
    return this.#viewOf(this.#maps.get(keyGroup, key, undefined), limit);
  }

  windowViews(keyGroup: number, key: unknown, limit: number): readonly KeyedStateView[] {
    const found = this.#maps.scoped(keyGroup, key);
    return (found?.values ?? []).map((map, at) => ({ ...this.#viewOf(map, limit), window: windowOf(found?.namespaces[at]) }));
  }

  #viewOf(map: UserMap | undefined, limit: number): KeyedStateView {
    const { name, kind } = this.slots;
    const slots = [...(map?.slots.values() ?? [])];
    // More than can be shown are not worth sorting.
    if (slots.length <= limit) slots.sort((a, b) => compareKeys(this.slots.userKeyOf(a), this.slots.userKeyOf(b)));
    const shown = slots.slice(0, limit).map((slot): [unknown, unknown] => [this.slots.userKeyOf(slot), this.slots.peek(slot)]);
    return { name, kind, size: slots.length, value: slots.length === 0 ? undefined : new Map(shown) };
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

/** Throws NullPointerException. */
export function checkedKey(userKey: unknown): unknown {
  if (userKey === null || userKey === undefined) {
    throw new NullPointerException('A key of a MapState cannot be null.', 'Use a value that stands for it, such as an empty text.');
  }
  return userKey;
}

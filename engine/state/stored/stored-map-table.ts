import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import { decodeEntryKey } from '../entry-codec.ts';
import { checkedKey, type MapState } from '../keyed/map-state.ts';
import type { StateTable } from '../keyed/state-table.ts';
import { readKey, writeKey } from '../key-codec.ts';
import type { KeyContext } from '../key-context.ts';
import { windowOf } from '../keyed-table.ts';
import { type Namespace, NamespaceMap, namespaceOf } from '../namespace.ts';
import type { StateCapture, StateKind } from '../state-capture.ts';
import type { Left, SweptEntries } from '../keyed/swept-entries.ts';
import type { CachedEntries, CachedEntry } from './cached-entries.ts';
import { keyPrefix } from './key-bytes.ts';

const scratch = new ByteWriter();

/** What the entries of a key's map begin with: key group, key, namespace. */
function mapPrefix(keyGroup: number, key: unknown, namespace: Namespace | undefined): Uint8Array {
  scratch.truncate(0);
  scratch.uint16(keyGroup);
  writeKey(scratch, key);
  writeKey(scratch, namespace ?? null);
  return scratch.finish();
}

/** A map per key, in a store: the order of its bytes is the order in which user code sees its keys. */
export class StoredMapTable implements StateTable, SweptEntries {
  readonly state: MapState<unknown, unknown>;
  readonly #entries: CachedEntries;

  constructor(entries: CachedEntries, context: KeyContext) {
    this.#entries = entries;
    const entry = (userKey: unknown): CachedEntry => entries.entry(context.keyGroup, context.key, context.namespace, userKey);
    const list = <R>(of: (userKey: unknown, found: CachedEntry) => R): readonly R[] =>
      Array.from(this.#scan(context.keyGroup, context.key, context.namespace), ([userKey, found]) => of(userKey, found));
    const pair = (userKey: unknown, found: CachedEntry): [unknown, unknown] => [userKey, entries.read(found)];
    const put = (userKey: unknown, value: unknown): void => entries.write(entry(checkedKey(userKey)), value);
    const isEmpty = (): boolean => this.#scan(context.keyGroup, context.key, context.namespace).next().done === true;
    this.state = {
      get: (userKey) => entries.read(entry(userKey)) ?? null,
      put,
      putAll: (all) => {
        for (const [userKey, value] of all) put(userKey, value);
      },
      remove: (userKey) => entries.remove(entry(userKey)),
      contains: (userKey) => entries.has(entry(userKey)),
      entries: () => list(pair),
      keys: () => list((userKey) => userKey),
      values: () => list((_, found) => entries.read(found)),
      isEmpty,
      clear: () => {
        // All of them first: nothing may be written while the store is read.
        for (const userKey of list((found) => found)) entries.remove(entry(userKey));
      },
      [Symbol.iterator]: () => list(pair)[Symbol.iterator](),
    };
  }

  get name(): string {
    return this.#entries.name;
  }
  get kind(): StateKind {
    return this.#entries.kind;
  }
  get estimatedBytes(): number {
    return this.#entries.estimatedBytes;
  }

  *#scan(keyGroup: number, key: unknown, namespace: Namespace | undefined): Generator<readonly [userKey: unknown, entry: CachedEntry]> {
    const prefix = mapPrefix(keyGroup, key, namespace);
    for (const entry of this.#entries.scan(prefix, key)) yield [readKey(new ByteReader(entry.bytes.subarray(prefix.length))), entry];
  }

  keys(): readonly unknown[] {
    return this.#entries.keys();
  }

  view(keyGroup: number, key: unknown, limit: number): KeyedStateView {
    return this.#viewOf(this.#scan(keyGroup, key, undefined), limit);
  }

  windowViews(keyGroup: number, key: unknown, limit: number): readonly KeyedStateView[] {
    const namespaces = new NamespaceMap<true>();
    for (const { bytes } of this.#entries.scan(keyPrefix(keyGroup, key), key)) {
      const namespace = namespaceOf(decodeEntryKey(bytes).namespace);
      if (namespace !== undefined) namespaces.set(namespace, true);
    }
    return namespaces.namespaces.map((namespace) => ({
      ...this.#viewOf(this.#scan(keyGroup, key, namespace), limit),
      window: windowOf(namespace),
    }));
  }

  #viewOf(found: Iterable<readonly [userKey: unknown, entry: CachedEntry]>, limit: number): KeyedStateView {
    const shown = new Map<unknown, unknown>();
    let size = 0;
    for (const [userKey, entry] of found) {
      if (size++ < limit) shown.set(userKey, this.#entries.peek(entry));
    }
    return { name: this.name, kind: this.kind, size, value: size === 0 ? undefined : shown };
  }

  sweep(keyGroup: number, key: unknown, limit: number, left: Left): void {
    this.#entries.sweep(keyPrefix(keyGroup, key), limit, left);
  }

  sweepAll(left: Left): void {
    this.#entries.sweepAll(left);
  }

  capture(full: boolean): StateCapture {
    return this.#entries.capture(full);
  }

  writeState(writer: ByteWriter): void {
    this.#entries.writeState(writer);
  }
}

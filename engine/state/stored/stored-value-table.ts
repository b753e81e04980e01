import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { decodeEntryKey } from '../entry-codec.ts';
import { keyGroupOf } from '../key-groups.ts';
import { type TableEntry, type ValueTable, valueView, windowOf } from '../keyed-table.ts';
import { namespaceOf, NO_NAMESPACE, type Scope } from '../namespace.ts';
import type { RestoredState, StateCapture, StateKind } from '../state-capture.ts';
import type { Left, SweptEntries } from '../keyed/swept-entries.ts';
import type { CachedEntries, CachedEntry } from './cached-entries.ts';
import { keyPrefix } from './key-bytes.ts';

/** One value per key and namespace, in a store. */
export class StoredValueTable implements ValueTable<CachedEntry>, SweptEntries {
  readonly #entries: CachedEntries;
  readonly #maxParallelism: number;
  readonly #scope: Scope;

  constructor(entries: CachedEntries, maxParallelism: number, scope = NO_NAMESPACE) {
    this.#entries = entries;
    this.#scope = scope;
    this.#maxParallelism = maxParallelism;
  }

  keyGroupOf(key: unknown): number {
    return keyGroupOf(key, this.#maxParallelism);
  }

  #entry(keyGroup: number, key: unknown): CachedEntry {
    return this.#entries.entry(keyGroup, key, this.#scope.namespace, undefined);
  }

  find(keyGroup: number, key: unknown): CachedEntry | undefined {
    const entry = this.#entry(keyGroup, key);
    return this.#entries.has(entry) ? entry : undefined;
  }

  add(keyGroup: number, key: unknown, value: unknown): void {
    this.#entries.write(this.#entry(keyGroup, key), value);
  }

  read(slot: CachedEntry): unknown {
    return this.#entries.read(slot);
  }

  peek(slot: CachedEntry): unknown {
    return this.#entries.peek(slot);
  }

  write(slot: CachedEntry, value: unknown): void {
    this.#entries.write(slot, value);
  }

  remove(keyGroup: number, key: unknown): void {
    this.#entries.remove(this.#entry(keyGroup, key));
  }

  keys(): readonly unknown[] {
    return this.#entries.keys();
  }

  view(keyGroup: number, key: unknown): KeyedStateView {
    const { name, kind } = this.#entries;
    return valueView(name, kind, this.#entries.peek(this.#entries.entry(keyGroup, key, undefined, undefined)));
  }

  windowViews(keyGroup: number, key: unknown): readonly KeyedStateView[] {
    const { name, kind } = this.#entries;
    return [...this.#entries.scan(keyPrefix(keyGroup, key), key)].flatMap((entry) => {
      const namespace = namespaceOf(decodeEntryKey(entry.bytes).namespace);
      return namespace === undefined ? [] : [{ ...valueView(name, kind, this.#entries.peek(entry)), window: windowOf(namespace) }];
    });
  }

  *inMemory(limit: number): Generator<TableEntry> {
    let left = limit;
    for (const entry of this.#entries.cached()) {
      if (left-- <= 0) return;
      const { keyGroup, key, namespace } = decodeEntryKey(entry.bytes);
      yield { keyGroup, key, namespace: namespaceOf(namespace), value: this.#entries.peek(entry) };
    }
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

  sweep(keyGroup: number, key: unknown, limit: number, left: Left): void {
    this.#entries.sweep(keyPrefix(keyGroup, key), limit, left);
  }

  sweepAll(left: Left): void {
    this.#entries.sweepAll(left);
  }

  capture(full: boolean): StateCapture {
    return this.#entries.capture(full);
  }

  restore(state: RestoredState): void {
    this.#entries.restore(state);
  }

  writeState(writer: ByteWriter): void {
    this.#entries.writeState(writer);
  }
}

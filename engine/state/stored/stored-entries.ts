import type { KeyedStateBackend } from '../../api/state-backend.ts';
import { ByteWriter } from '../byte-writer.ts';
import { decodeEntryKey } from '../entry-codec.ts';
import type { AboutState, RestoredState, StateCapture, StateKind } from '../state-capture.ts';
import { Changes } from './changes.ts';
import { afterPrefix, identityOf, joinBytes, type KeyLayout, statePrefix, writeNamespaceFirst } from './key-bytes.ts';
import { DeltaCapture, FullCapture } from './stored-capture.ts';

/** Entries that one look into the store asks for. */
const PAGE = 256;

/** The entries of one keyed state in a store, as bytes: what is kept, how much it is, and what a checkpoint takes of it. */
export class StoredEntries {
  readonly name: string;
  readonly kind: StateKind;
  readonly layout: KeyLayout;
  readonly #store: KeyedStateBackend;
  readonly #prefix: Uint8Array;
  #entries = 0;
  #bytes = 0;
  /** Null while the next capture has to be a full one. */
  #changes: Changes | null = null;
  #reading: FullCapture | null = null;
  #current: StateCapture | null = null;

  constructor(store: KeyedStateBackend, name: string, kind: StateKind, layout: KeyLayout) {
    this.#store = store;
    this.name = name;
    this.kind = kind;
    this.layout = layout;
    this.#prefix = statePrefix(name);
  }

  get size(): number {
    return this.#entries;
  }

  /** As a checkpoint would store them. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: Uint8Array): Uint8Array | null {
    return this.#store.get(joinBytes(this.#prefix, key)) ?? null;
  }

  /** `before`: bytes of the value that the key has in the store, −1 = none. `value` null: the entry goes. */
  write(key: Uint8Array, before: number, value: Uint8Array | null): void {
    const stored = joinBytes(this.#prefix, key);
    if (this.#reading !== null || this.#changes !== null) this.#noteChange(key, stored, before, value);
    if (before >= 0) {
      this.#entries--;
      this.#bytes -= key.length + before;
    }
    if (value === null) {
      this.#store.delete(stored);
      return;
    }
    this.#entries++;
    this.#bytes += key.length + value.length;
    this.#store.put(stored, value);
  }

  #noteChange(key: Uint8Array, stored: Uint8Array, before: number, value: Uint8Array | null): void {
    const identity = identityOf(key);
    this.#reading?.beforeChange(identity, key, () => (before < 0 ? null : (this.#store.get(stored) ?? null)));
    this.#changes?.note(identity, key, value, before >= 0);
    if (this.#changes?.isTooLarge === true) this.#changes = null;
  }

  /** The first `limit` entries that begin with `prefix` and are not below `from`. */
  page(prefix: Uint8Array, from: Uint8Array, limit: number): readonly (readonly [key: Uint8Array, value: Uint8Array])[] {
    const whole = joinBytes(this.#prefix, prefix);
    const start = joinBytes(this.#prefix, from.length === 0 ? prefix : from);
    const entries: (readonly [Uint8Array, Uint8Array])[] = [];
    for (const [key, value] of this.#store.scan(start, afterPrefix(whole), limit)) {
      entries.push([key.subarray(this.#prefix.length), value]);
    }
    return entries;
  }

  /** All entries that begin with `prefix`, in order. Those read already may change meanwhile. */
  *scan(prefix: Uint8Array): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
    let from: Uint8Array = new Uint8Array(0);
    for (;;) {
      const entries = this.page(prefix, from, PAGE);
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE) return;
      from = joinBytes(last[0], new Uint8Array(1));
    }
  }

  /** The entries as they are now; `error`: why they cannot be stored. One at a time. */
  capture(full: boolean, error: Error | null, about: AboutState = {}): StateCapture {
    this.#current?.release();
    const changes = full ? null : this.#changes;
    const mode = changes === null ? ('full' as const) : ('delta' as const);
    const header = { ...about, name: this.name, kind: this.kind, mode, entries: this.#entries, bytes: this.#bytes };
    this.#changes = new Changes();
    const over = (released: boolean): void => {
      this.#reading = null;
      this.#current = null;
      if (released) this.#changes = null;
    };
    if (changes === null) {
      const scan = (from: Uint8Array, limit: number): ReturnType<typeof this.page> => this.page(new Uint8Array(0), from, limit);
      this.#reading = new FullCapture(header, this.layout, error, over, scan);
      this.#current = this.#reading;
    } else {
      this.#current = new DeltaCapture(header, this.layout, error, over, changes.list());
    }
    return this.#current;
  }

  /** Takes over what a checkpoint holds. The state is empty before. */
  restore(state: RestoredState): void {
    const writer = new ByteWriter();
    for (const [entryKey, value] of state.entries) {
      if (this.layout === 'key-first') {
        this.write(entryKey, -1, value);
        continue;
      }
      const { keyGroup, key, namespace, userKey } = decodeEntryKey(entryKey);
      writer.truncate(0);
      writeNamespaceFirst(writer, keyGroup, key, namespace, userKey);
      this.write(writer.finish(), -1, value);
    }
  }
}

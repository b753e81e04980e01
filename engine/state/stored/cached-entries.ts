import { estimateBytes } from '../byte-estimate.ts';
import { ByteWriter, compareBytes } from '../byte-writer.ts';
import { decodeEntryKey, writeEntryKey } from '../entry-codec.ts';
import { describeKey } from '../entry-slots.ts';
import type { EntryForm } from '../entry-form.ts';
import { distinctKeys } from '../keyed-table.ts';
import type { AboutState, RestoredState, StateCapture, StateKind } from '../state-capture.ts';
import { StateEncodingError } from '../state-capture.ts';
import { decodeValue, writeStored } from '../stored-value.ts';
import { writeValue } from '../value-codec.ts';
import type { Left } from '../keyed/swept-entries.ts';
import { afterPrefix, identityOf, toEntryKey, writeNamespaceFirst } from './key-bytes.ts';
import type { StoredEntries } from './stored-entries.ts';

/** How much of a state is kept decoded: twice so many entries, and twice so many bytes. */
export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** In an entry that is not there. Values of user code are never this. */
const ABSENT: unique symbol = Symbol('absent');
/** Bytes that an entry counts for beside what it holds. */
const ENTRY_OVERHEAD = 64;

/** One key as the cache knows it. */
export interface CachedEntry {
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly key: unknown;
  value: unknown;
  /** What the store has; null = nothing. */
  stored: Uint8Array | null;
}

/** Below all keys, and what all begin with. */
const FIRST = new Uint8Array(0);

const scratch = new ByteWriter();

/**
 * The entries of one keyed state in a store, with those that were used lately decoded. Objects that were handed out may be changed in place, as on the
 * heap: they are encoded and compared before they leave the cache, and at every barrier. There are two generations of them: what is used moves to the young
 * one, and when that is full the old one is written back and forgotten. Nothing of this depends on time, so a replay does the same.
 */
export class CachedEntries {
  readonly entries: StoredEntries;
  readonly #limits: CacheLimits;
  #young = new Map<string, CachedEntry>();
  #old = new Map<string, CachedEntry>();
  #youngBytes = 0;
  #form: EntryForm | null = null;
  /** Those that may differ from what the store has. */
  readonly #unsaved = new Set<CachedEntry>();
  #count = 0;

  constructor(entries: StoredEntries, limits: CacheLimits) {
    this.entries = entries;
    this.#limits = limits;
    this.#count = entries.size;
  }

  /** Values have this form from now on; those that are there are brought into it. Throws StateMigrationException. */
  use(form: EntryForm | null): void {
    this.#form = form;
    if (form === null) return;
    this.flush();
    this.#young.clear();
    this.#old.clear();
    this.#youngBytes = 0;
    for (const [bytes, stored] of this.entries.scan(FIRST)) {
      scratch.truncate(0);
      writeStored(scratch, form.toStored(form.fromStored(decodeValue(stored))));
      const after = scratch.finish();
      if (compareBytes(stored, after) !== 0) this.entries.write(bytes, stored.length, after);
    }
  }

  #read(stored: unknown): unknown {
    return this.#form === null ? stored : this.#form.fromStored(stored);
  }

  get name(): string {
    return this.entries.name;
  }

  get kind(): StateKind {
    return this.entries.kind;
  }

  /** Entries. */
  get size(): number {
    return this.#count;
  }

  /** As a checkpoint would store them: exact for what has been written to the store, estimated by the mean for what is new. */
  get estimatedBytes(): number {
    return estimateBytes(this.entries.bytes, this.entries.size, Math.max(0, this.#count - this.entries.size));
  }

  /** The entry of a key; one that is not there as well. Throws UnusableKeyError. */
  entry(keyGroup: number, key: unknown, namespace: unknown, userKey: unknown): CachedEntry {
    scratch.truncate(0);
    if (this.entries.layout === 'key-first') writeEntryKey(scratch, keyGroup, key, namespace, userKey);
    else writeNamespaceFirst(scratch, keyGroup, key, namespace, userKey);
    const bytes = scratch.finish();
    const identity = identityOf(bytes);
    return this.#cached(identity) ?? this.#load(identity, bytes, key, this.entries.get(bytes));
  }

  /** The entry of a key and value that the store has just given. */
  #loaded(bytes: Uint8Array, key: unknown, stored: Uint8Array): CachedEntry {
    const identity = identityOf(bytes);
    return this.#cached(identity) ?? this.#load(identity, bytes, key, stored);
  }

  #cached(identity: string): CachedEntry | undefined {
    const young = this.#young.get(identity);
    if (young !== undefined) return young;
    const old = this.#old.get(identity);
    if (old === undefined) return undefined;
    this.#old.delete(identity);
    this.#keep(identity, old);
    return old;
  }

  #load(identity: string, bytes: Uint8Array, key: unknown, stored: Uint8Array | null): CachedEntry {
    const entry: CachedEntry = { bytes, key, value: stored === null ? ABSENT : this.#read(decodeValue(stored)), stored };
    this.#keep(identity, entry);
    return entry;
  }

  #keep(identity: string, entry: CachedEntry): void {
    if (this.#young.size >= this.#limits.entries || this.#youngBytes >= this.#limits.bytes) this.#age();
    this.#young.set(identity, entry);
    this.#youngBytes += entry.bytes.length + (entry.stored?.length ?? 0) + ENTRY_OVERHEAD;
  }

  /** What cannot be stored stays: as on the heap it fails the next checkpoint, and not the record. */
  #age(): void {
    const leaving = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
    for (const [identity, entry] of leaving) {
      if (this.#unsaved.has(entry) && this.#save(entry) !== null) this.#old.set(identity, entry);
    }
  }

  has(entry: CachedEntry): boolean {
    return entry.value !== ABSENT;
  }

  /** The value, for user code: an object may be changed in place. Undefined when there is none. */
  read(entry: CachedEntry): unknown {
    const { value } = entry;
    if (value === ABSENT) return undefined;
    if (typeof value === 'object' && value !== null) this.#unsaved.add(entry);
    return value;
  }

  /** The value, for those who do not change it. */
  peek(entry: CachedEntry): unknown {
    return entry.value === ABSENT ? undefined : entry.value;
  }

  write(entry: CachedEntry, value: unknown): void {
    if (entry.value === ABSENT) this.#count++;
    entry.value = value;
    this.#unsaved.add(entry);
  }

  remove(entry: CachedEntry): void {
    if (entry.value === ABSENT) return;
    this.#count--;
    entry.value = ABSENT;
    if (entry.stored === null) this.#unsaved.delete(entry);
    else this.#unsaved.add(entry);
  }

  /** Brings the store up to date; gives why something could not be stored, else null. */
  flush(): Error | null {
    let error: Error | null = null;
    for (const entry of this.#unsaved) error = this.#save(entry) ?? error;
    return error;
  }

  #save(entry: CachedEntry): Error | null {
    const { bytes, value, stored } = entry;
    if (value === ABSENT) {
      if (stored !== null) this.entries.write(bytes, stored.length, null);
      entry.stored = null;
    } else {
      let encoded: Uint8Array;
      scratch.truncate(0);
      try {
        writeStored(scratch, this.#form === null ? value : this.#form.toStored(value));
        encoded = scratch.finish();
      } catch (error) {
        if (!(error instanceof StateEncodingError)) throw error;
        return new StateEncodingError(`State "${this.name}" of key ${describeKey(entry.key)}: ${error.message}`);
      }
      if (stored === null || compareBytes(stored, encoded) !== 0) {
        this.entries.write(bytes, stored?.length ?? -1, encoded);
        entry.stored = encoded;
      }
    }
    this.#unsaved.delete(entry);
    return null;
  }

  /** The entries in memory that are there, without using them. */
  *cached(): Generator<CachedEntry> {
    for (const entries of [this.#young, this.#old]) {
      for (const entry of entries.values()) if (entry.value !== ABSENT) yield entry;
    }
  }

  /** The entries of a key whose bytes begin with `prefix`, in order, each to be read before the next. */
  *scan(prefix: Uint8Array, key: unknown): Generator<CachedEntry> {
    this.flush();
    for (const [bytes, stored] of this.entries.scan(prefix)) yield this.#loaded(bytes, key, stored);
  }

  /** The first `limit` entries in the order of the store; they stay in the cache. `keyOf` reads the key of an entry, for messages. */
  first(limit: number, keyOf: (bytes: Uint8Array) => unknown): readonly CachedEntry[] {
    this.flush();
    const none = new Uint8Array(0);
    return this.entries.page(none, none, limit).map(([bytes, stored]) => this.#loaded(bytes, keyOf(bytes), stored));
  }

  /** As SweptEntries.sweep, behind all keys that begin with `prefix`. */
  sweep(prefix: Uint8Array, limit: number, left: Left): void {
    this.flush();
    const from = afterPrefix(prefix);
    const behind = this.entries.page(FIRST, from, limit);
    const before = behind.length === limit ? [] : this.entries.page(FIRST, FIRST, limit - behind.length);
    for (const [bytes, stored] of [...behind, ...before.filter(([bytes]) => compareBytes(bytes, from) < 0)])
      this.#leave(bytes, stored, left);
  }

  /** As SweptEntries.sweepAll. */
  sweepAll(left: Left): void {
    this.flush();
    for (const [bytes, stored] of this.entries.scan(FIRST)) this.#leave(bytes, stored, left);
    this.flush();
  }

  /** What stays as it is need not be in the cache. */
  #leave(bytes: Uint8Array, stored: Uint8Array, left: Left): void {
    const kept = decodeValue(stored);
    const after = left(kept);
    if (after === kept) return;
    const entry = this.#loaded(bytes, decodeEntryKey(bytes).key, stored);
    if (after === undefined) this.remove(entry);
    else this.write(entry, this.#read(after));
  }

  /** The keys that have entries, in canonical order. */
  keys(): readonly unknown[] {
    this.flush();
    const keys: unknown[] = [];
    for (const [bytes] of this.entries.scan(new Uint8Array(0))) keys.push(decodeEntryKey(toEntryKey(this.entries.layout, bytes)).key);
    // What cannot be stored is only here.
    for (const { key, value } of this.#unsaved) if (value !== ABSENT) keys.push(key);
    return distinctKeys(keys);
  }

  /** As they are now, for a checkpoint. */
  capture(full: boolean, about: AboutState = {}): StateCapture {
    const error = this.flush();
    const type = this.#form?.type;
    return this.entries.capture(full, error, { ...(type === undefined ? {} : { type }), ...about });
  }

  /** Takes over what a checkpoint holds. The state is empty before. */
  restore(state: RestoredState): void {
    this.entries.restore(state);
    this.#count = this.entries.size;
  }

  /** All entries, in canonical order: for comparing runs, on whatever backend. */
  writeState(writer: ByteWriter): void {
    this.flush();
    const all: (readonly [key: Uint8Array, value: unknown])[] = [];
    const unstorable = new Set<string>();
    for (const { bytes, value } of this.#unsaved) {
      unstorable.add(identityOf(bytes));
      if (value !== ABSENT) all.push([toEntryKey(this.entries.layout, bytes), this.#form === null ? value : this.#form.toStored(value)]);
    }
    for (const [bytes, stored] of this.entries.scan(new Uint8Array(0))) {
      if (!unstorable.has(identityOf(bytes))) all.push([toEntryKey(this.entries.layout, bytes), decodeValue(stored)]);
    }
    writer.uint32(all.length);
    for (const [key, value] of all.sort(([a], [b]) => compareBytes(a, b))) {
      writer.bytes(key);
      writeValue(writer, value);
    }
  }
}

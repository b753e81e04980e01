import { estimateBytes } from './byte-estimate.ts';
import { type ByteWriter, compareBytes } from './byte-writer.ts';
import type { EntryBuffer } from './entry-buffer.ts';
import type { EntryForm } from './entry-form.ts';
import { encodeEntryKey, type EntryKey } from './entry-codec.ts';
import { UnusableKeyError } from './key-codec.ts';
import { memoryOf } from './memory-of.ts';
import { SlotCapture } from './slot-capture.ts';
import { SlotOrder } from './slot-order.ts';
import { type AboutState, type StateCapture, StateEncodingError, type StateKind } from './state-capture.ts';
import { freeAccount, type StateAccount } from './state-memory.ts';
import { writeStored } from './stored-value.ts';
import { ValueMemory } from './value-memory.ts';

/** In a slot that is free. Values of user code are never this. */
const FREE: unique symbol = Symbol('free');
const FIRST_SLOTS = 64;

/** Bytes of memory of an entry beside its keys and what its value holds: its slot, and its place in the index of the table. */
const ENTRY_MEMORY = 128;

/** A key for messages. */
export function describeKey(key: unknown): string {
  const text = JSON.stringify(key, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    return typeof part === 'number' && !Number.isFinite(part) ? String(part) : part;
  });
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** Doubles a typed array so that it has room for `size`. */
function grown(array: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(Math.max(size, array.length * 2));
  bigger.set(array);
  return bigger;
}

/**
 * The entries of one keyed state, in numbered slots with version stamps (rule 4): a checkpoint marks at its barrier which slots it wants, and each
 * is encoded when the checkpoint comes to it or just before it is next touched, whichever is earlier. A table above finds slots by key.
 */
export class EntrySlots {
  readonly name: string;
  readonly kind: StateKind;
  readonly #values: unknown[] = [];
  readonly #keys: unknown[] = [];
  readonly #namespaces: unknown[] = [];
  readonly #userKeys: unknown[] = [];
  #keyGroups = new Int32Array(FIRST_SLOTS);
  /** Number of the capture before which the slot last changed. */
  #changed = new Int32Array(FIRST_SLOTS);
  /** Bytes of the entry when it was last encoded; 0 = never. */
  #sizes = new Int32Array(FIRST_SLOTS);
  readonly #free: number[] = [];
  /** Keys of entries that the last capture had and that are gone. */
  #gone: EntryKey[] = [];
  #captures = 0;
  #pending: SlotCapture | null = null;
  /** The last capture was called off: the next has to be full. */
  #broken = false;
  #count = 0;
  #bytes = 0;
  #unsized = 0;
  readonly #account: StateAccount;
  #form: EntryForm | null;
  readonly #memory: ValueMemory;
  #order: SlotOrder | null = null;

  constructor(name: string, kind: StateKind, account: StateAccount = freeAccount(), form: EntryForm | null = null) {
    this.#form = form;
    this.name = name;
    this.kind = kind;
    this.#account = account;
    this.#memory = new ValueMemory(account, (slot) => this.#values[slot]);
    account.onWalk((visit) => this.forEach((slot) => visit(this.#keys[slot], this.#memoryOf(slot))));
  }

  /** Entries. */
  get size(): number {
    return this.#count;
  }

  /** Bytes as a checkpoint would store them: exact for entries since the last one, estimated by the mean for those that are new. */
  get estimatedBytes(): number {
    return estimateBytes(this.#bytes, this.#count - this.#unsized, this.#unsized);
  }

  add(keyGroup: number, key: unknown, namespace: unknown, userKey: unknown, value: unknown): number {
    const slot = this.#free.pop() ?? this.#values.length;
    if (slot >= this.#changed.length) {
      this.#keyGroups = grown(this.#keyGroups, slot + 1);
      this.#changed = grown(this.#changed, slot + 1);
      this.#sizes = grown(this.#sizes, slot + 1);
    }
    this.#values[slot] = value;
    this.#keys[slot] = key;
    this.#namespaces[slot] = namespace;
    this.#userKeys[slot] = userKey;
    this.#keyGroups[slot] = keyGroup;
    this.#changed[slot] = this.#captures;
    this.#sizes[slot] = 0;
    this.#count++;
    this.#unsized++;
    this.#account.grow(this.#keyMemory(slot));
    this.#memory.changed(slot, value);
    this.#order?.add(slot);
    return slot;
  }

  /** Bytes of memory of an entry beside its value. */
  #keyMemory(slot: number): number {
    return ENTRY_MEMORY + memoryOf(this.#keys[slot]) + memoryOf(this.#namespaces[slot]) + memoryOf(this.#userKeys[slot]);
  }

  #memoryOf(slot: number): number {
    return this.#keyMemory(slot) + this.#memory.of(slot);
  }

  /** Values have this form from now on; those that are there are brought into it. Throws StateMigrationException. */
  use(form: EntryForm): void {
    // A capture under way encodes what it wants on the way, in the form that it had.
    this.forEach((slot) => this.write(slot, form.fromStored(this.#values[slot])));
    this.#form = form;
  }

  /** The value, for user code: an object may be changed in place, so it counts as changed. */
  read(slot: number): unknown {
    const value = this.#values[slot];
    if (typeof value === 'object' && value !== null) this.#touch(slot);
    this.#memory.changed(slot, value);
    return value;
  }

  /** The value, for those who do not change it. */
  peek(slot: number): unknown {
    return this.#values[slot];
  }

  /** The value as it is stored. Throws StateEncodingError. */
  storedOf(slot: number): unknown {
    const value = this.#values[slot];
    return this.#form === null ? value : this.#form.toStored(value);
  }

  keyOf(slot: number): unknown {
    return this.#keys[slot];
  }
  namespaceOf(slot: number): unknown {
    return this.#namespaces[slot];
  }
  userKeyOf(slot: number): unknown {
    return this.#userKeys[slot];
  }
  keyGroupOf(slot: number): number {
    return this.#keyGroups[slot] ?? 0;
  }

  /** At most `limit` entries behind those of a key in canonical order, and behind the last the first ones. From the first call on the order is kept. */
  behind(keyGroup: number, key: unknown, limit: number): readonly number[] {
    if (this.#order === null) {
      const order = new SlotOrder(this);
      this.forEach((slot) => order.add(slot));
      this.#order = order;
    }
    return this.#order.behind(keyGroup, key, limit);
  }

  /** `sameSize`: the value takes as much memory as the one before, and nobody else changes it. */
  write(slot: number, value: unknown, sameSize = false): void {
    this.#touch(slot);
    this.#values[slot] = value;
    if (!sameSize) this.#memory.changed(slot, value);
  }

  remove(slot: number): void {
    this.#touch(slot);
    this.#order?.remove(slot);
    const size = this.#sizes[slot] ?? 0;
    if (size > 0) {
      this.#gone.push({
        keyGroup: this.#keyGroups[slot] ?? 0,
        key: this.#keys[slot],
        namespace: this.#namespaces[slot],
        userKey: this.#userKeys[slot],
      });
      this.#bytes -= size;
    } else {
      this.#unsized--;
    }
    this.#account.shrink(this.#keyMemory(slot));
    this.#memory.removed(slot);
    this.#values[slot] = FREE;
    this.#keys[slot] = undefined;
    this.#namespaces[slot] = undefined;
    this.#userKeys[slot] = undefined;
    this.#free.push(slot);
    this.#count--;
  }

  #touch(slot: number): void {
    if (this.#pending !== null) this.#pending.touch(slot);
    this.#changed[slot] = this.#captures;
  }

  /** The entries as they are now; one capture at a time. `full`: all, else those changed since the last. `about`: what else is to be known of the state. */
  capture(full: boolean, about: AboutState = {}): StateCapture {
    this.#pending?.release();
    const whole = full || this.#captures === 0 || this.#broken;
    const wanted = new Uint8Array(this.#values.length);
    let count = 0;
    const values = this.#values;
    const changed = this.#changed;
    const captures = this.#captures;
    for (let slot = 0; slot < wanted.length; slot++) {
      if (values[slot] === FREE || !(whole || changed[slot] === captures)) continue;
      wanted[slot] = 1;
      count++;
    }
    this.#captures++;
    const gone = whole ? [] : this.#gone;
    this.#gone = [];
    this.#broken = false;
    const mode = whole ? ('full' as const) : ('delta' as const);
    const type = this.#form?.type;
    const state = { ...(type === undefined ? {} : { type }), ...about, name: this.name, kind: this.kind, mode, entries: this.#count };
    this.#pending = new SlotCapture(state, wanted, count, gone, this.#bytes, {
      encode: (slot, buffer) => this.#encode(slot, buffer),
      over: (released) => {
        this.#pending = null;
        if (released) this.#broken = true;
      },
    });
    return this.#pending;
  }

  /** Adds the slot to `buffer`; gives how many bytes the state has grown by. */
  #encode(slot: number, buffer: EntryBuffer): number {
    const value = this.#values[slot];
    const key = this.#keys[slot];
    const write = (writer: ByteWriter): void => writeStored(writer, this.#form === null ? value : this.#form.toStored(value));
    let size: number;
    try {
      size = buffer.add(this.#keyGroups[slot] ?? 0, key, this.#namespaces[slot], this.#userKeys[slot], write);
    } catch (error) {
      if (!(error instanceof StateEncodingError || error instanceof UnusableKeyError)) throw error;
      throw new StateEncodingError(`State "${this.name}" of key ${describeKey(key)}: ${error.message}`);
    }
    const before = this.#sizes[slot] ?? 0;
    if (before === 0) this.#unsized--;
    this.#sizes[slot] = size;
    this.#bytes += size - before;
    return size - before;
  }

  /** Any slot; null when there is no entry. */
  first(): number | null {
    const slot = this.#values.findIndex((value) => value !== FREE);
    return slot < 0 ? null : slot;
  }

  /** Slots with an entry. */
  *all(): Generator<number> {
    for (let slot = 0; slot < this.#values.length; slot++) if (this.#values[slot] !== FREE) yield slot;
  }

  /** All entries, by slot: for restoring indices and for digests. */
  forEach(visit: (slot: number) => void): void {
    for (let slot = 0; slot < this.#values.length; slot++) if (this.#values[slot] !== FREE) visit(slot);
  }

  /** Slots in canonical order: by key group, then by key bytes. */
  sorted(): readonly { readonly slot: number; readonly key: Uint8Array }[] {
    const slots: { readonly slot: number; readonly key: Uint8Array }[] = [];
    this.forEach((slot) => {
      const key = encodeEntryKey(this.#keyGroups[slot] ?? 0, this.#keys[slot], this.#namespaces[slot], this.#userKeys[slot]);
      slots.push({ slot, key });
    });
    return slots.sort((a, b) => compareBytes(a.key, b.key));
  }
}

import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import { compareKeys } from './key-codec.ts';
import { keyGroupOf } from './key-groups.ts';
import { KeyMap } from './key-map.ts';
import { writeEntries } from './keyed-table.ts';
import type { RestoredState, StateCapture } from './state-capture.ts';
import { freeAccount, type StateAccount } from './state-memory.ts';
import { TimeQueue } from './time-queue.ts';

/** Times without timers that the queue may hold, beside as many as there are with. */
const SPARE_TIMES = 64;

/** Bytes of memory of a time with timers, beside them. */
const BUCKET_MEMORY = 384;

/** The timers of one time: the slots by key, and in the order they fire in. */
class Bucket {
  readonly slots = new KeyMap<number>();
  /** Last first, so that the next one is at the end; null = to be sorted. */
  order: number[] | null = null;
}

/** Timers of one kind, on whatever backend: one per key and time however often registered, fired in order of time and then of the canonical key (rule 2). */
export interface TimerTable {
  /** The earliest time, ms; Infinity when there is no timer. */
  readonly next: number;
  register(key: unknown, time: number): void;
  delete(key: unknown, time: number): void;
  /** Takes the first timer that is due at `time` away; null when none is. */
  poll(time: number): { readonly key: unknown; readonly time: number } | null;
  /** Times of a key's timers, the earliest `limit` of them; null when it has none. */
  view(key: unknown, limit: number): KeyedStateView | null;
  readonly estimatedBytes: number;
  /** The timers as they are now, for a checkpoint. */
  capture(full: boolean): StateCapture;
  restore(state: RestoredState): void;
  writeState(writer: ByteWriter): void;
}

export type TimerKind = 'event-time timers' | 'processing-time timers';

/**
 * Timers of one kind on the heap: one per key and time however often registered, fired in order of time and then of the canonical key (rule 2).
 * In a checkpoint the time is the namespace of an entry without a value.
 */
export class Timers implements TimerTable {
  readonly slots: EntrySlots;
  readonly #maxParallelism: number;
  readonly #account: StateAccount;
  /** Times of buckets; and of some that have gone, which are skipped. */
  #queue = new TimeQueue();
  readonly #buckets = new Map<number, Bucket>();

  constructor(kind: TimerKind, maxParallelism: number, account: StateAccount = freeAccount()) {
    this.slots = new EntrySlots(kind, kind, account);
    this.#account = account;
    this.#maxParallelism = maxParallelism;
  }

  get next(): number {
    while (this.#queue.size > 0 && !this.#buckets.has(this.#queue.next)) this.#queue.pop();
    return this.#queue.next;
  }

  register(key: unknown, time: number): void {
    let bucket = this.#buckets.get(time);
    if (bucket === undefined) {
      bucket = new Bucket();
      this.#buckets.set(time, bucket);
      this.#account.grow(BUCKET_MEMORY);
      this.#queue.push(time, 0);
      this.#forgetDeleted();
    }
    if (bucket.slots.get(key) !== undefined) return;
    bucket.slots.set(key, this.slots.add(keyGroupOf(key, this.#maxParallelism), key, time, undefined, null));
    bucket.order = null;
  }

  /** Timers that are moved again and again must not pile up in the queue until their times come. */
  #forgetDeleted(): void {
    if (this.#queue.size <= 2 * this.#buckets.size + SPARE_TIMES) return;
    this.#queue = new TimeQueue();
    for (const time of this.#buckets.keys()) this.#queue.push(time, 0);
  }

  delete(key: unknown, time: number): void {
    const bucket = this.#buckets.get(time);
    const slot = bucket?.slots.get(key);
    if (bucket === undefined || slot === undefined) return;
    this.#remove(bucket, key, slot, time);
    bucket.order = null;
  }

  poll(time: number): { readonly key: unknown; readonly time: number } | null {
    const due = this.next;
    if (due > time) return null;
    const bucket = this.#buckets.get(due);
    if (bucket === undefined) return null;
    bucket.order ??= [...bucket.slots.values()].sort((a, b) => compareKeys(this.slots.keyOf(b), this.slots.keyOf(a)));
    const slot = bucket.order.pop();
    if (slot === undefined) return null;
    const key = this.slots.keyOf(slot);
    this.#remove(bucket, key, slot, due);
    return { key, time: due };
  }

  #remove(bucket: Bucket, key: unknown, slot: number, time: number): void {
    bucket.slots.delete(key);
    this.slots.remove(slot);
    if (bucket.slots.size > 0) return;
    this.#buckets.delete(time);
    this.#account.shrink(BUCKET_MEMORY);
  }

  view(key: unknown, limit: number): KeyedStateView | null {
    const times = [...this.#buckets].flatMap(([time, { slots }]) => (slots.get(key) === undefined ? [] : [time])).sort((a, b) => a - b);
    const { name, kind } = this.slots;
    return times.length === 0 ? null : { name, kind, size: times.length, value: times.slice(0, limit) };
  }

  get estimatedBytes(): number {
    return this.slots.estimatedBytes;
  }

  capture(full: boolean): StateCapture {
    const { next } = this;
    return this.slots.capture(full, Number.isFinite(next) ? { next } : {});
  }

  restore(state: RestoredState): void {
    for (const [bytes] of state.entries) {
      const { key, namespace } = decodeEntryKey(bytes);
      this.register(key, Number(namespace));
    }
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import { compareKeys } from './key-codec.ts';
import { keyGroupOf } from './key-groups.ts';
import { KeyMap } from './key-map.ts';
import { writeEntries } from './keyed-table.ts';
import { type Namespace, NamespaceMap, namespaceOf } from './namespace.ts';
import type { RestoredState, StateCapture } from './state-capture.ts';
import { freeAccount, type StateAccount } from './state-memory.ts';
import { TimeQueue } from './time-queue.ts';

/** Times without timers that the queue may hold, beside as many as there are with. */
const SPARE_TIMES = 64;

/** Bytes of memory of a time with timers, beside them. */
const BUCKET_MEMORY = 384;

/** The timers of one time: the slots by key and namespace, and in the order they fire in. */
class Bucket {
  readonly slots = new KeyMap<number>();
  scoped: KeyMap<NamespaceMap<number>> | null = null;
  size = 0;
  /** Last first, so that the next one is at the end; null = to be sorted. */
  order: number[] | null = null;
}

/** A timer that is due. */
export interface DueTimer {
  readonly key: unknown;
  readonly time: number;
  readonly namespace: Namespace | undefined;
}

/**
 * Timers of one kind, on whatever backend: one per key, namespace and time however often registered, fired in order of time and then of the canonical
 * key and namespace (rule 2).
 */
export interface TimerTable {
  /** The earliest time, ms; Infinity when there is no timer. */
  readonly next: number;
  register(key: unknown, time: number, namespace?: Namespace): void;
  delete(key: unknown, time: number, namespace?: Namespace): void;
  /** Takes the first timer that is due at `time` away; null when none is. */
  poll(time: number): DueTimer | null;
  /** Times of a key's timers, the earliest `limit` of them; null when it has none. */
  view(key: unknown, limit: number): KeyedStateView | null;
  readonly estimatedBytes: number;
  /** The timers as they are now, for a checkpoint. */
  capture(full: boolean): StateCapture;
  restore(state: RestoredState): void;
  writeState(writer: ByteWriter): void;
}

function slotOf(bucket: Bucket, key: unknown, namespace: Namespace | undefined): number | undefined {
  return namespace === undefined ? bucket.slots.get(key) : bucket.scoped?.get(key)?.get(namespace);
}

export type TimerKind = 'event-time timers' | 'processing-time timers';

/** Timers of one kind on the heap. In a checkpoint the time is the namespace of an entry without a value, and the timer's namespace its user key. */
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

  register(key: unknown, time: number, namespace?: Namespace): void {
    let bucket = this.#buckets.get(time);
    if (bucket === undefined) {
      bucket = new Bucket();
      this.#buckets.set(time, bucket);
      this.#account.grow(BUCKET_MEMORY);
      this.#queue.push(time, 0);
      this.#forgetDeleted();
    }
    if (slotOf(bucket, key, namespace) !== undefined) return;
    const slot = this.slots.add(keyGroupOf(key, this.#maxParallelism), key, time, namespace, null);
    if (namespace === undefined) {
      bucket.slots.set(key, slot);
    } else {
      bucket.scoped ??= new KeyMap();
      let scoped = bucket.scoped.get(key);
      if (scoped === undefined) {
        scoped = new NamespaceMap();
        bucket.scoped.set(key, scoped);
      }
      scoped.set(namespace, slot);
    }
    bucket.size++;
    bucket.order = null;
  }

  /** Timers that are moved again and again must not pile up in the queue until their times come. */
  #forgetDeleted(): void {
    if (this.#queue.size <= 2 * this.#buckets.size + SPARE_TIMES) return;
    this.#queue = new TimeQueue();
    for (const time of this.#buckets.keys()) this.#queue.push(time, 0);
  }

  delete(key: unknown, time: number, namespace?: Namespace): void {
    const bucket = this.#buckets.get(time);
    const slot = bucket && slotOf(bucket, key, namespace);
    if (bucket === undefined || slot === undefined) return;
    this.#remove(bucket, key, slot, time, namespace);
    bucket.order = null;
  }

  poll(time: number): DueTimer | null {
    const due = this.next;
    if (due > time) return null;
    const bucket = this.#buckets.get(due);
    if (bucket === undefined) return null;
    bucket.order ??= this.#ordered(bucket);
    const slot = bucket.order.pop();
    if (slot === undefined) return null;
    const key = this.slots.keyOf(slot);
    const namespace = namespaceOf(this.slots.userKeyOf(slot));
    this.#remove(bucket, key, slot, due, namespace);
    return { key, time: due, namespace };
  }

  /** Last first. */
  #ordered(bucket: Bucket): number[] {
    const slots = [...bucket.slots.values()];
    // From the last on: the sort is stable, so that namespaces of one key stay in their order.
    for (const { values } of bucket.scoped?.values() ?? []) for (let at = values.length; at-- > 0; ) slots.push(values[at] ?? 0);
    return slots.sort((a, b) => compareKeys(this.slots.keyOf(b), this.slots.keyOf(a)));
  }

  #remove(bucket: Bucket, key: unknown, slot: number, time: number, namespace: Namespace | undefined): void {
    if (namespace === undefined) {
      bucket.slots.delete(key);
    } else {
      const scoped = bucket.scoped?.get(key);
      scoped?.delete(namespace);
      if (scoped?.values.length === 0) bucket.scoped?.delete(key);
    }
    this.slots.remove(slot);
    if (--bucket.size > 0) return;
    this.#buckets.delete(time);
    this.#account.shrink(BUCKET_MEMORY);
  }

  view(key: unknown, limit: number): KeyedStateView | null {
    const times = [...this.#buckets]
      .flatMap(([time, { slots, scoped }]) =>
        Array.from({ length: (slots.get(key) === undefined ? 0 : 1) + (scoped?.get(key)?.values.length ?? 0) }, () => time),
      )
      .sort((a, b) => a - b);
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
      const { key, namespace, userKey } = decodeEntryKey(bytes);
      this.register(key, Number(namespace), namespaceOf(userKey));
    }
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

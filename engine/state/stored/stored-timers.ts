import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import { ByteWriter, compareBytes } from '../byte-writer.ts';
import { encodeKey } from '../key-codec.ts';
import { keyGroupOf } from '../key-groups.ts';
import { type Namespace, namespaceOf } from '../namespace.ts';
import type { RestoredState, StateCapture } from '../state-capture.ts';
import type { DueTimer, TimerKind, TimerTable } from '../timers.ts';
import type { CachedEntries } from './cached-entries.ts';
import { readNamespaceFirst, writeNamespaceFirst } from './key-bytes.ts';
import { cachedEntries, type StateStore } from './state-store.ts';

/** Timers that are read ahead at most. */
const MAX_AHEAD = 256;

interface Timer {
  /** Its key in the store: their order is the order in which timers fire. */
  readonly bytes: Uint8Array;
  readonly key: unknown;
  readonly time: number;
  readonly namespace: Namespace | undefined;
}

const scratch = new ByteWriter();

/** Timers of one kind in a store, ordered by time. The first ones are kept in memory, so that to know the next needs no look into the store. */
export class StoredTimers implements TimerTable {
  readonly #entries: CachedEntries;
  readonly #maxParallelism: number;
  /** Timers that are read ahead. */
  readonly #ahead: number;
  /** The first timers, last first; all there are when `#isWhole`, else all that are not above the first of this list. */
  #head: Timer[] = [];
  #isWhole = true;

  constructor(store: StateStore, kind: TimerKind, maxParallelism: number) {
    this.#entries = cachedEntries(store, kind, kind, 'namespace-first');
    this.#maxParallelism = maxParallelism;
    this.#ahead = Math.min(MAX_AHEAD, store.cache.entries);
  }

  get next(): number {
    return this.#head.at(-1)?.time ?? Number.POSITIVE_INFINITY;
  }

  #timer(key: unknown, time: number, namespace: Namespace | undefined): Timer & { readonly keyGroup: number } {
    const keyGroup = keyGroupOf(key, this.#maxParallelism);
    scratch.truncate(0);
    writeNamespaceFirst(scratch, keyGroup, key, time, namespace);
    return { bytes: scratch.finish(), key, time, namespace, keyGroup };
  }

  register(key: unknown, time: number, namespace?: Namespace): void {
    const timer = this.#timer(key, time, namespace);
    const entry = this.#entries.entry(timer.keyGroup, key, time, namespace);
    if (this.#entries.has(entry)) return;
    this.#entries.write(entry, null);
    const place = this.#placeOf(timer.bytes);
    // Above all that are known while there are more in the store: it will be read when its turn comes.
    if (place === 0 && !this.#isWhole) return;
    this.#head.splice(place, 0, timer);
    if (this.#head.length <= 2 * this.#ahead) return;
    this.#head = this.#head.slice(-this.#ahead);
    this.#isWhole = false;
  }

  delete(key: unknown, time: number, namespace?: Namespace): void {
    const timer = this.#timer(key, time, namespace);
    const entry = this.#entries.entry(timer.keyGroup, key, time, namespace);
    if (!this.#entries.has(entry)) return;
    this.#entries.remove(entry);
    const place = this.#placeOf(timer.bytes) - 1;
    const known = this.#head[place];
    if (known === undefined || compareBytes(known.bytes, timer.bytes) !== 0) return;
    this.#head.splice(place, 1);
    this.#readAhead();
  }

  /** How many of the timers known are above or at these bytes. */
  #placeOf(bytes: Uint8Array): number {
    let low = 0;
    for (let high = this.#head.length; low < high; ) {
      const middle = (low + high) >> 1;
      const known = this.#head[middle];
      if (known !== undefined && compareBytes(known.bytes, bytes) >= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** There is always a first timer in memory when there is one at all. */
  #readAhead(): void {
    if (this.#head.length > 0 || this.#isWhole) return;
    const first = this.#entries.first(this.#ahead, (bytes) => timerOf(bytes).key);
    this.#isWhole = first.length < this.#ahead;
    this.#head = first.map(({ bytes }) => timerOf(bytes)).reverse();
  }

  poll(time: number): DueTimer | null {
    if (this.next > time) return null;
    const timer = this.#head.pop();
    if (timer === undefined) return null;
    this.#entries.remove(this.#entries.entry(keyGroupOf(timer.key, this.#maxParallelism), timer.key, timer.time, timer.namespace));
    this.#readAhead();
    return timer;
  }

  /** Looks at all timers: they are not in the order of keys. */
  view(key: unknown, limit: number): KeyedStateView | null {
    this.#entries.flush();
    const wanted = encodeKey(key);
    const times: number[] = [];
    for (const [bytes] of this.#entries.entries.scan(new Uint8Array(0))) {
      const timer = timerOf(bytes);
      if (compareBytes(encodeKey(timer.key), wanted) === 0) times.push(timer.time);
    }
    const { name, kind } = this.#entries;
    return times.length === 0 ? null : { name, kind, size: times.length, value: times.slice(0, limit) };
  }

  get estimatedBytes(): number {
    return this.#entries.estimatedBytes;
  }

  capture(full: boolean): StateCapture {
    const { next } = this;
    return this.#entries.capture(full, Number.isFinite(next) ? { next } : {});
  }

  restore(state: RestoredState): void {
    this.#entries.restore(state);
    this.#isWhole = false;
    this.#readAhead();
  }

  writeState(writer: ByteWriter): void {
    this.#entries.writeState(writer);
  }
}

function timerOf(bytes: Uint8Array): Timer {
  const { namespace, key, userKey } = readNamespaceFirst(bytes);
  return { bytes, key, time: Number(namespace), namespace: namespaceOf(userKey) };
}

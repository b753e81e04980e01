import type { KeyedStateBackend } from '../../api/state-backend.ts';
import { IllegalStateException } from '../../api/errors.ts';
import { identityOf } from '../../state/stored/key-bytes.ts';
import type { BlockingThread } from './blocking-thread.ts';
import type { StoreWrite } from './store-protocol.ts';

/** Writes are sent when they have so many bytes, or when a scan has to see them. */
const BATCH_BYTES = 64 * 1_024;
/** So many bytes may be under way without anybody having waited for them. */
const MAX_UNDER_WAY = 8 * 2 ** 20;

/** A message carries the whole memory that an array is a part of. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** A store in another thread: writes are gathered and sent without waiting, reads wait for their reply. */
export class ThreadedStore implements KeyedStateBackend {
  readonly #thread: BlockingThread;
  readonly #store: number;
  readonly #onDispose: () => void;
  #writes = new Map<string, StoreWrite>();
  #bytes = 0;
  #underWay = 0;
  #isDisposed = false;

  /** Opens it. Throws when that is not possible. */
  constructor(thread: BlockingThread, store: number, name: string, onDispose: () => void) {
    this.#thread = thread;
    this.#store = store;
    this.#onDispose = onDispose;
    thread.call({ kind: 'open', store, name });
  }

  get(key: Uint8Array): Uint8Array | null {
    this.#check();
    const written = this.#writes.get(identityOf(key));
    if (written !== undefined) return written[1];
    const reply = this.#thread.call({ kind: 'get', store: this.#store, key: alone(key) });
    this.#underWay = 0;
    return 'value' in reply ? reply.value : null;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#write(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write(key, null);
  }

  #write(key: Uint8Array, value: Uint8Array | null): void {
    this.#check();
    this.#writes.set(identityOf(key), [alone(key), value === null ? null : alone(value)]);
    this.#bytes += key.length + (value?.length ?? 0);
    if (this.#bytes >= BATCH_BYTES) this.#send();
  }

  #send(): void {
    if (this.#writes.size === 0) return;
    const writes = [...this.#writes.values()];
    this.#underWay += this.#bytes;
    this.#writes = new Map();
    this.#bytes = 0;
    const wait = this.#underWay >= MAX_UNDER_WAY;
    const request = { kind: 'write', store: this.#store, writes, wait } as const;
    if (!wait) {
      this.#thread.post(request);
      return;
    }
    this.#thread.call(request);
    this.#underWay = 0;
  }

  scan(from: Uint8Array, to: Uint8Array, limit: number): Iterable<readonly [Uint8Array, Uint8Array]> {
    this.#check();
    this.#send();
    const reply = this.#thread.call({ kind: 'scan', store: this.#store, from: alone(from), to: alone(to), limit });
    this.#underWay = 0;
    return 'entries' in reply ? reply.entries : [];
  }

  dispose(): void {
    this.#check();
    this.#isDisposed = true;
    this.#writes.clear();
    try {
      this.#thread.call({ kind: 'dispose', store: this.#store });
    } finally {
      this.#onDispose();
    }
  }

  #check(): void {
    if (this.#isDisposed) throw new IllegalStateException('The store is used after it was disposed of.');
  }
}

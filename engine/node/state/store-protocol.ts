/** What a job's thread says to the thread that works for its stores. One message port, in order; requests with `wait` are answered. */

/** An entry that is put, or deleted when its value is null. */
export type StoreWrite = readonly [key: Uint8Array, value: Uint8Array | null];

export type StoreRequest =
  | { readonly kind: 'open'; readonly store: number; readonly name: string }
  | { readonly kind: 'write'; readonly store: number; readonly writes: readonly StoreWrite[]; readonly wait: boolean }
  | { readonly kind: 'get'; readonly store: number; readonly key: Uint8Array }
  | { readonly kind: 'scan'; readonly store: number; readonly from: Uint8Array; readonly to: Uint8Array; readonly limit: number }
  | { readonly kind: 'dispose'; readonly store: number };

export type StoreReply =
  | { readonly ok: true; readonly value: Uint8Array | null }
  | { readonly ok: true; readonly entries: readonly (readonly [Uint8Array, Uint8Array])[] }
  | { readonly ok: false; readonly message: string; readonly hint: string | null };

/** What the thread is started with. */
export interface StoreThreadData {
  readonly driver: 'leveldb' | 'postgresql';
  /** Of LevelDB the folder where it may keep its files, of PostgreSQL the connection as a URL. */
  readonly place: string;
  /** Goes up, and is notified, with every reply. */
  readonly replies: Int32Array;
}

/** One store in the thread that works for it. Calls come one after the other. */
export interface StoreDriver {
  write(writes: readonly StoreWrite[]): Promise<void>;
  get(key: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
  scan(from: Uint8Array, to: Uint8Array, limit: number): Promise<readonly (readonly [Uint8Array, Uint8Array])[]>;
  dispose(): Promise<void>;
}

/** Opens a new, empty store. */
export type OpenDriver = (name: string) => Promise<StoreDriver>;

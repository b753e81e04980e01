import { keyIdentity, UnusableKeyError } from './key-codec.ts';

/** A map from keys, which are the same when their canonical bytes are (key-codec.ts): primitives by themselves, composite keys by their bytes. */
export class KeyMap<V> {
  readonly #primitives = new Map<unknown, V>();
  #composites: Map<string, V> | null = null;

  get size(): number {
    return this.#primitives.size + (this.#composites?.size ?? 0);
  }

  get(key: unknown): V | undefined {
    if (typeof key === 'object' && key !== null) return this.#composites?.get(keyIdentity(key));
    return this.#primitives.get(key);
  }

  /** Throws UnusableKeyError for a key without bytes. */
  set(key: unknown, value: V): void {
    if (typeof key === 'object' && key !== null) {
      this.#composites ??= new Map();
      this.#composites.set(keyIdentity(key), value);
    } else {
      if (typeof key === 'function' || typeof key === 'symbol') throw new UnusableKeyError(`a ${typeof key} cannot be part of a key`);
      this.#primitives.set(key, value);
    }
  }

  delete(key: unknown): void {
    if (typeof key === 'object' && key !== null) this.#composites?.delete(keyIdentity(key));
    else this.#primitives.delete(key);
  }

  *values(): IterableIterator<V> {
    yield* this.#primitives.values();
    if (this.#composites !== null) yield* this.#composites.values();
  }
}

/** One KeyMap per key group: no map grows with all keys, which a worker could not survive (a single huge Map aborts the process). */
export class KeyGroupMaps<V> {
  readonly #groups: (KeyMap<V> | undefined)[] = [];

  get(keyGroup: number, key: unknown): V | undefined {
    return this.#groups[keyGroup]?.get(key);
  }

  set(keyGroup: number, key: unknown, value: V): void {
    let group = this.#groups[keyGroup];
    if (group === undefined) {
      group = new KeyMap();
      this.#groups[keyGroup] = group;
    }
    group.set(key, value);
  }

  delete(keyGroup: number, key: unknown): void {
    this.#groups[keyGroup]?.delete(key);
  }
}

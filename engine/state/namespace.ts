import { KeyGroupMaps } from './key-map.ts';

/**
 * What state of a key is kept under, beside the key: a window as [start, end) in ms, of which each has state of its own. Undefined = no namespace, as
 * for all state outside of windows (Flink's VoidNamespace).
 */
export type Namespace = readonly [start: number, end: number];

/** Canonical order: that of the bytes of entries. */
export function compareNamespaces(a: Namespace, b: Namespace): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

/** The namespace that was decoded from an entry. Throws TypeError for anything else. */
export function namespaceOf(decoded: unknown): Namespace | undefined {
  if (decoded === undefined) return undefined;
  const parts: readonly unknown[] = Array.isArray(decoded) ? decoded : [];
  const [start, end] = parts;
  if (typeof start === 'number' && typeof end === 'number') return [start, end];
  throw new TypeError('the namespace of an entry is not a window');
}

/** The namespaces of one key with a value each, in canonical order: most keys have few. */
export class NamespaceMap<V> {
  readonly namespaces: Namespace[] = [];
  readonly values: V[] = [];

  /** Where the namespace is, or −1 − the place where it would be. */
  #find(namespace: Namespace): number {
    let low = 0;
    for (let high = this.namespaces.length; low < high; ) {
      const middle = (low + high) >> 1;
      const order = compareNamespaces(this.namespaces[middle] ?? namespace, namespace);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  get(namespace: Namespace): V | undefined {
    return this.values[this.#find(namespace)];
  }

  set(namespace: Namespace, value: V): void {
    const place = this.#find(namespace);
    if (place >= 0) {
      this.values[place] = value;
      return;
    }
    this.namespaces.splice(-1 - place, 0, namespace);
    this.values.splice(-1 - place, 0, value);
  }

  delete(namespace: Namespace): void {
    const place = this.#find(namespace);
    if (place < 0) return;
    this.namespaces.splice(place, 1);
    this.values.splice(place, 1);
  }
}

/** Values by key and, where there is one, namespace. Without a namespace it is one look into a map. */
export class ScopedMaps<V> {
  readonly #plain = new KeyGroupMaps<V>();
  readonly #scoped = new KeyGroupMaps<NamespaceMap<V>>();

  get(keyGroup: number, key: unknown, namespace: Namespace | undefined): V | undefined {
    return namespace === undefined ? this.#plain.get(keyGroup, key) : this.#scoped.get(keyGroup, key)?.get(namespace);
  }

  set(keyGroup: number, key: unknown, namespace: Namespace | undefined, value: V): void {
    if (namespace === undefined) {
      this.#plain.set(keyGroup, key, value);
      return;
    }
    let scoped = this.#scoped.get(keyGroup, key);
    if (scoped === undefined) {
      scoped = new NamespaceMap();
      this.#scoped.set(keyGroup, key, scoped);
    }
    scoped.set(namespace, value);
  }

  delete(keyGroup: number, key: unknown, namespace: Namespace | undefined): void {
    if (namespace === undefined) {
      this.#plain.delete(keyGroup, key);
      return;
    }
    const scoped = this.#scoped.get(keyGroup, key);
    scoped?.delete(namespace);
    if (scoped?.values.length === 0) this.#scoped.delete(keyGroup, key);
  }

  /** What a key has in its namespaces, in their order; undefined when it has nothing there. */
  scoped(keyGroup: number, key: unknown): NamespaceMap<V> | undefined {
    return this.#scoped.get(keyGroup, key);
  }
}

/** Where a table looks up which namespace is meant. */
export interface Scope {
  readonly namespace: Namespace | undefined;
}

/** The scope of tables that have no namespaces. */
export const NO_NAMESPACE: Scope = { namespace: undefined };

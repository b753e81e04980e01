import type { KeyedStateBackend } from '../../api/state-backend.ts';
import type { StateKind } from '../state-capture.ts';
import { CachedEntries, type CacheLimits } from './cached-entries.ts';
import type { KeyLayout } from './key-bytes.ts';
import { StoredEntries } from './stored-entries.ts';

/** The store of one operator in one subtask, and how much of each of its states is kept decoded. */
export interface StateStore {
  readonly backend: KeyedStateBackend;
  readonly cache: CacheLimits;
}

/** A state of a store, without a cache. */
export function storedEntries({ backend }: StateStore, name: string, kind: StateKind, layout: KeyLayout): StoredEntries {
  return new StoredEntries(backend, name, kind, layout);
}

export function cachedEntries(store: StateStore, name: string, kind: StateKind, layout: KeyLayout = 'key-first'): CachedEntries {
  return new CachedEntries(storedEntries(store, name, kind, layout), store.cache);
}

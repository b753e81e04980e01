import type { KeyedStateBackend, StateBackend } from '../api/state-backend.ts';
import { Pair, SCENARIOS } from './state-backends/scenarios.ts';
import { openStore, STORE_CONTRACT } from './state-backends/store-contract.ts';
import { type MakeSubject, SUBJECTS } from './state-backends/subjects.ts';

/** So little that scenarios go beyond it. */
const CACHE = { entries: 8, bytes: 4_096 };

type Check = [name: string, check: (backend: StateBackend) => void];

/**
 * What every state backend has to do, by name: as a store of bytes, and under each kind of keyed state, where nothing may be different from the heap.
 * The kit opens and disposes of its stores. Throws AssertionError.
 */
export const STATE_BACKEND_CONFORMANCE: Readonly<Record<string, (backend: StateBackend) => void>> = Object.fromEntries<
  (backend: StateBackend) => void
>([
  ...Object.entries(STORE_CONTRACT).map(
    ([name, check]): Check => [`A store ${name}`, (backend: StateBackend): void => withStores(backend, (open) => check(open(), backend))],
  ),
  ...Object.entries(SUBJECTS).flatMap(([kind, make]) =>
    Object.entries(SCENARIOS).map(
      ([name, scenario]): Check => [
        `State of ${kind} ${name}`,
        (backend: StateBackend): void => withStores(backend, (open) => scenario(pairOf(make, open))),
      ],
    ),
  ),
]);

function withStores(backend: StateBackend, use: (open: () => KeyedStateBackend) => void): void {
  const opened: KeyedStateBackend[] = [];
  try {
    use(() => {
      const store = openStore(backend, opened.length);
      opened.push(store);
      return store;
    });
  } finally {
    for (const store of opened) store.dispose();
  }
}

function pairOf(make: MakeSubject, open: () => KeyedStateBackend): Pair {
  return new Pair(make({ backend: open(), cache: CACHE }), make(null), () => pairOf(make, open));
}

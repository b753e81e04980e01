import type { KeyedStateBackend, KeyedStateBackendParameters, StateBackend } from '../api/state-backend.ts';
import { UnsupportedOperationException } from '../api/errors.ts';
import type { CacheLimits } from '../state/stored/cached-entries.ts';
import type { StateStore } from '../state/stored/state-store.ts';

/** Per state of an operator in a subtask. */
const CACHE_LIMITS: CacheLimits = { entries: 8_192, bytes: 16 * 2 ** 20 };

/** Gives the state backend with this name of `state.backend.type`; null = there is none here. Throws for options that it cannot work with. */
export type StateBackends = (name: string, configuration: Readonly<Record<string, string>>) => StateBackend | null;

/** The backend that options name; null = the heap. Throws UnsupportedOperationException for one that there is not. */
export function chooseBackend(
  chosen: string | StateBackend,
  configuration: Readonly<Record<string, string>>,
  backends: StateBackends | null,
): StateBackend | null {
  if (typeof chosen !== 'string') return chosen;
  if (chosen === 'hashmap') return null;
  const backend = backends?.(chosen, configuration) ?? null;
  if (backend !== null) return backend;
  throw new UnsupportedOperationException(`There is no state backend '${chosen}' here.`, "Set 'state.backend.type' to 'hashmap'.");
}

/** The stores of a job: each is opened when it is first used, and all are disposed of with the job. */
export class StateStores {
  readonly #limits: CacheLimits;
  #backend: StateBackend | null = null;
  readonly #opened: KeyedStateBackend[] = [];

  constructor(limits: CacheLimits = CACHE_LIMITS) {
    this.#limits = limits;
  }

  use(backend: StateBackend | null): void {
    this.#backend = backend;
  }

  /** A store for one operator in one subtask; null = its state is on the heap. */
  store(parameters: KeyedStateBackendParameters): StateStore | null {
    const backend = this.#backend;
    if (backend === null) return null;
    const open = (): KeyedStateBackend => {
      const opened = backend.createKeyedStateBackend(parameters);
      this.#opened.push(opened);
      return opened;
    };
    return { backend: new LazyStore(open), cache: this.#limits };
  }

  /** Idempotent. The job is over: an error must not hide how it ended, nor keep other stores open. */
  dispose(): void {
    for (const store of this.#opened.splice(0)) {
      try {
        store.dispose();
      } catch {
        // As above.
      }
    }
  }
}

/** A program may be evaluated only to look at it: nothing is opened for that. */
class LazyStore implements KeyedStateBackend {
  readonly #open: () => KeyedStateBackend;
  #store: KeyedStateBackend | null = null;

  constructor(open: () => KeyedStateBackend) {
    this.#open = open;
  }

  #opened(): KeyedStateBackend {
    this.#store ??= this.#open();
    return this.#store;
  }

  get(key: Uint8Array): Uint8Array | null | undefined {
    return this.#opened().get(key);
  }
  put(key: Uint8Array, value: Uint8Array): void {
    this.#opened().put(key, value);
  }
  delete(key: Uint8Array): void {
    this.#opened().delete(key);
  }
  scan(from: Uint8Array, to: Uint8Array, limit: number): Iterable<readonly [Uint8Array, Uint8Array]> {
    return this.#opened().scan(from, to, limit);
  }
  dispose(): void {
    // The stores that were opened are disposed of together.
  }
}

import { threadId } from 'node:worker_threads';
import type { KeyedStateBackend, StateBackend } from '../../api/state-backend.ts';
import { IllegalArgumentException } from '../../api/errors.ts';
import type { StateBackends } from '../../runtime/state-stores.ts';
import { BlockingThread } from './blocking-thread.ts';
import type { StoreThreadData } from './store-protocol.ts';
import { ThreadedStore } from './threaded-store.ts';

const POSTGRESQL_URL = 'streambook.state.postgresql.url';

/** Of this thread, so that no two stores of a process have one name. */
let stores = 0;

/** Stores in a thread that lives as long as one of them. */
class ThreadedStateBackend implements StateBackend {
  readonly name: StoreThreadData['driver'];
  readonly #entry: URL;
  readonly #place: string;
  #thread: BlockingThread | null = null;
  #open = 0;

  constructor(entry: URL, driver: StoreThreadData['driver'], place: string) {
    this.#entry = entry;
    this.name = driver;
    this.#place = place;
  }

  createKeyedStateBackend(): KeyedStateBackend {
    const thread = this.#thread ?? new BlockingThread(this.#entry, 'state', { driver: this.name, place: this.#place });
    this.#thread = thread;
    const store = ++stores;
    this.#open++;
    const close = (): void => {
      this.#open--;
      if (this.#open > 0) return;
      thread.close();
      this.#thread = null;
    };
    try {
      return new ThreadedStore(thread, store, `${process.pid}-${threadId}-${store}`, close);
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** State on disk: a LevelDB per keyed operator and subtask. `entry`: state-thread.ts, built. `folder`: where each has a folder of its own, which goes with it. */
export function levelDbStateBackend(entry: URL, folder: string): StateBackend {
  return new ThreadedStateBackend(entry, 'leveldb', folder);
}

/** State on a server of PostgreSQL. `url`: without a password. Throws IllegalArgumentException for anything else. */
export function postgreSqlStateBackend(entry: URL, url: string): StateBackend {
  const example = `Set '${POSTGRESQL_URL}', for example to 'postgresql://me@localhost:5432/streambook'.`;
  if (url === '') throw new IllegalArgumentException(`The state backend 'postgresql' needs the option '${POSTGRESQL_URL}'.`, example);
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new IllegalArgumentException(`Option '${POSTGRESQL_URL}' needs the URL of a server.`, example);
  }
  if (new URL(url).password !== '' || new URL(url).searchParams.has('password')) {
    throw new IllegalArgumentException(
      `Option '${POSTGRESQL_URL}' must not hold a password: options are stored in notebooks and checkpoints.`,
      'Leave it out of the URL, and give it in the environment variable PGPASSWORD.',
    );
  }
  return new ThreadedStateBackend(entry, 'postgresql', url);
}

/** The state backends that need more than the engine has. `entry`: state-thread.ts, built. `folder`: where they may keep files. */
export function nodeStateBackends(entry: URL, folder: string): StateBackends {
  return (name, configuration) => {
    if (name === 'postgresql') return postgreSqlStateBackend(entry, configuration[POSTGRESQL_URL] ?? '');
    return name === 'leveldb' || name === 'rocksdb' ? levelDbStateBackend(entry, folder) : null;
  };
}

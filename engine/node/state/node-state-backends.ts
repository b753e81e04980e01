import { threadId } from 'node:worker_threads';
import type { KeyedStateBackend, StateBackend } from '../../api/state-backend.ts';
import type { StateBackends } from '../../runtime/state-stores.ts';
import { BlockingThread } from './blocking-thread.ts';
import { ThreadedStore } from './threaded-store.ts';

/** Of this thread, so that no two stores of a process have one name. */
let stores = 0;

/** State on disk: a LevelDB per keyed operator and subtask, all in one thread that lives as long as one of them. */
export class LevelDbStateBackend implements StateBackend {
  readonly name = 'leveldb';
  readonly #entry: URL;
  readonly #folder: string;
  #thread: BlockingThread | null = null;
  #open = 0;

  /** `entry`: state-thread.ts, built. `folder`: where stores are, each in a folder of its own that goes with it. */
  constructor(entry: URL, folder: string) {
    this.#entry = entry;
    this.#folder = folder;
  }

  createKeyedStateBackend(): KeyedStateBackend {
    const thread = this.#thread ?? new BlockingThread(this.#entry, 'state', { driver: 'leveldb', folder: this.#folder });
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

/** The state backends that need more than the engine has. `entry`: state-thread.ts, built. `folder`: where they may keep files. */
export function nodeStateBackends(entry: URL, folder: string): StateBackends {
  return (name) => (name === 'leveldb' || name === 'rocksdb' ? new LevelDbStateBackend(entry, folder) : null);
}

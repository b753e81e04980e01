import { randomUUID } from 'node:crypto';
import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import type { CatalogJob } from './catalog.ts';

/** What a running job does with its own checkpoints. */
export interface OwnCheckpoints {
  label(ref: CheckpointRef, label: string | null): Promise<void>;
  deleteCheckpoint(ref: CheckpointRef): Promise<void>;
}

/** Changes checkpoints on the disk: through the job where it runs, for it holds their lock, else under a lock of our own. */
export class CheckpointActions {
  readonly #running: (job: CatalogJob) => OwnCheckpoints | null;
  readonly #session: string;

  /** `session`: of the jobs of this window. */
  constructor(running: (job: CatalogJob) => OwnCheckpoints | null, session: string) {
    this.#running = running;
    this.#session = session;
  }

  async label(job: CatalogJob, ref: CheckpointRef, label: string | null): Promise<void> {
    const running = this.#running(job);
    await (running === null ? this.#locked(job, (store) => store.setLabel(ref, label)) : running.label(ref, label));
  }

  async delete(job: CatalogJob, ref: CheckpointRef): Promise<void> {
    const running = this.#running(job);
    await (running === null ? this.#locked(job, (store) => store.delete(ref)) : running.deleteCheckpoint(ref));
  }

  async #locked(job: CatalogJob, work: (store: CheckpointStore) => Promise<void>): Promise<void> {
    // A session of its own: a job that begins meanwhile must not take the lock over, as one job of a window does from another.
    const holder = lockHolder('VS Code', randomUUID(), Date.now());
    const options = { holder, now: Date.now, from: null };
    const store = await CheckpointStore.maintain(new FileDisk(job.directory), job.identity, options, this.#session);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }
}

import { rm } from 'node:fs/promises';
import type { JobIdentity } from '../../../engine/checkpoint/manifest.ts';
import type { JobSnapshot } from '../../../engine/checkpoint/snapshot.ts';
import { CheckpointStore } from '../../../engine/node/checkpoints/checkpoint-store.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../../engine/node/checkpoints/lock.ts';

/** The state at the position of a replay, laid down like a checkpoint in a folder of its own, where the Checkpoints view finds it. The folder goes with the replay. */
export class PositionState {
  readonly #directory: string;
  readonly #store: Promise<CheckpointStore>;
  #number = 0;
  #queue: Promise<void> = Promise.resolve();

  /** `session`: of the window. */
  constructor(directory: string, job: JobIdentity, session: string) {
    this.#directory = directory;
    this.#store = rm(directory, { recursive: true, force: true }).then(() =>
      CheckpointStore.open(new FileDisk(directory), job, {
        holder: lockHolder('VS Code', session, Date.now()),
        now: Date.now,
        from: null,
      }),
    );
    this.#store.catch(() => undefined);
  }

  /** Replaces what was there. Rejects with DiskError or CheckpointError. */
  async show(snapshot: JobSnapshot): Promise<void> {
    const work = this.#queue.then(async () => {
      const store = await this.#store;
      this.#number++;
      await store.publish(
        { ...snapshot, checkpoint: this.#number },
        { kind: 'checkpoint', label: null, final: false, triggered: Date.now(), pause: 0, encoding: 0, elapsed: () => performance.now() },
      );
      await store.retain(1);
    });
    this.#queue = work.catch(() => undefined);
    await work;
  }

  /** Takes it away. Never rejects. */
  async close(): Promise<void> {
    await this.#queue;
    await this.#store.then((store) => store.close()).catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

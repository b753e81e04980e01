import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { jobFolder } from '../../engine/checkpoint/job-folder.ts';
import type { JobIdentity } from '../../engine/checkpoint/manifest.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { forgetLock } from '../../engine/node/checkpoints/lock.ts';
import type { Memory } from '../platform/ports.ts';

/** Where the checkpoints of a notebook's cells are. */
export interface CheckpointPlace {
  /** Folder on this machine. */
  readonly directory: string;
  readonly job: JobIdentity;
}

/** Gives each notebook a folder for its checkpoints below the extension's storage. */
export class CheckpointPlaces {
  /** Folder that holds one folder per notebook; null when the storage is not on this machine. */
  readonly root: string | null;
  /** Of this window: its jobs give way to each other. */
  readonly session: string = randomUUID();

  readonly #memory: Memory;

  constructor(root: string | null, memory: Memory) {
    this.root = root;
    this.#memory = memory;
  }

  /** The notebook whose checkpoints are in that folder, as far as it has run in this workspace. */
  notebookOf(directory: string): string | null {
    const uri = this.#memory.get(`checkpoints:${path.basename(directory)}`);
    return typeof uri === 'string' ? uri : null;
  }

  /** A job of the notebook writes checkpoints there. */
  remember({ directory }: CheckpointPlace, notebook: string): void {
    this.#memory.set(`checkpoints:${path.basename(directory)}`, notebook);
  }

  /** Lets others have the checkpoints of a job whose worker is gone without a word. */
  async release({ directory, job }: CheckpointPlace): Promise<void> {
    await forgetLock(new FileDisk(directory), jobFolder(job), this.session);
  }

  /** `cell`: the job's name. Null when checkpoints can only be kept in memory. */
  of(notebook: string, cell: string): CheckpointPlace | null {
    if (this.root === null) {
      return null;
    }
    const name = decodeURIComponent(notebook.split('/').at(-1) ?? '');
    const hash = createHash('sha256').update(notebook).digest('hex').slice(0, 12);
    const slug = name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40);
    return { directory: path.join(this.root, `${slug}-${hash}`), job: { notebook: name, cell } };
  }
}

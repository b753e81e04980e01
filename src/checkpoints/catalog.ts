import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointManifest, FailedCheckpoint, RunInfo, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { CheckpointReader, type ListedCheckpoint, type ListedJob } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';

/** A job with the folder of its notebook's checkpoints. */
export interface CatalogJob extends ListedJob {
  /** Folder on this machine. */
  readonly directory: string;
}

export type EntryPage = readonly (readonly [key: Uint8Array, value: Uint8Array])[];

/** The checkpoints of all notebooks, as they are on the disk. */
export interface Catalog {
  jobs(): Promise<readonly CatalogJob[]>;
  /** Newest first. */
  runs(job: CatalogJob): Promise<readonly RunInfo[]>;
  /** Newest first. */
  checkpoints(job: CatalogJob, run: number): Promise<readonly ListedCheckpoint[]>;
  failed(job: CatalogJob, run: number): Promise<readonly FailedCheckpoint[]>;
  /** The first `limit` entries behind `after`. */
  page(job: CatalogJob, state: StateManifest, after: Uint8Array | null, limit: number): Promise<EntryPage>;
  entries(job: CatalogJob, state: StateManifest): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
}

export type { CheckpointManifest, ListedCheckpoint };

/** Reads the folders below `root`, one per notebook. */
export class DiskCatalog implements Catalog {
  readonly #root: string;
  readonly #readers = new Map<string, CheckpointReader>();

  constructor(root: string) {
    this.#root = root;
  }

  #reader(directory: string): CheckpointReader {
    let reader = this.#readers.get(directory);
    if (reader === undefined) {
      reader = new CheckpointReader(new FileDisk(directory));
      this.#readers.set(directory, reader);
    }
    return reader;
  }

  async jobs(): Promise<readonly CatalogJob[]> {
    const names = await readdir(this.#root).catch(() => []);
    const jobs: CatalogJob[] = [];
    for (const name of names.sort()) {
      const directory = path.join(this.#root, name);
      for (const job of await this.#reader(directory).jobs()) {
        jobs.push({ ...job, directory });
      }
    }
    return jobs;
  }

  async runs({ directory, folder }: CatalogJob): Promise<readonly RunInfo[]> {
    return [...(await this.#reader(directory).runs(folder))].reverse();
  }

  async checkpoints({ directory, folder }: CatalogJob, run: number): Promise<readonly ListedCheckpoint[]> {
    return [...(await this.#reader(directory).checkpoints(folder, run))].reverse();
  }

  failed({ directory, folder }: CatalogJob, run: number): Promise<readonly FailedCheckpoint[]> {
    return this.#reader(directory).failed(folder, run);
  }

  page({ directory, folder }: CatalogJob, state: StateManifest, after: Uint8Array | null, limit: number): Promise<EntryPage> {
    return this.#reader(directory).page(folder, state, after, limit);
  }

  entries({ directory, folder }: CatalogJob, state: StateManifest): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    return this.#reader(directory).entries(folder, state, null);
  }
}

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { blobPath, numberIn, runFolder } from '../../engine/checkpoint/job-folder.ts';
import type { CheckpointManifest, FailedCheckpoint, RunInfo, StateManifest } from '../../engine/checkpoint/manifest.ts';
import { CheckpointReader, type ListedCheckpoint, type ListedJob } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { isReplayFolder } from './replay-folder.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';

/** A job with the folder of its notebook's checkpoints. */
export interface CatalogJob extends ListedJob {
  /** Folder on this machine. */
  readonly directory: string;
  /** Name of the notebook now; in `identity` is the one that it had at first. */
  readonly notebook: string;
  /** These are no checkpoints of the job but its state at the position of a replay. */
  readonly isReplay: boolean;
}

/** A folder that cannot be read, and why. The others can. */
export interface UnreadableFolder {
  readonly directory: string;
  readonly reason: string;
}

/** How much there is of a job: checkpoints that are visible, and bytes on the disk. */
export interface Extent {
  readonly checkpoints: number;
  readonly bytes: number;
}

export type EntryPage = readonly (readonly [key: Uint8Array, value: Uint8Array])[];

/** The checkpoints of all notebooks, as they are on the disk. */
export interface Catalog {
  jobs(): Promise<readonly (CatalogJob | UnreadableFolder)[]>;
  extent(job: CatalogJob): Promise<Extent>;
  /** What was read before is not trusted any more. */
  forget(): void;
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
  readonly #root: string | null;
  readonly #nameOf: (directory: string) => string | null;
  readonly #readers = new Map<string, CheckpointReader>();
  /** Bytes of blobs, by path: a blob never changes. */
  readonly #sizes = new Map<string, number>();

  /** `root`: null when there is no such folder on this machine. `nameOf`: of the notebook that a folder belongs to, where it is known. */
  constructor(root: string | null, nameOf: (directory: string) => string | null = () => null) {
    this.#root = root;
    this.#nameOf = nameOf;
  }

  #reader(directory: string): CheckpointReader {
    let reader = this.#readers.get(directory);
    if (reader === undefined) {
      reader = new CheckpointReader(new FileDisk(directory));
      this.#readers.set(directory, reader);
    }
    return reader;
  }

  forget(): void {
    this.#readers.clear();
    this.#sizes.clear();
  }

  async jobs(): Promise<readonly (CatalogJob | UnreadableFolder)[]> {
    const found: (CatalogJob | UnreadableFolder)[] = [];
    for (const directory of await this.#folders()) {
      try {
        const name = this.#nameOf(directory);
        const jobs = await this.#reader(directory).jobs();
        found.push(
          ...jobs.map((job) => ({ ...job, directory, notebook: name ?? job.identity.notebook, isReplay: isReplayFolder(directory) })),
        );
      } catch (error) {
        found.push({ directory, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return found;
  }

  /** None when nothing has ever been written. */
  async #folders(): Promise<readonly string[]> {
    const root = this.#root;
    if (root === null) return [];
    try {
      const entries = await readdir(root, { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isDirectory() ? path.join(root, entry.name) : [])).sort();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  async extent({ directory, folder }: CatalogJob): Promise<Extent> {
    const disk = new FileDisk(directory);
    let checkpoints = 0;
    for (const run of (await disk.list(folder)).flatMap((name) => numberIn(name, 'run-') ?? [])) {
      const names = await disk.list(runFolder(folder, run));
      checkpoints += names.filter((name) => numberIn(name, 'chk-', '.json') !== null).length;
    }
    let bytes = 0;
    for (const blob of await disk.list(`${folder}/blobs`)) {
      if (blob.endsWith('.part')) continue;
      const file = blobPath(folder, blob);
      const known = this.#sizes.get(path.join(directory, file));
      const size = known ?? (await disk.size(file)) ?? 0;
      this.#sizes.set(path.join(directory, file), size);
      bytes += size;
    }
    return { checkpoints, bytes };
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

import { blobPath, jobFolder, manifestPath, numberIn, runFolder } from '../../checkpoint/job-folder.ts';
import { CheckpointError, readManifest, segmentsOf, writeManifest } from '../../checkpoint/manifest-codec.ts';
import type { CheckpointManifest, CheckpointRef, JobIdentity, RunInfo } from '../../checkpoint/manifest.ts';
import { type RetainedCheckpoint, runsToForget, toUnpublish, unreferenced } from '../../checkpoint/retention.ts';
import type { CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';
import { type Disk, DiskError } from './disk.ts';

/** A checkpoint that is visible. */
export interface VisibleCheckpoint extends RetainedCheckpoint {
  /** Names of the files that it is to commit, below the folders of their sinks. */
  readonly pending: readonly string[];
}

const NOTHING = new Uint8Array(0);

/** What others need to know of a checkpoint: what it refers to, and whether it may go. */
export function visibleCheckpoint(manifest: CheckpointManifest): VisibleCheckpoint {
  const { run, checkpoint, kind, label, operators } = manifest;
  return {
    run,
    checkpoint,
    kept: kind === 'savepoint' || label !== null,
    blobs: segmentsOf(manifest).map(({ blob }) => blob),
    pending: operators.flatMap(({ subtasks }) => subtasks.flatMap(({ committables }) => committables.map(({ pending }) => pending))),
  };
}

/**
 * Copies of a job's checkpoints in a storage, laid out as in a folder of checkpoints, for one run at a time. As there a copy is visible once its manifest is,
 * and everything it needs is durable before; deleting goes the other way round. A run takes its number with `create`: from then on what earlier ones still
 * publish does not count, as they look for later runs once the manifest is there.
 */
export class CheckpointCopies {
  readonly #access: CheckpointStorageAccess;
  readonly #folder: string;
  readonly #job: JobIdentity;
  /** 0 = none has begun. */
  #run = 0;
  /** By the paths of their manifests; null when nobody knows what is there. */
  #copies: Map<string, VisibleCheckpoint> | null = null;
  /** Blobs that are in the storage. */
  #blobs = new Set<string>();

  constructor(access: CheckpointStorageAccess, job: JobIdentity) {
    this.#access = access;
    this.#folder = jobFolder(job);
    this.#job = job;
  }

  /** Numbers of the runs that are in the storage. */
  async runs(): Promise<readonly number[]> {
    const names = await this.#access.list(`${this.#folder}/run-`);
    const numbers = names.map((name) => numberIn(name.slice(this.#folder.length + 1).split('/')[0] ?? '', 'run-') ?? 0);
    return [...new Set(numbers)].filter((run) => run > 0);
  }

  /** Begins a run: its number has to be higher than all before. Rejects with CheckpointError when another has taken it. */
  async begin(info: RunInfo): Promise<void> {
    const path = this.#runInfo(info.run);
    if (!(await this.#access.create(path, Buffer.from(JSON.stringify(info))))) {
      throw new CheckpointError('locked', `${path} was begun by someone else at the same moment. Run again.`);
    }
    this.#run = info.run;
    // Earlier runs may have published until now.
    this.#copies = null;
    await this.#access.create(`${this.#folder}/job.json`, Buffer.from(JSON.stringify(this.#job)));
  }

  /** What the run turned out to begin from; takes away what earlier ones have left behind. */
  async describe(info: RunInfo): Promise<void> {
    await this.#access.write(this.#runInfo(info.run), Buffer.from(JSON.stringify(info)));
    const copies = await this.#visible();
    if (copies === null) return;
    await this.#sweep(copies);
    const forgotten = new Set(runsToForget(await this.runs(), copies));
    for (const run of forgotten) await this.#access.delete(this.#runInfo(run));
  }

  /** Copies a checkpoint of `disk`, or its changed label. After a rejection the copy may be there or not. */
  async add(manifest: CheckpointManifest, disk: Pick<Disk, 'read'>): Promise<void> {
    await this.#stillOurs();
    for (const blob of new Set(segmentsOf(manifest).map((segment) => segment.blob))) {
      if (this.#blobs.has(blob)) continue;
      const path = blobPath(this.#folder, blob);
      await this.#access.write(path, await disk.read(path));
      this.#blobs.add(blob);
    }
    const path = manifestPath(this.#folder, manifest);
    const copies = this.#copies;
    this.#copies = null;
    await this.#access.write(path, Buffer.from(writeManifest(manifest)));
    this.#copies = copies?.set(path, visibleCheckpoint(manifest)) ?? null;
    try {
      await this.#stillOurs();
    } catch (error) {
      // A later run may not have seen it. That it does not count is what has to be said.
      await this.#access.delete(path).catch(() => undefined);
      throw error;
    }
  }

  /** Copies a savepoint of a run that has not begun here. Rejects with CheckpointError when another run has its number. */
  async addSavepoint(manifest: CheckpointManifest, info: RunInfo, disk: Pick<Disk, 'read'>): Promise<void> {
    const path = this.#runInfo(info.run);
    const text = Buffer.from(JSON.stringify(info));
    if (!(await this.#access.create(path, text)) && !text.equals((await this.#access.read(path)) ?? NOTHING)) {
      throw new CheckpointError('locked', `${path} is that of another run. Start the job again: then it has another number.`);
    }
    await this.#access.create(`${this.#folder}/job.json`, Buffer.from(JSON.stringify(this.#job)));
    await this.add(manifest, disk);
  }

  /** Whether a checkpoint is there and readable, as far as this run knows. */
  async has({ run, checkpoint }: CheckpointRef): Promise<boolean> {
    return (await this.#visible())?.some((one) => one.run === run && one.checkpoint === checkpoint) === true;
  }

  /** What is there; null when something of it cannot be read. */
  async list(): Promise<readonly VisibleCheckpoint[] | null> {
    return await this.#visible();
  }

  /** Its manifest; null when it is not there. Rejects with CheckpointError for a damaged one. */
  async manifest(ref: CheckpointRef): Promise<CheckpointManifest | null> {
    const path = manifestPath(this.#folder, ref);
    const bytes = await this.#access.read(path);
    return bytes === null || bytes === undefined ? null : readManifest(Buffer.from(bytes).toString('utf8'), path);
  }

  /** For those who read what is in the storage as from a disk: all of it is durable. */
  get disk(): Pick<Disk, 'read' | 'syncFile' | 'syncFolder'> {
    return {
      read: async (path) => {
        const bytes = await this.#access.read(path);
        if (bytes === null || bytes === undefined) throw new DiskError('ENOENT', path, `${path} is not there.`);
        return bytes;
      },
      syncFile: () => Promise.resolve(),
      syncFolder: () => Promise.resolve(),
    };
  }

  /** CheckpointStore.retain, with the same decisions. */
  async retain(count: number, needed: CheckpointRef | null, claimed: CheckpointRef | null): Promise<void> {
    const copies = await this.#visible();
    if (copies !== null) await this.#remove(copies, toUnpublish(copies, this.#run, count, needed, claimed));
  }

  /** CheckpointStore.discard. */
  async discard(): Promise<void> {
    const copies = await this.#visible();
    if (copies === null) return;
    await this.#remove(
      copies,
      copies.filter(({ run, kept }) => run === this.#run && !kept),
    );
  }

  /** Does nothing for one that is not there. */
  async delete(ref: CheckpointRef): Promise<void> {
    const copies = await this.#visible();
    if (copies !== null) await this.#remove(copies, [ref]);
  }

  /** The run has ended. */
  async close(): Promise<void> {
    await this.#access.dispose();
  }

  async #remove(copies: readonly VisibleCheckpoint[], gone: readonly CheckpointRef[]): Promise<void> {
    if (gone.length === 0) return;
    await this.#stillOurs();
    for (const ref of gone) {
      const path = manifestPath(this.#folder, ref);
      await this.#access.delete(path);
      this.#copies?.delete(path);
    }
    await this.#sweep(copies.filter((one) => !gone.some(({ run, checkpoint }) => run === one.run && checkpoint === one.checkpoint)));
  }

  /** Deletes the blobs that no copy refers to. */
  async #sweep(copies: readonly VisibleCheckpoint[]): Promise<void> {
    await this.#stillOurs();
    for (const blob of unreferenced([...this.#blobs], copies)) {
      // Not known any more before it is gone: after a rejection nobody knows.
      this.#blobs.delete(blob);
      await this.#access.delete(blobPath(this.#folder, blob));
    }
  }

  /** Rejects with CheckpointError when a later run has begun. */
  async #stillOurs(): Promise<void> {
    const later = this.#run === 0 ? undefined : (await this.runs()).find((run) => run > this.#run);
    if (later === undefined) return;
    throw new CheckpointError(
      'locked',
      `Run ${later} has taken over the checkpoints in the storage, as run ${this.#run} was believed to be over. It changes nothing of them any more. ` +
        'Go on with the newer run.',
    );
  }

  async #visible(): Promise<readonly VisibleCheckpoint[] | null> {
    try {
      return [...(await this.#known()).values()];
    } catch (error) {
      if (error instanceof CheckpointError) return null;
      throw error;
    }
  }

  async #known(): Promise<ReadonlyMap<string, VisibleCheckpoint>> {
    if (this.#copies !== null) return this.#copies;
    const names = await this.#access.list(`${this.#folder}/`);
    const copies = new Map<string, VisibleCheckpoint>();
    for (const path of names.filter((name) => /\/run-\d+\/chk-\d+\.json$/.test(name))) {
      const bytes = await this.#access.read(path);
      // Between two calls an earlier run may have taken back what does not count.
      if (bytes !== null && bytes !== undefined) {
        copies.set(path, visibleCheckpoint(readManifest(Buffer.from(bytes).toString('utf8'), path)));
      }
    }
    const blobs = `${this.#folder}/blobs/`;
    this.#blobs = new Set(names.flatMap((name) => (name.startsWith(blobs) ? [name.slice(blobs.length)] : [])));
    this.#copies = copies;
    return copies;
  }

  #runInfo(run: number): string {
    return `${runFolder(this.#folder, run)}/run.json`;
  }
}

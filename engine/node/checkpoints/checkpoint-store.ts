import { blobPath, jobFolder, manifestPath, numberIn, runFolder } from '../../checkpoint/job-folder.ts';
import { CheckpointError, MAX_MANIFEST_BYTES, writeManifest } from '../../checkpoint/manifest-codec.ts';
import {
  CHECKPOINT_FORMAT,
  type CheckpointKind,
  type CheckpointManifest,
  type CheckpointRef,
  type FailedCheckpoint,
  type JobIdentity,
  type RunInfo,
} from '../../checkpoint/manifest.ts';
import {
  type EarlierParts,
  earlierParts,
  type RetainedCheckpoint,
  runsToForget,
  toUnpublish,
  unreferenced,
} from '../../checkpoint/retention.ts';
import type { JobRestore, JobSnapshot } from '../../checkpoint/snapshot.ts';
import type { Pause } from '../time-slices.ts';
import { type CheckpointCopies, visibleCheckpoint, type VisibleCheckpoint } from './checkpoint-copies.ts';
import { loadCheckpoint } from './checkpoint-load.ts';
import { packSnapshot } from './checkpoint-pack.ts';
import { CheckpointReader, readable } from './checkpoint-reader.ts';
import type { Disk } from './disk.ts';
import { DurableFiles } from './durable-files.ts';
import { checkLock, type LockHolder, releaseLock, takeLock } from './lock.ts';
import { TurnQueue } from './turn-queue.ts';

export interface StoreOptions {
  readonly holder: LockHolder;
  /** Wall clock, ms. */
  now(): number;
  /** Where the run begins; null = with nothing. A function is called when nobody else can publish any more: so the newest is the newest. */
  readonly from: CheckpointRef | null | (() => Promise<CheckpointRef | null>);
  /** RunInfo.notebookPath. */
  readonly notebookPath?: string;
  /** Gets a copy of each checkpoint before that counts. Closed with the store. */
  readonly copies?: CheckpointCopies | null;
  /** Gets a copy of each savepoint. Rejects when it could not be made. */
  readonly onSavepoint?: ((manifest: CheckpointManifest, run: RunInfo, disk: Disk) => Promise<void>) | null;
  /** Numbers of runs elsewhere that this one must not have. */
  readonly takenRuns?: readonly number[];
  /** Nothing outlives the process: there are no savepoints but those that `onSavepoint` takes. */
  readonly isVolatile?: boolean;
  /** The folder that `from` is in, when it is another one. */
  readonly elsewhere?: Disk | null;
  /** Cuts long work into turns, where a job runs on the same thread. */
  readonly pause?: Pause;
}

/** What is known of a checkpoint besides its snapshot; times in ms. */
export interface PublishDetails {
  readonly kind: CheckpointKind;
  readonly label: string | null;
  readonly final: boolean;
  /** Wall clock. */
  readonly triggered: number;
  readonly pause: number;
  readonly encoding: number;
  /** Its state is compressed on the disk. Default: it is not. */
  readonly compressed?: boolean;
  /** A clock that never goes back. */
  elapsed(): number;
}

const MAX_FAILED = 20;

/**
 * The checkpoints of one job, for the run that writes them. A checkpoint is there once its manifest has its name: everything it needs is durable before.
 * Deleting goes the other way round: the manifest first, then what nothing refers to any more.
 */
export class CheckpointStore {
  readonly job: JobIdentity;
  readonly run: number;
  /** Where the run begins; null = with nothing. */
  readonly from: CheckpointRef | null;
  readonly #info: RunInfo;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #options: StoreOptions;
  readonly #reader: CheckpointReader;
  readonly #files: DurableFiles;
  readonly #pause: Pause;
  /** Newest published checkpoint of this run: what deltas refer to. */
  #last: CheckpointManifest | null = null;
  #inDoubt = false;
  #failed: FailedCheckpoint[] = [];
  #earlierParts: EarlierParts;
  /** Users name and delete checkpoints while the job publishes: a blob is not referred to yet before its manifest is there, and must not be deleted. */
  readonly #turns = new TurnQueue();

  private constructor(disk: Disk, job: JobIdentity, info: RunInfo, from: CheckpointRef | null, options: StoreOptions) {
    const { run } = info;
    this.#disk = disk;
    this.job = job;
    this.run = run;
    this.from = from;
    this.#info = info;
    this.#folder = jobFolder(job);
    this.#options = options;
    this.#earlierParts = earlierParts(null, run, from);
    this.#reader = new CheckpointReader(disk);
    this.#files = new DurableFiles(disk);
    this.#pause = options.pause ?? ((): null => null);
  }

  /** Takes the lock and begins a new run. Rejects with CheckpointError when someone else holds it, or DiskError, or as `options.from` does. */
  static async open(disk: Disk, job: JobIdentity, options: StoreOptions): Promise<CheckpointStore> {
    const folder = jobFolder(job);
    if ((await disk.size('.gitignore')) === null) {
      await disk.makeFolder(folder);
      await disk.create('.gitignore', [Buffer.from('*\n')]);
    }
    await disk.makeFolder(`${folder}/blobs`);
    await takeLock(disk, folder, options.holder);
    try {
      // What a run that is believed to be over has begun to publish comes to nothing from here on: it would rename what is gone, or finds its lock gone.
      await removeTemporaries(disk, folder);
      const { copies = null } = options;
      if ((await disk.size(`${folder}/job.json`)) === null) await disk.create(`${folder}/job.json`, [Buffer.from(JSON.stringify(job))]);
      const runs = (await disk.list(folder)).flatMap((name) => numberIn(name, 'run-') ?? []);
      const run = Math.max(0, ...runs, ...((await copies?.runs()) ?? []), ...(options.takenRuns ?? [])) + 1;
      const begun: RunInfo = { run, started: options.now(), forkedFrom: null, notebookPath: options.notebookPath ?? null };
      await copies?.begin(begun);
      const from = typeof options.from === 'function' ? await options.from() : options.from;
      if (!(await disk.makeFolder(runFolder(folder, run)))) throw begunElsewhere(folder, run);
      // What is in a folder is only durable with the names of all folders above.
      for (const above of ['', 'jobs', folder]) await disk.syncFolder(above);
      const info: RunInfo = { ...begun, forkedFrom: (options.elsewhere ?? null) === null ? from : null };
      await disk.create(`${runFolder(folder, run)}/run.json`, [Buffer.from(JSON.stringify(info))]);
      await copies?.describe(info);
      const store = new CheckpointStore(disk, job, info, from, options);
      await store.#sweep([...runs, run]);
      return store;
    } catch (error) {
      // Why it could not begin is what counts.
      await releaseLock(disk, folder, options.holder).catch(() => undefined);
      await options.copies?.close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Takes the lock to name or delete checkpoints, without a run. `yielding`: a session of which the caller knows that it has no run of this job, so that a
   * lock of its is that of a worker that was killed. Rejects as `open`.
   */
  static async maintain(
    disk: Disk,
    job: JobIdentity,
    options: StoreOptions,
    yielding: string = options.holder.session,
  ): Promise<CheckpointStore> {
    await takeLock(disk, jobFolder(job), options.holder, yielding);
    const none: RunInfo = { run: 0, started: options.now(), forkedFrom: null, notebookPath: null };
    const store = new CheckpointStore(disk, job, none, null, options);
    try {
      // One of an earlier time without a run may have the name that the first file of this one would have.
      await removeTemporaries(disk, store.#folder);
      return store;
    } catch (error) {
      await store.close().catch(() => undefined);
      throw error;
    }
  }

  /** Newest published checkpoint of this run. */
  get newest(): CheckpointManifest | null {
    return this.#last;
  }

  /** A checkpoint newer than `newest` may be there: publishing it was rejected at the very end. `loadNewest` finds out. */
  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /** What sinks of earlier runs may have left behind. */
  get earlierParts(): EarlierParts {
    return this.#earlierParts;
  }

  /** Makes a snapshot durable and visible. After a rejection it may be there or not; the next snapshot has to be full. */
  publish(snapshot: JobSnapshot, details: PublishDetails): Promise<CheckpointManifest> {
    return this.#turns.run(() => this.#files.tidily(() => this.#publish(snapshot, details)));
  }

  async #publish(snapshot: JobSnapshot, details: PublishDetails): Promise<CheckpointManifest> {
    const begun = details.elapsed();
    const { blob, operators, stateBytes } = await packSnapshot(snapshot, this.#last, this.#pause, details.compressed);
    const path = manifestPath(this.#folder, { run: this.run, checkpoint: snapshot.checkpoint });
    if (blob !== null) await this.#files.writeBlob(blobPath(this.#folder, blob.name), this.run, blob.pieces, blob.length);
    const manifest: CheckpointManifest = {
      format: CHECKPOINT_FORMAT,
      job: this.job,
      run: this.run,
      checkpoint: snapshot.checkpoint,
      kind: details.kind,
      label: details.label,
      final: details.final,
      triggered: details.triggered,
      completed: this.#options.now(),
      pause: details.pause,
      encoding: details.encoding,
      writing: details.elapsed() - begun,
      records: snapshot.records,
      watermark: Number.isFinite(snapshot.watermark) ? snapshot.watermark : null,
      processingTime: snapshot.processingTime,
      graphHash: snapshot.graphHash,
      ended: snapshot.ended,
      runtime: Buffer.from(snapshot.runtime).toString('base64'),
      stateBytes,
      writtenBytes: blob?.length ?? 0,
      operators,
    };
    const text = writeManifest(manifest);
    if (text.length > MAX_MANIFEST_BYTES) {
      throw new CheckpointError(
        'limit',
        `The manifest of checkpoint ${snapshot.checkpoint} would have ${text.length} bytes; the limit is ${MAX_MANIFEST_BYTES}.`,
      );
    }
    this.#inDoubt = true;
    await this.#files.writeWhole(path, text, () => this.#stillOurs());
    this.#files.trust();
    await this.#copy(manifest);
    this.#inDoubt = false;
    this.#last = manifest;
    return manifest;
  }

  /** It counts only once there are all copies of it: what the sinks have committed may be restored from the storage. */
  async #copy(manifest: CheckpointManifest): Promise<void> {
    await this.#options.copies?.add(manifest, this.#disk);
    if (manifest.kind === 'savepoint') await this.#options.onSavepoint?.(manifest, this.#info, this.#disk);
  }

  /** Reads and verifies a checkpoint of this job. Rejects with CheckpointError or DiskError, naming the file. */
  async load(ref: CheckpointRef): Promise<JobRestore> {
    const path = manifestPath(this.#folder, ref);
    const { copies = null, elsewhere = null } = this.#options;
    const place = ref === this.from ? (elsewhere ?? this.#disk) : this.#disk;
    if ((await place.size(path)) !== null) {
      const reader = place === this.#disk ? this.#reader : new CheckpointReader(place);
      return await loadCheckpoint(place, this.#folder, this.#ours(readable(await reader.checkpoint(this.#folder, ref, true)), path));
    }
    const copy = (await copies?.manifest(ref)) ?? null;
    if (copies === null || copy === null) {
      throw new CheckpointError(
        'missing',
        `${path} is not there: checkpoint ${ref.checkpoint} of run ${ref.run} was deleted, or never was.`,
      );
    }
    return await loadCheckpoint(copies.disk, this.#folder, this.#ours(copy, path));
  }

  /** Throws CheckpointError for the manifest of another job. */
  #ours(manifest: CheckpointManifest, path: string): CheckpointManifest {
    const { notebook, cell } = manifest.job;
    if (notebook !== this.job.notebook || cell !== this.job.cell) {
      throw new CheckpointError(
        'foreign',
        `${path} belongs to cell ${cell} of ${notebook}, not to cell ${this.job.cell} of ${this.job.notebook}.`,
      );
    }
    return manifest;
  }

  /** The newest checkpoint of this run, from which it goes on after a failure; null when there is none yet. Never an older one when that is damaged. */
  async loadNewest(): Promise<JobRestore | null> {
    const newest = (await this.#reader.checkpoints(this.#folder, this.run)).at(-1);
    const restore = newest === undefined ? null : await this.load(newest);
    if (newest !== undefined) {
      const manifest = readable(newest);
      // Its copies may have come to nothing.
      if (this.#inDoubt || (await this.#options.copies?.has(newest)) === false) await this.#copy(manifest);
      this.#last = manifest;
    }
    this.#inDoubt = false;
    return restore;
  }

  /**
   * Unpublishes all but the newest `count` automatic checkpoints of the run, and what is too old (`toUnpublish`), then
   * deletes what nothing refers to. Stops at the first error, with everything visible still readable. `claims`: what the run began from is its own.
   */
  retain(count: number, claims = false): Promise<void> {
    return this.#turns.run(() => this.#retain(count, claims));
  }

  async #retain(count: number, claims: boolean): Promise<void> {
    // What is in another folder has a number of that one.
    const from = (this.#options.elsewhere ?? null) === null ? this.from : null;
    const needed = this.#last === null ? from : null;
    const claimed = claims ? from : null;
    const visible = await this.#visible();
    if (visible !== null) await this.#remove(visible, toUnpublish(visible, this.run, count, needed, claimed));
    await this.#options.copies?.retain(count, needed, claimed);
  }

  /** Unpublishes the automatic checkpoints of the run, which is over, then deletes what nothing refers to. Stops at the first error, as `retain`. */
  discard(): Promise<void> {
    return this.#turns.run(async () => {
      const visible = await this.#visible();
      if (visible === null) return;
      await this.#remove(
        visible,
        visible.filter(({ run, kept }) => run === this.run && !kept),
      );
      this.#last = null;
      await this.#options.copies?.discard();
    });
  }

  async #remove(visible: readonly RetainedCheckpoint[], gone: readonly CheckpointRef[]): Promise<void> {
    for (const ref of gone) await this.#unpublish(ref);
    const left = visible.filter((one) => !gone.some(({ run, checkpoint }) => run === one.run && checkpoint === one.checkpoint));
    await this.#removeBlobs(left);
  }

  /**
   * Before anything is published or deleted. A run that is believed to be over may still be at work for a while, a stopped one at its last checkpoint. Its
   * successor takes the lock, then removes what is about to be published, and only then looks for the newest checkpoint: so what is published after this
   * check is either seen by it or comes to nothing.
   */
  #stillOurs(): Promise<void> {
    return checkLock(this.#disk, this.#folder, this.#options.holder, this.run);
  }

  async #unpublish(ref: CheckpointRef): Promise<void> {
    await this.#stillOurs();
    await this.#disk.remove(manifestPath(this.#folder, ref));
    await this.#disk.syncFolder(runFolder(this.#folder, ref.run));
  }

  async #removeBlobs(visible: readonly RetainedCheckpoint[]): Promise<void> {
    const blobs = (await this.#disk.list(`${this.#folder}/blobs`)).filter((name) => /^[0-9a-f]{64}$/.test(name));
    for (const blob of unreferenced(blobs, visible)) {
      await this.#stillOurs();
      await this.#disk.remove(blobPath(this.#folder, blob));
    }
  }

  /** Every checkpoint of the job; null when one cannot be read, as then nobody knows what it refers to. */
  async #visible(): Promise<readonly VisibleCheckpoint[] | null> {
    const visible: VisibleCheckpoint[] = [];
    for (const { run } of await this.#reader.runs(this.#folder)) {
      for (const { manifest } of await this.#reader.checkpoints(this.#folder, run)) {
        if (manifest === null) return null;
        visible.push(visibleCheckpoint(manifest));
      }
    }
    return visible;
  }

  /** What earlier ones of the runs have left behind: blobs that nothing refers to, and folders of runs without checkpoints. */
  async #sweep(runs: readonly number[]): Promise<void> {
    const visible = await this.#visible();
    if (visible === null) return;
    const { copies = null, elsewhere = null } = this.#options;
    const copied = copies === null ? [] : await copies.list();
    // What the checkpoints of another folder are to commit is not looked for.
    const known = copied === null || elsewhere !== null ? null : [...visible, ...copied];
    this.#earlierParts = earlierParts(known, this.run, this.from);
    await this.#removeBlobs(visible);
    for (const run of runsToForget(runs, visible)) await this.#disk.remove(runFolder(this.#folder, run));
  }

  /** Gives a checkpoint a name, so that it is kept; null takes it away. Rejects with CheckpointError. */
  setLabel(ref: CheckpointRef, label: string | null): Promise<void> {
    return this.#turns.run(async () => {
      const listed = await this.#reader.checkpoint(this.#folder, ref, true);
      const labelled = { ...readable(listed), label };
      await this.#files.tidily(() => this.#files.writeWhole(listed.path, writeManifest(labelled), () => this.#stillOurs()));
      const { copies = null } = this.#options;
      if ((await copies?.has(ref)) === true) await copies?.add(labelled, this.#disk);
      // The reader knows a changed manifest by its size, and that may be the same.
      await this.#reader.checkpoint(this.#folder, ref, true);
    });
  }

  /** Deletes a checkpoint of the job, and what only it referred to. Refuses the newest of this run, which a restart needs. */
  delete(ref: CheckpointRef): Promise<void> {
    return this.#turns.run(() => this.#delete(ref));
  }

  async #delete(ref: CheckpointRef): Promise<void> {
    if (this.#last !== null && ref.run === this.run && ref.checkpoint === this.#last.checkpoint) {
      throw new CheckpointError(
        'locked',
        `Checkpoint ${ref.checkpoint} is the newest of the running job: it would be restarted from it. Stop the job first.`,
      );
    }
    await this.#unpublish(ref);
    const visible = await this.#visible();
    if (visible !== null) await this.#removeBlobs(visible);
    await this.#options.copies?.delete(ref);
  }

  /** Notes a checkpoint that came to nothing. Failing to note it is no failure. */
  async recordFailure(failed: FailedCheckpoint): Promise<void> {
    this.#failed = [...this.#failed, failed].slice(-MAX_FAILED);
    const path = `${runFolder(this.#folder, this.run)}/failed.json`;
    try {
      await this.#disk.remove(path);
      await this.#disk.create(path, [Buffer.from(JSON.stringify(this.#failed))]);
    } catch {
      // The reason why the checkpoint failed may be that the disk is full: it is shown anyway.
    }
  }

  /** Why there can be no savepoint that outlives the job; null when there can. */
  get noSavepoints(): string | null {
    const { isVolatile = false, onSavepoint = null } = this.#options;
    if (!isVolatile || onSavepoint !== null) return null;
    return (
      'The checkpoints of this job are kept in memory (execution.checkpointing.storage: jobmanager): a savepoint would be gone with it. ' +
      'Set execution.checkpointing.savepoint-dir to a folder.'
    );
  }

  /** Lets others have the job's checkpoints, once what is under way has ended. */
  close(): Promise<void> {
    return this.#turns.run(async () => {
      try {
        await releaseLock(this.#disk, this.#folder, this.#options.holder);
      } finally {
        await this.#options.copies?.close();
      }
    });
  }
}

/** Files without a name that earlier runs have left behind. */
export async function removeTemporaries(disk: Disk, job: string): Promise<void> {
  const runs = (await disk.list(job)).flatMap((name) => numberIn(name, 'run-') ?? []);
  for (const folder of [`${job}/blobs`, ...runs.map((run) => runFolder(job, run))]) {
    for (const name of await disk.list(folder)) if (name.endsWith('.part')) await disk.remove(`${folder}/${name}`);
  }
}

function begunElsewhere(folder: string, run: number): CheckpointError {
  return new CheckpointError('locked', `${runFolder(folder, run)} was begun by someone else at the same moment. Run again.`);
}

import { blobPath, manifestPath, numberIn, runFolder } from '../../checkpoint/job-folder.ts';
import { CheckpointError, corrupt, MAX_MANIFEST_BYTES, readManifest } from '../../checkpoint/manifest-codec.ts';
import type {
  CheckpointManifest,
  CheckpointRef,
  FailedCheckpoint,
  JobIdentity,
  RunInfo,
  StateManifest,
} from '../../checkpoint/manifest.ts';
import { fields, finite, guardOf, list, nullable, text } from '../../checkpoint/shape.ts';
import type { Disk } from './disk.ts';
import { mergedEntries, SegmentIndices } from './segment-cursor.ts';

/** A checkpoint that is there: readable, or with the reason why not. */
export interface ListedCheckpoint extends CheckpointRef {
  readonly path: string;
  readonly manifest: CheckpointManifest | null;
  readonly error: string | null;
  /** Null also when the disk could not be read. */
  readonly reason?: CheckpointError['reason'] | null;
}

export interface ListedJob {
  readonly folder: string;
  readonly identity: JobIdentity;
}

/** Looks into a directory of checkpoints: needs no lock, changes nothing. Rejects with DiskError when the directory cannot be read. */
export class CheckpointReader {
  readonly #disk: Disk;
  readonly #indices: SegmentIndices;
  /** Manifests never change, but for their label. */
  readonly #manifests = new Map<string, ListedCheckpoint & { readonly size: number }>();

  constructor(disk: Disk) {
    this.#disk = disk;
    this.#indices = new SegmentIndices(disk);
  }

  async jobs(): Promise<readonly ListedJob[]> {
    const jobs: ListedJob[] = [];
    for (const name of await this.#disk.list('jobs')) {
      const identity = await this.#json(`jobs/${name}/job.json`, isIdentity);
      if (identity !== null) jobs.push({ folder: `jobs/${name}`, identity });
    }
    return jobs;
  }

  /** Oldest first. */
  async runs(job: string): Promise<readonly RunInfo[]> {
    const numbers = (await this.#disk.list(job)).flatMap((name) => numberIn(name, 'run-') ?? []);
    const runs: RunInfo[] = [];
    for (const run of numbers.sort((a, b) => a - b)) {
      const info = await this.#json(`${runFolder(job, run)}/run.json`, isRunInfo);
      // The folder's name says which run it is: a file that says otherwise is damaged, and hides no checkpoint.
      runs.push(info?.run === run ? info : { run, started: 0, forkedFrom: null, notebookPath: null });
    }
    return runs;
  }

  /** Of one run, oldest first. */
  async checkpoints(job: string, run: number): Promise<readonly ListedCheckpoint[]> {
    const names = await this.#disk.list(runFolder(job, run));
    const numbers = names.flatMap((name) => numberIn(name, 'chk-', '.json') ?? []).sort((a, b) => a - b);
    const listed: ListedCheckpoint[] = [];
    for (const checkpoint of numbers) listed.push(await this.checkpoint(job, { run, checkpoint }));
    return listed;
  }

  /** Never rejects for a damaged manifest: that is what it tells. `fresh`: read it again, for those who act on it. */
  async checkpoint(job: string, ref: CheckpointRef, fresh = false): Promise<ListedCheckpoint> {
    const path = manifestPath(job, ref);
    const size = (await this.#disk.size(path)) ?? -1;
    const known = this.#manifests.get(path);
    if (!fresh && known?.size === size) return known;
    const listed = { ...ref, path, size, ...(await this.#manifest(path, ref, size)) };
    // What the disk did not give this time it may give the next.
    if (listed.manifest !== null || listed.reason !== null) this.#manifests.set(path, listed);
    else this.#manifests.delete(path);
    return listed;
  }

  async #manifest(
    path: string,
    { run, checkpoint }: CheckpointRef,
    size: number,
  ): Promise<Pick<ListedCheckpoint, 'manifest' | 'error' | 'reason'>> {
    try {
      if (size > MAX_MANIFEST_BYTES) throw corrupt(path, `it has more than ${MAX_MANIFEST_BYTES} bytes`);
      const manifest = readManifest(Buffer.from(await this.#disk.read(path)).toString('utf8'), path);
      if (manifest.run === run && manifest.checkpoint === checkpoint) return { manifest, error: null, reason: null };
      throw corrupt(path, `it is checkpoint ${manifest.checkpoint} of run ${manifest.run} under another name`);
    } catch (error) {
      return {
        manifest: null,
        error: error instanceof Error ? error.message : String(error),
        reason: error instanceof CheckpointError ? error.reason : null,
      };
    }
  }

  async failed(job: string, run: number): Promise<readonly FailedCheckpoint[]> {
    return (await this.#json(`${runFolder(job, run)}/failed.json`, isFailedList)) ?? [];
  }

  /** Entries of a state in canonical order, from behind `after` on; reads only the blocks that it comes to. */
  async *entries(job: string, state: StateManifest, after: Uint8Array | null): AsyncIterableIterator<readonly [Uint8Array, Uint8Array]> {
    for (const { runs } of state.subtasks) {
      const located = runs.map((segment) => ({ path: blobPath(job, segment.blob), segment }));
      yield* mergedEntries(this.#disk, this.#indices, located, after);
    }
  }

  /** At most `limit` entries behind `after`. */
  async page(
    job: string,
    state: StateManifest,
    after: Uint8Array | null,
    limit: number,
  ): Promise<readonly (readonly [Uint8Array, Uint8Array])[]> {
    const page: (readonly [Uint8Array, Uint8Array])[] = [];
    for await (const entry of this.entries(job, state, after)) {
      page.push(entry);
      if (page.length >= limit) break;
    }
    return page;
  }

  /** Null for a file that is not there or makes no sense: none of these is needed to restore. */
  async #json<T>(path: string, is: (value: unknown) => value is T): Promise<T | null> {
    if ((await this.#disk.size(path)) === null) return null;
    try {
      const value: unknown = JSON.parse(Buffer.from(await this.#disk.read(path)).toString('utf8'));
      return is(value) ? value : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }
}

/** Throws CheckpointError when the checkpoint cannot be read. */
export function readable(listed: ListedCheckpoint): CheckpointManifest {
  if (listed.manifest !== null) return listed.manifest;
  throw new CheckpointError(listed.reason ?? 'corrupt', listed.error ?? `${listed.path} cannot be read.`);
}

const isIdentity = guardOf<JobIdentity>(fields({ notebook: text(), cell: text() }));

const isRunInfo = guardOf<RunInfo>(
  fields({
    run: finite,
    started: finite,
    forkedFrom: nullable(fields({ run: finite, checkpoint: finite })),
    notebookPath: nullable(text()),
  }),
);

/** Reasons are as long as they are. */
const isFailedList = guardOf<readonly FailedCheckpoint[]>(list(fields({ checkpoint: finite, reason: text(Number.MAX_SAFE_INTEGER) })));

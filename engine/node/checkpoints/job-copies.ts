import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { toMillis } from '../../api/duration.ts';
import type { CheckpointStorage, CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';
import { jobFolder, numberIn } from '../../checkpoint/job-folder.ts';
import type { CheckpointManifest, JobIdentity, RunInfo } from '../../checkpoint/manifest.ts';
import { CheckedStorage, CheckpointStorageError } from './checked-storage.ts';
import { CheckpointCopies } from './checkpoint-copies.ts';
import { removeTemporaries, type StoreOptions } from './checkpoint-store.ts';
import type { Disk } from './disk.ts';
import { DiskStorage } from './disk-storage.ts';
import { FileDisk } from './file-disk.ts';
import { type LockHolder, releaseLock, takeLock } from './lock.ts';

/** What a job says about where its checkpoints go besides its own folder. */
export interface CopiesPlan {
  /** Executor.configuration. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Executor.checkpointStorage. */
  readonly storage: string | CheckpointStorage;
  readonly job: JobIdentity;
  /** What paths are relative to. */
  readonly baseDirectory: string;
  /** The job's own folder of checkpoints; null = they are in memory. */
  readonly directory: string | null;
  readonly holder: LockHolder;
}

/**
 * Opens what the options `execution.checkpointing.storage`, `.dir` and `.savepoint-dir` name. Rejects with CheckpointStorageError, with CheckpointError for a
 * folder that is in use, or with DiskError.
 */
export async function openCopies(
  plan: CopiesPlan,
): Promise<Required<Pick<StoreOptions, 'copies' | 'onSavepoint' | 'isVolatile' | 'takenRuns'>>> {
  const { configuration, storage, job } = plan;
  const timeout = toMillis(configuration['execution.checkpointing.timeout'] ?? '10 min');
  const isVolatile = storage === 'jobmanager';
  const directory = isVolatile ? null : otherFolder(plan, 'execution.checkpointing.dir');
  const given = typeof storage === 'object' ? storage : directory === null ? null : new LockedFolder(directory, plan.holder, job);
  const savepoints = otherFolder(plan, 'execution.checkpointing.savepoint-dir');
  return {
    isVolatile,
    copies: given === null ? null : new CheckpointCopies(await CheckedStorage.open(given, job, timeout), job),
    onSavepoint: savepoints === null ? null : (manifest, run, disk) => copySavepoint(plan, savepoints, manifest, run, disk),
    takenRuns: savepoints === null ? [] : await runsIn(new FileDisk(savepoints), job),
  };
}

/** The folder that an option names; null without, and when it is the job's own. Throws CheckpointStorageError for what is no folder of this computer. */
function otherFolder({ configuration, baseDirectory, directory }: CopiesPlan, option: string): string | null {
  const text = configuration[option] ?? '';
  if (text === '') return null;
  const folder = folderOfText(text, baseDirectory, option);
  return directory !== null && real(folder) === real(directory) ? null : folder;
}

/** A path, or a URL of a file as Flink has it. Throws CheckpointStorageError for another URL. */
function folderOfText(text: string, baseDirectory: string, option: string): string {
  if (/^file:/i.test(text)) return fileURLToPath(new URL(text));
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) return path.resolve(baseDirectory, text);
  throw new CheckpointStorageError(
    `${option}: ${text} is no folder of this computer. Name a folder, or write a CheckpointStorage (docs/custom-checkpoint-storage.md).`,
  );
}

/** With links followed, as far as it is there. */
function real(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** A folder of this computer, for one run at a time: also a run of the command line that has it as its own. */
class LockedFolder implements CheckpointStorage {
  readonly name = 'filesystem';
  readonly #disk: Disk;
  readonly #holder: LockHolder;
  readonly #folder: string;

  constructor(directory: string, holder: LockHolder, job: JobIdentity) {
    this.#disk = new FileDisk(directory);
    this.#holder = holder;
    this.#folder = jobFolder(job);
  }

  async createCheckpointStorage(): Promise<CheckpointStorageAccess> {
    await this.#disk.makeFolder(`${this.#folder}/blobs`);
    await takeLock(this.#disk, this.#folder, this.#holder);
    await removeTemporaries(this.#disk, this.#folder);
    const access = new DiskStorage(this.name, this.#disk).createCheckpointStorage();
    const release = (): Promise<void> => releaseLock(this.#disk, this.#folder, this.#holder);
    return {
      read: (name) => access.read(name),
      write: (name, bytes) => access.write(name, bytes),
      create: (name, bytes) => access.create(name, bytes),
      delete: (name) => access.delete(name),
      list: (prefix) => access.list(prefix),
      dispose: release,
    };
  }
}

/** Numbers of the job's runs that have savepoints there. */
async function runsIn(disk: Disk, job: JobIdentity): Promise<readonly number[]> {
  return (await disk.list(jobFolder(job))).flatMap((name) => numberIn(name, 'run-') ?? []);
}

/** Rejects with CheckpointStorageError: the savepoint has come to nothing, the job goes on. */
async function copySavepoint(
  { job, holder }: CopiesPlan,
  directory: string,
  manifest: CheckpointManifest,
  run: RunInfo,
  from: Disk,
): Promise<void> {
  // Each savepoint takes the lock for itself: the folder may be that of other runs, too.
  const own = { ...holder, session: `${holder.session}-savepoint` };
  try {
    const access = await new LockedFolder(directory, own, job).createCheckpointStorage();
    try {
      await new CheckpointCopies(access, job).addSavepoint(manifest, run, from);
    } finally {
      await access.dispose();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CheckpointStorageError(`The savepoint could not be written to ${directory}: ${why}`, { cause: error });
  }
}

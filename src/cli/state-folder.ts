import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import { jobFolder, manifestPath } from '../../engine/checkpoint/job-folder.ts';
import { CheckpointError, readManifest } from '../../engine/checkpoint/manifest-codec.ts';
import { CheckpointReader } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import type { CheckpointCopies } from '../../engine/node/checkpoints/checkpoint-copies.ts';
import { DiskError } from '../../engine/node/checkpoints/disk.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lookForCheckpoint, manifestFile, placeOfManifest } from '../../engine/node/checkpoints/find-checkpoint.ts';
import { openCopies } from '../../engine/node/checkpoints/job-copies.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import { explainFileError } from '../../engine/node/explain-error.ts';
import { MemoryDisk } from '../../engine/node/checkpoints/memory-disk.ts';
import { systemClock } from '../../engine/node/runner-clock.ts';
import { timeSlices } from '../../engine/node/time-slices.ts';
import type { Executor } from '../../engine/runtime/job.ts';
import { UsageError } from './arguments.ts';

/** Beside the notebook, unless --state-dir says otherwise. */
const DEFAULT_FOLDER = '.streambook';

export interface StateOptions {
  readonly file: string;
  /** --state-dir; null = the default. */
  readonly stateDir: string | null;
  /** --restore; null = from the beginning. */
  readonly restore: string | null;
}

export function stateFolder({ file, stateDir }: Pick<StateOptions, 'file' | 'stateDir'>): string {
  return stateDir === null ? join(dirname(resolve(file)), DEFAULT_FOLDER) : resolve(stateDir);
}

/**
 * The job's checkpoints, opened for a new run, as its cells say in their first evaluation. Throws UsageError for a checkpoint that is not there; rejects with CheckpointError, CheckpointStorageError and
 * DiskError.
 */
export async function openStore(
  options: StateOptions,
  cell: string,
  { configuration, checkpointStorage }: Pick<Executor, 'configuration' | 'checkpointStorage'>,
  warn: (text: string) => void,
): Promise<CheckpointStore> {
  const job: JobIdentity = { notebook: basename(options.file), cell };
  const folder = stateFolder(options);
  const baseDirectory = dirname(resolve(options.file));
  const holder = lockHolder('streambook run', randomUUID(), Date.now());
  const plan = { configuration, storage: checkpointStorage, job, baseDirectory, holder };
  const wanted = options.restore ?? configuredPath(configuration['execution.state-recovery.path'] ?? '', baseDirectory);
  const elsewhere = wanted === null ? null : manifestElsewhere(wanted, folder, job);
  const common = { holder, now: Date.now, notebookPath: pathIn(folder, options.file), pause: timeSlices(systemClock) };
  const inMemory = async (): Promise<CheckpointStore> => {
    const opened = await openCopies({ ...plan, directory: null });
    const found = new CheckpointReader(new MemoryDisk());
    const from = async (): Promise<CheckpointRef | null> => elsewhere?.ref ?? (await findCheckpoint(found, opened.copies, job, wanted));
    const restored = elsewhere === null ? {} : { elsewhere: elsewhere.disk };
    return await CheckpointStore.open(new MemoryDisk(), job, { ...common, ...opened, ...restored, from });
  };
  if (checkpointStorage === 'jobmanager') return await inMemory();
  const disk = new FileDisk(folder);
  const reader = new CheckpointReader(disk);
  const opened = await openCopies({ ...plan, directory: folder });
  const find = async (): Promise<CheckpointRef | null> => elsewhere?.ref ?? (await findCheckpoint(reader, opened.copies, job, wanted));
  try {
    // Nothing is made for a checkpoint that is not there. What counts is what is there when nobody else can publish any more.
    await find();
    await refuseNamesake(reader, options.file, folder, job);
  } catch (error) {
    await opened.copies?.close().catch(() => undefined);
    throw error;
  }
  try {
    return await CheckpointStore.open(disk, job, { ...common, ...opened, elsewhere: elsewhere?.disk ?? null, from: find });
  } catch (error) {
    const unwritable = error instanceof DiskError && (error.code === 'EROFS' || error.code === 'EACCES');
    if (!unwritable || options.stateDir !== null || wanted !== null) throw error;
    warn(`${error.message} Checkpoints of this run are kept in memory; name another folder with --state-dir to keep them.\n`);
    return await inMemory();
  }
}

/** `execution.state-recovery.path` of a cell: a path is relative to its notebook. Null without. */
function configuredPath(text: string, baseDirectory: string): string | null {
  if (text === '') return null;
  return text.endsWith('.json') ? manifestFile(text, baseDirectory) : text;
}

function pathIn(folder: string, file: string): string {
  return relative(folder, resolve(file)).split(sep).join('/');
}

/**
 * Two notebooks of one name must not go on from each other's checkpoints. A notebook that has moved, with the folder or without, is the same as before:
 * where it was there is none any more. Throws UsageError.
 */
async function refuseNamesake(reader: CheckpointReader, file: string, folder: string, job: JobIdentity): Promise<void> {
  const newest = (await reader.runs(jobFolder(job))).at(-1);
  const earlier = newest?.notebookPath ?? null;
  if (earlier === null || earlier === pathIn(folder, file)) return;
  const other = resolve(folder, earlier);
  if (!existsSync(other) || realpathSync(other) === realpathSync(file)) return;
  throw new UsageError(
    `The checkpoints of ${job.notebook} in ${folder} are those of another notebook, ${other}. Give each of them a folder of its own with --state-dir.`,
  );
}

/** A manifest by its path, in another folder than the job's own; null for anything else that may be wanted. Throws as `ofFile`. */
function manifestElsewhere(
  wanted: string,
  folder: string,
  job: JobIdentity,
): { readonly disk: FileDisk; readonly ref: CheckpointRef } | null {
  if (!wanted.endsWith('.json')) return null;
  const ref = ofFile(wanted, job);
  const place = join(folder, manifestPath(jobFolder(job), ref));
  if (existsSync(place) && realpathSync(place) === realpathSync(wanted)) return null;
  const found = placeOfManifest(realpathSync(wanted));
  if (found?.folder === jobFolder(job) && found.ref.run === ref.run && found.ref.checkpoint === ref.checkpoint) {
    return { disk: new FileDisk(found.directory), ref };
  }
  throw new UsageError(`${wanted} does not stand where checkpoints are: in a folder of them it is ${manifestPath(jobFolder(job), ref)}.`);
}

/** The checkpoint that a manifest's file is. Throws CheckpointError for a damaged one, or one of another notebook or cell; UsageError for none. */
function ofFile(path: string, job: JobIdentity): CheckpointRef {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(explainFileError(error, path));
  }
  const { job: owner, run, checkpoint } = readManifest(text, path);
  if (owner.notebook === job.notebook && owner.cell === job.cell) return { run, checkpoint };
  throw new CheckpointError(
    'foreign',
    `${path} belongs to cell ${owner.cell} of ${owner.notebook}, not to cell ${job.cell} of ${job.notebook}. Restore it with that notebook.`,
  );
}

/** "latest", "12" (of the newest run that has it), "3/12" (run 3), or the path of a manifest; null = from the beginning. Throws UsageError. */
async function findCheckpoint(
  reader: CheckpointReader,
  copies: CheckpointCopies | null,
  job: JobIdentity,
  wanted: string | null,
): Promise<CheckpointRef | null> {
  if (wanted === null) return null;
  if (wanted.endsWith('.json')) return ofFile(wanted, job);
  const { found, there } = await lookForCheckpoint(reader, copies, job, wanted);
  if (found !== null) return found;
  throw new UsageError(
    `Cell ${job.cell} of ${job.notebook} has no checkpoint “${wanted}”. ${there.length > 0 ? `There are: ${there.join(', ')} (run/checkpoint).` : 'It has none at all.'}`,
  );
}

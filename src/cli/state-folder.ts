import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import { jobFolder, manifestPath } from '../../engine/checkpoint/job-folder.ts';
import { CheckpointError, readManifest } from '../../engine/checkpoint/manifest-codec.ts';
import { CheckpointReader } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { DiskError } from '../../engine/node/checkpoints/disk.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import { explainFileError } from '../../engine/node/explain-error.ts';
import { MemoryDisk } from '../../engine/node/checkpoints/memory-disk.ts';
import { systemClock } from '../../engine/node/runner-clock.ts';
import { timeSlices } from '../../engine/node/time-slices.ts';
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

/** The job's checkpoints, opened for a new run. Throws UsageError for a checkpoint that is not there; rejects with CheckpointError and DiskError. */
export async function openStore(options: StateOptions, cell: string, warn: (text: string) => void): Promise<CheckpointStore> {
  const job: JobIdentity = { notebook: basename(options.file), cell };
  const folder = stateFolder(options);
  const disk = new FileDisk(folder);
  const reader = new CheckpointReader(disk);
  const { restore } = options;
  const find = async (): Promise<CheckpointRef | null> => (restore === null ? null : await findCheckpoint(reader, folder, job, restore));
  // Nothing is made for a checkpoint that is not there. What counts is what is there when nobody else can publish any more.
  await find();
  const holder = lockHolder('streambook run', randomUUID(), Date.now());
  const notebookPath = pathIn(folder, options.file);
  const store = { holder, now: Date.now, from: find, notebookPath, pause: timeSlices(systemClock) };
  try {
    await refuseNamesake(reader, options.file, folder, job);
    return await CheckpointStore.open(disk, job, store);
  } catch (error) {
    const unwritable = error instanceof DiskError && (error.code === 'EROFS' || error.code === 'EACCES');
    if (!unwritable || options.stateDir !== null || restore !== null) throw error;
    warn(`${error.message} Checkpoints of this run are kept in memory; name another folder with --state-dir to keep them.\n`);
    return await CheckpointStore.open(new MemoryDisk(), job, { ...store, from: null });
  }
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

/** The checkpoint that a manifest's file is. Throws CheckpointError for a damaged one, or one of another notebook or cell; UsageError for one elsewhere. */
function ofFile(path: string, folder: string, job: JobIdentity): CheckpointRef {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(explainFileError(error, path));
  }
  const { job: owner, run, checkpoint } = readManifest(text, path);
  const isOurs = owner.notebook === job.notebook && owner.cell === job.cell;
  const place = join(folder, manifestPath(jobFolder(job), { run, checkpoint }));
  if (isOurs && existsSync(place) && realpathSync(place) === realpathSync(path)) return { run, checkpoint };
  if (isOurs) throw new UsageError(`${path} is not in ${folder}. Name the folder that it is in with --state-dir.`);
  throw new CheckpointError(
    'foreign',
    `${path} belongs to cell ${owner.cell} of ${owner.notebook}, not to cell ${job.cell} of ${job.notebook}. Restore it with that notebook.`,
  );
}

/** "latest", "12" (of the newest run that has it), "3/12" (run 3), or the path of a manifest. Throws UsageError. */
async function findCheckpoint(reader: CheckpointReader, directory: string, job: JobIdentity, wanted: string): Promise<CheckpointRef> {
  if (wanted.endsWith('.json')) return ofFile(wanted, directory, job);
  const folder = jobFolder(job);
  const listed = (await Promise.all((await reader.runs(folder)).map(({ run }) => reader.checkpoints(folder, run)))).flat();
  const [, run, checkpoint] = /^(?:(\d+)\/)?(\d+)$/.exec(wanted) ?? [];
  const found =
    wanted === 'latest'
      ? listed.at(-1)
      : listed.filter((one) => one.checkpoint === Number(checkpoint) && (run === undefined || one.run === Number(run))).at(-1);
  if (found !== undefined) return { run: found.run, checkpoint: found.checkpoint };
  const there = listed.map((one) => `${one.run}/${one.checkpoint}`);
  throw new UsageError(
    `Cell ${job.cell} of ${job.notebook} has no checkpoint “${wanted}”. ${there.length > 0 ? `There are: ${there.join(', ')} (run/checkpoint).` : 'It has none at all.'}`,
  );
}

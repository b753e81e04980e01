import { randomUUID } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import type { CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import { jobFolder } from '../../engine/checkpoint/job-folder.ts';
import { CheckpointReader } from '../../engine/node/checkpoints/checkpoint-reader.ts';
import { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { type Disk, DiskError } from '../../engine/node/checkpoints/disk.ts';
import { FileDisk } from '../../engine/node/checkpoints/file-disk.ts';
import { lockHolder } from '../../engine/node/checkpoints/lock.ts';
import { MemoryDisk } from '../../engine/node/checkpoints/memory-disk.ts';
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
export async function openStore(
  options: StateOptions,
  cell: string,
  retained: number,
  warn: (text: string) => void,
): Promise<{ readonly store: CheckpointStore; readonly from: CheckpointRef | null }> {
  const job: JobIdentity = { notebook: basename(options.file), cell };
  const disk = new FileDisk(stateFolder(options));
  const from = options.restore === null ? null : await findCheckpoint(disk, job, options.restore);
  const holder = lockHolder('streambook run', randomUUID(), Date.now());
  const store = { holder, now: Date.now, retained, from };
  try {
    return { store: await CheckpointStore.open(disk, job, store), from };
  } catch (error) {
    const unwritable = error instanceof DiskError && (error.code === 'EROFS' || error.code === 'EACCES');
    if (!unwritable || options.stateDir !== null || from !== null) throw error;
    warn(`${error.message} Checkpoints of this run are kept in memory; name another folder with --state-dir to keep them.\n`);
    return { store: await CheckpointStore.open(new MemoryDisk(), job, store), from };
  }
}

/** "latest", "12" (of the newest run that has it), "3/12" (run 3), or the path of a manifest. Throws UsageError. */
async function findCheckpoint(disk: Disk, job: JobIdentity, wanted: string): Promise<CheckpointRef> {
  const reader = new CheckpointReader(disk);
  const folder = jobFolder(job);
  const listed = (await Promise.all((await reader.runs(folder)).map(({ run }) => reader.checkpoints(folder, run)))).flat();
  const [, run, checkpoint] = /^(?:.*run-)?(?:(\d+)\/)?(?:chk-)?(\d+)(?:\.json)?$/.exec(wanted.replaceAll('\\', '/')) ?? [];
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

import path from 'node:path';
import { jobFolder, numberIn } from '../../checkpoint/job-folder.ts';
import type { CheckpointRef, JobIdentity } from '../../checkpoint/manifest.ts';
import type { CheckpointCopies } from './checkpoint-copies.ts';
import type { CheckpointReader } from './checkpoint-reader.ts';

/** Looks for a checkpoint of a job, in its own folder and among its copies. `there`: what there is, as "run/checkpoint". */
export async function lookForCheckpoint(
  reader: CheckpointReader,
  copies: CheckpointCopies | null,
  job: JobIdentity,
  wanted: string,
): Promise<{ readonly found: CheckpointRef | null; readonly there: readonly string[] }> {
  const folder = jobFolder(job);
  const here = (await Promise.all((await reader.runs(folder)).map(({ run }) => reader.checkpoints(folder, run)))).flat();
  const listed: readonly CheckpointRef[] = [...here, ...((await copies?.list()) ?? [])];
  const there = [...new Set(listed.map(({ run, checkpoint }) => `${run}/${checkpoint}`))];
  return { found: chooseCheckpoint(listed, wanted), there };
}

/** The file of a manifest that is named by its path, relative to `directory`, or by a URL. */
export function manifestFile(text: string, directory: string): string {
  return path.resolve(directory, text.replace(/^file:\/*(?=\/)/i, ''));
}

/** The checkpoint that is meant: "latest", "12" (of the newest run that has it) or "3/12" (run 3). Null when there is none. */
function chooseCheckpoint(listed: readonly CheckpointRef[], wanted: string): CheckpointRef | null {
  const [, run, checkpoint] = /^(?:(\d+)\/)?(\d+)$/.exec(wanted) ?? [];
  const meant =
    wanted === 'latest'
      ? listed
      : listed.filter((one) => one.checkpoint === Number(checkpoint) && (run === undefined || one.run === Number(run)));
  const newest = [...meant].sort((a, b) => a.run - b.run || a.checkpoint - b.checkpoint).at(-1);
  return newest === undefined ? null : { run: newest.run, checkpoint: newest.checkpoint };
}

/** A manifest by its path. */
export interface ManifestPlace {
  /** Directory of checkpoints. */
  readonly directory: string;
  /** Of the job, in the directory. */
  readonly folder: string;
  readonly ref: CheckpointRef;
}

/** Null for a path that no manifest in a directory of checkpoints has. */
export function placeOfManifest(file: string): ManifestPlace | null {
  const [name = '', runName = '', job = '', jobs = '', ...above] = path.resolve(file).split(path.sep).reverse();
  const run = numberIn(runName, 'run-');
  const checkpoint = numberIn(name, 'chk-', '.json');
  if (run === null || checkpoint === null || jobs !== 'jobs') return null;
  return { directory: above.reverse().join(path.sep) || path.sep, folder: `${jobs}/${job}`, ref: { run, checkpoint } };
}

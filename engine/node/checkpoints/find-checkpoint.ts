import path from 'node:path';
import { numberIn } from '../../checkpoint/job-folder.ts';
import type { CheckpointRef } from '../../checkpoint/manifest.ts';

/** The checkpoint that is meant: "latest", "12" (of the newest run that has it) or "3/12" (run 3). Null when there is none. */
export function chooseCheckpoint(listed: readonly CheckpointRef[], wanted: string): CheckpointRef | null {
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

import type { CheckpointRef } from './manifest.ts';

/** A visible checkpoint as retention sees it. */
export interface RetainedCheckpoint extends CheckpointRef {
  /** A savepoint, or pinned: the user's, never deleted automatically. */
  readonly kept: boolean;
  readonly blobs: readonly string[];
}

/** Older runs whose automatic checkpoints are kept. */
const RUNS_KEPT = 10;

/**
 * Which checkpoints to unpublish: of the current run all but the newest `retained` automatic ones; of older runs those of runs beyond the last ten. Never
 * what the user keeps, never the newest of the current run, never `needed` (what the job was restored from). `claimed`: what the job was restored from and
 * has taken over (Flink's claim mode CLAIM), which then counts as the oldest automatic one of the run, whatever it was.
 */
export function toUnpublish(
  all: readonly RetainedCheckpoint[],
  run: number,
  retained: number,
  needed: CheckpointRef | null,
  claimed: CheckpointRef | null = null,
): readonly CheckpointRef[] {
  const isClaimed = (one: CheckpointRef): boolean => one.run === claimed?.run && one.checkpoint === claimed.checkpoint;
  const automatic = all.filter((one) => !one.kept || isClaimed(one));
  const current = automatic.filter((one) => one.run === run || isClaimed(one)).sort((a, b) => b.run - a.run || b.checkpoint - a.checkpoint);
  const runs = [...new Set(all.filter((one) => one.run < run).map((one) => one.run))].sort((a, b) => b - a);
  const oldRuns = new Set(runs.slice(RUNS_KEPT));
  const old = automatic.filter((one) => oldRuns.has(one.run));
  return [...current.slice(Math.max(1, retained)), ...old].filter(
    ({ run: of, checkpoint }) => of !== needed?.run || checkpoint !== needed.checkpoint,
  );
}

/** The blobs that no visible checkpoint refers to. */
export function unreferenced(blobs: readonly string[], visible: readonly RetainedCheckpoint[]): readonly string[] {
  const referenced = new Set(visible.flatMap((one) => one.blobs));
  return blobs.filter((blob) => !referenced.has(blob));
}

/** Uncommitted files of sinks by the runs they belong to, as their names say. */
export interface EarlierParts {
  /** Files of this run and of later ones before the current may go; the current run when none of earlier runs may. */
  readonly first: number;
  /** Names, below the folders of the sinks, of those that a checkpoint is still to commit. */
  readonly needed: ReadonlySet<string>;
}

/**
 * Which uncommitted files of earlier runs nobody needs when `run` begins from `from`. A run that goes on from a checkpoint ends all that came after it: what
 * is uncommitted is either in a checkpoint that is visible, or the leftover of a crash. So it is before the first checkpoint of a job. A run from the
 * beginning of the input beside earlier ones leaves theirs alone. `visible`: with what each is to commit; null = nobody knows.
 */
export function earlierParts(
  visible: readonly { readonly pending: readonly string[] }[] | null,
  run: number,
  from: CheckpointRef | null,
): EarlierParts {
  if (visible === null || (from === null && visible.length > 0)) return { first: run, needed: new Set() };
  return { first: from?.run ?? 1, needed: new Set(visible.flatMap(({ pending }) => pending)) };
}

/** Runs that are listed although nothing is left of them but that they were. */
const RUNS_LISTED = 50;

/** Runs whose folders go: older than the newest ones, and without a checkpoint. The newest stays in any case: numbers of runs are never used again. */
export function runsToForget(runs: readonly number[], visible: readonly CheckpointRef[]): readonly number[] {
  const needed = new Set(visible.map(({ run }) => run));
  return [...runs]
    .sort((a, b) => b - a)
    .slice(RUNS_LISTED)
    .filter((run) => !needed.has(run));
}

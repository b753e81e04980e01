import type { CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { VisibleCheckpoint } from './look.ts';

interface Begun {
  readonly from: CheckpointRef | null;
  /** Somebody has chosen to go on from something else than the newest checkpoint there was. */
  readonly forked: boolean;
}

/**
 * Which finished files belong to the results of the newest run. Who goes on from an older checkpoint gives up what came after it: files of that stay, and are
 * part of another line of restores. As long as nobody does, every file counts.
 */
export class Lines {
  readonly #runs = new Map<number, Begun>();
  /** Files that a checkpoint commits, by its run and number. */
  readonly #commits = new Map<string, VisibleCheckpoint>();
  #newest = 0;

  begin(run: number, begun: Begun): void {
    this.#runs.set(run, begun);
    this.#newest = run;
  }

  /** These checkpoints are there. */
  see(visible: readonly VisibleCheckpoint[]): void {
    for (const one of visible) this.#commits.set(`${one.run}/${one.checkpoint}`, one);
  }

  /** A job was drained after fewer records than these, and has gone on all the same: for its results nobody can answer. */
  wentOn(records: number): boolean {
    return [...this.#commits.values()].some((one) => one.ended && one.records < records);
  }

  /** Those of the finished files that belong to the results of the newest run. */
  newest(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const kept = new Map<string, string>();
    let limit: CheckpointRef | null = null;
    let below = Number.POSITIVE_INFINITY;
    for (let run: number | null = this.#newest; run !== null; ) {
      const fork = this.#forkBelow(run);
      const committed: ReadonlySet<string> | null = limit === null ? null : this.#committedUntil(limit);
      for (const [path, text] of files) {
        const of = runOf(path);
        if (of < (fork ?? 0) || of >= below || (limit !== null && of > limit.run)) continue;
        if (of !== limit?.run || committed?.has(path) === true) kept.set(path, text);
      }
      limit = fork === null ? null : (this.#runs.get(fork)?.from ?? null);
      below = fork ?? 0;
      run = limit?.run ?? null;
    }
    return kept;
  }

  /** The run, or the one that it goes back to, which began from something else than the newest checkpoint; null when there is none. */
  #forkBelow(run: number): number | null {
    for (let at: number | undefined = run; at !== undefined; at = this.#runs.get(at)?.from?.run) if (this.#runs.get(at)?.forked) return at;
    return null;
  }

  #committedUntil({ run, checkpoint }: CheckpointRef): ReadonlySet<string> {
    const until = [...this.#commits.values()].filter((one) => one.run === run && one.checkpoint <= checkpoint);
    return new Set(until.flatMap(({ finals }) => finals));
  }
}

/** By its name: the prefix of the sink, then the run. */
function runOf(path: string): number {
  return Number(/part-(\d+)-/.exec(path)?.[1] ?? 0);
}

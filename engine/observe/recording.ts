import type { JobRestore } from '../checkpoint/snapshot.ts';
import type { JournalEntry } from '../runtime/mail.ts';

/** One attempt at a job, as it was: everything that a replay of it needs besides the program (rule 7). */
export interface Recording {
  /** The job's clock when it began, ms. */
  readonly startTime: number;
  /** What the attempt began with; null = the beginning of the input. */
  readonly restore: JobRestore | null;
  readonly journal: readonly JournalEntry[];
  /** Where the attempt ended: turns (`Executor.turnCount`; null = at a failure), and source records that had passed through the job. */
  readonly end: { readonly turn: number | null; readonly record: number };
}

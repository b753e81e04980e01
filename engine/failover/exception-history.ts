import type { CheckpointRef } from '../checkpoint/manifest.ts';
import type { JobFailure } from '../runtime/job.ts';
import type { RestartDecision } from './restart-strategy.ts';

/** A failure of a job, and what was done about it. */
export interface ExceptionEntry {
  /** Wall clock, ms. */
  readonly timestamp: number;
  /** The attempt that failed; 0 is the first. */
  readonly attempt: number;
  readonly failure: JobFailure;
  readonly decision: RestartDecision;
  /** What the failed attempt had begun from; null = the beginning of the input. */
  readonly begunFrom: CheckpointRef | null;
}

/** Flink's default of `web.exception-history-size`. */
const EXCEPTION_HISTORY_SIZE = 16;

/** The newest failures of a job, newest first, with another one; in whatever form they are kept. */
export function withException<T>(history: readonly T[], entry: T): readonly T[] {
  return [entry, ...history].slice(0, EXCEPTION_HISTORY_SIZE);
}

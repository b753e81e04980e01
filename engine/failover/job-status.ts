/** Flink's JobStatus, as far as a job here can have it. */
export type JobStatus = 'CREATED' | 'RUNNING' | 'FAILING' | 'FAILED' | 'CANCELLING' | 'CANCELED' | 'RESTARTING' | 'FINISHED';

/** What may follow: Flink's diagram of a job's states (docs/internals/job_scheduling). A job that fails while it is cancelled is cancelled. */
const NEXT: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  CREATED: ['RUNNING', 'FAILING', 'CANCELLING'],
  RUNNING: ['FINISHED', 'FAILING', 'CANCELLING'],
  FAILING: ['RESTARTING', 'FAILED', 'CANCELLING'],
  RESTARTING: ['RUNNING', 'FAILING', 'FAILED', 'CANCELLING'],
  CANCELLING: ['CANCELED'],
  FAILED: [],
  CANCELED: [],
  FINISHED: [],
};

/** The job has ended for good. */
export function isTerminal(status: JobStatus): boolean {
  return NEXT[status].length === 0;
}

/** Gives `to`. Throws for a change that there is not. */
export function changeStatus(from: JobStatus, to: JobStatus): JobStatus {
  if (!NEXT[from].includes(to)) throw new Error(`A job that is ${from} cannot become ${to}.`);
  return to;
}

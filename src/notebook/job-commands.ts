import type { Dialogs } from '../platform/ports.ts';
import type { JobViews } from './job-views.ts';
import type { NotebookService } from './notebook-service.ts';

/** The verbs of the Jobs view, by the ids of their commands; the argument is the URI of the job's cell. */
export function jobCommands(
  service: NotebookService,
  jobs: JobViews,
  dialogs: Dialogs,
): Readonly<Record<string, (cell: string | null) => Promise<void> | void>> {
  return {
    'streambook.jobs.checkpoint': async (cell) => {
      try {
        if (cell !== null) await jobs.checkpoint(cell);
      } catch (error) {
        dialogs.error(error instanceof Error ? error.message : String(error));
      }
    },
    'streambook.jobs.stop': (cell) => (cell === null ? undefined : service.runs.stop(cell)),
    'streambook.jobs.openCell': (cell) => (cell === null ? undefined : dialogs.reveal(cell, 1, 1)),
  };
}

/** The cell of a row of the Jobs view. */
export function cellOfJob(job: unknown): string | null {
  return typeof job === 'object' && job !== null && 'cell' in job && typeof job.cell === 'string' ? job.cell : null;
}

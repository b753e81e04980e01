import type { CommandId } from '../../platform/command-ids.ts';
import type { Dialogs, Localizer } from '../../platform/ports.ts';
import type { CheckpointDialogs } from '../../platform/tree-ports.ts';
import type { JobViews } from './job-views.ts';
import type { NotebookService } from '../notebook-service.ts';

type JobCommandId = Extract<CommandId, `streambook.jobs.${string}`>;

/** The verbs of the Jobs view, by the ids of their commands; the argument is the URI of the job's cell. */
export function jobCommands(
  service: NotebookService,
  jobs: JobViews,
  dialogs: Dialogs,
  ask: CheckpointDialogs['input'],
  l10n: Localizer,
): Readonly<Record<JobCommandId, (cell: string | null) => Promise<void> | void>> {
  const take = async (cell: string, savepoint: string | null): Promise<void> => {
    try {
      await jobs.checkpoint(cell, savepoint);
    } catch (error) {
      dialogs.error(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    'streambook.jobs.checkpoint': (cell) => (cell === null ? undefined : take(cell, null)),
    'streambook.jobs.savepoint': async (cell) => {
      const name = cell === null ? '' : ((await ask(l10n.t('Name of the savepoint; it is kept until you delete it'), ''))?.trim() ?? '');
      if (cell !== null && name !== '') await take(cell, name.slice(0, 100));
    },
    'streambook.jobs.kill': (cell) => (cell === null ? undefined : service.runs.kill(cell)),
    'streambook.jobs.stop': (cell) => (cell === null ? undefined : service.runs.stop(cell)),
    'streambook.jobs.openCell': (cell) => (cell === null ? undefined : dialogs.reveal(cell, 1, 1)),
  };
}

/** The cell of a row of the Jobs view. */
export function cellOfJob(job: unknown): string | null {
  return typeof job === 'object' && job !== null && 'cell' in job && typeof job.cell === 'string' ? job.cell : null;
}

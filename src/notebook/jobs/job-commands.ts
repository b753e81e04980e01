import type { Injection } from '../../../engine/node/job-master.ts';
import type { CommandId } from '../../platform/command-ids.ts';
import type { Dialogs, Localizer } from '../../platform/ports.ts';
import type { CheckpointDialogs } from '../../platform/tree-ports.ts';
import type { NotebookService } from '../notebook-service.ts';
import type { JobViews } from './job-views.ts';

type JobCommandId = Extract<CommandId, `streambook.jobs.${string}`>;

/** What a row of the Jobs view is about: a cell, or a place in it. Lines and columns count from 1. */
interface JobTarget {
  readonly cell: string;
  readonly line: number;
  readonly column: number;
}

type JobCommand = (target: JobTarget | null) => Promise<void> | void;

/** Characters of the name of a savepoint. */
const MAX_NAME = 100;
/** What is proposed for a crash later. */
const CRASH_AFTER = 1000;

/** The verbs of the Jobs view, by the ids of their commands. */
export function jobCommands(
  service: NotebookService,
  jobs: JobViews,
  dialogs: Dialogs,
  ask: CheckpointDialogs['input'],
  l10n: Localizer,
): Readonly<Record<JobCommandId, JobCommand>> {
  /** For a job; what goes wrong is shown. */
  const onJob =
    (run: (cell: string) => Promise<void> | void): JobCommand =>
    async (target) => {
      if (target === null) return;
      try {
        await run(target.cell);
      } catch (error) {
        dialogs.error(error instanceof Error ? error.message : String(error));
      }
    };
  /** For a job and the name of a savepoint. */
  const named = (run: (cell: string, name: string) => Promise<void>): JobCommand =>
    onJob(async (cell) => {
      const name = (await ask(l10n.t('Name of the savepoint; it is kept until you delete it'), ''))?.trim() ?? '';
      if (name !== '') await run(cell, name.slice(0, MAX_NAME));
    });
  const injecting = (injection: Injection): JobCommand => onJob((cell) => jobs.inject(cell, injection));
  return {
    'streambook.jobs.checkpoint': onJob((cell) => jobs.checkpoint(cell)),
    'streambook.jobs.savepoint': named((cell, name) => jobs.checkpoint(cell, name)),
    'streambook.jobs.stopWithSavepoint': named((cell, name) => jobs.stopWithSavepoint(cell, name, false)),
    'streambook.jobs.drain': named((cell, name) => jobs.stopWithSavepoint(cell, name, true)),
    'streambook.jobs.crash': injecting({ kind: 'crash', records: 0 }),
    'streambook.jobs.crashAfter': onJob(async (cell) => {
      const answer = (await ask(l10n.t('Crash after how many more records?'), String(CRASH_AFTER)))?.trim() ?? '';
      if (answer === '') return;
      if (!/^\d{1,12}$/.test(answer)) throw new Error(l10n.t('“{0}” is not a number of records.', answer));
      await jobs.inject(cell, { kind: 'crash', records: Number(answer) });
    }),
    'streambook.jobs.failCheckpoint': injecting({ kind: 'checkpoint' }),
    'streambook.jobs.failCommit': injecting({ kind: 'commit' }),
    'streambook.jobs.kill': onJob((cell) => service.runs.kill(cell)),
    'streambook.jobs.stop': onJob((cell) => service.runs.stop(cell)),
    'streambook.jobs.openCell': (target) => (target === null ? undefined : dialogs.reveal(target.cell, target.line, target.column)),
  };
}

/** What a row of the Jobs view is about. */
export function targetOfRow(row: unknown): JobTarget | null {
  if (typeof row !== 'object' || row === null || !('cell' in row) || typeof row.cell !== 'string') return null;
  const line = 'line' in row && typeof row.line === 'number' ? row.line : 1;
  const column = 'column' in row && typeof row.column === 'number' ? row.column : 1;
  return { cell: row.cell, line, column };
}

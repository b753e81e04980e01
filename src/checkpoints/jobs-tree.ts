import { durationText, timeText } from '../output/text.ts';
import { bytesText } from './bytes-text.ts';
import type { Disposable, Localizer } from '../platform/ports.ts';
import type { TreeModel, TreeRow } from '../platform/tree-ports.ts';

/** A job of this window. */
export interface JobView {
  /** URI of its cell. */
  readonly cell: string;
  readonly label: string;
  readonly notebook: string;
  readonly phase: 'queued' | 'starting' | 'running' | 'replaying' | 'finished' | 'failed' | 'stopped';
  /** ms. */
  readonly elapsed: number;
  readonly restarts: number;
  /** Bytes of state now, about. */
  readonly stateBytes: number;
  readonly checkpoint: { readonly number: number; readonly time: number } | null;
}

/** The jobs of this window, as the notebooks know them. */
export interface Jobs {
  list(): readonly JobView[];
  onDidChange(listener: () => void): Disposable;
}

const ICONS = {
  queued: ['watch', null],
  starting: ['watch', null],
  running: ['broadcast', 'running'],
  replaying: ['history', null],
  finished: ['pass', null],
  failed: ['error', 'error'],
  stopped: ['debug-stop', null],
} as const;

/** The Jobs view. */
export class JobsTree implements TreeModel<JobView> {
  readonly #jobs: Jobs;
  readonly #l10n: Localizer;

  constructor(jobs: Jobs, l10n: Localizer) {
    this.#jobs = jobs;
    this.#l10n = l10n;
  }

  children(node: JobView | null): Promise<readonly JobView[]> {
    return Promise.resolve(node === null ? this.#jobs.list() : []);
  }

  row({ cell, label, notebook, phase, elapsed, restarts, stateBytes, checkpoint }: JobView): TreeRow {
    const l10n = this.#l10n;
    const [icon, colour] = ICONS[phase];
    const words = {
      queued: l10n.t('waiting'),
      starting: l10n.t('starting'),
      running: l10n.t('running'),
      replaying: l10n.t('replay'),
      finished: l10n.t('finished'),
      failed: l10n.t('failed'),
      stopped: l10n.t('stopped'),
    };
    const facts = [
      words[phase],
      elapsed > 0 ? durationText(elapsed) : null,
      restarts > 0 ? l10n.t('restarted {0} times', restarts) : null,
      checkpoint === null ? null : l10n.t('checkpoint {0}', checkpoint.number),
    ];
    return {
      id: cell,
      label,
      description: facts.filter((fact) => fact !== null).join(', '),
      tooltip:
        checkpoint === null
          ? notebook
          : l10n.t('{0}, last checkpoint at {1}, about {2} of state now', notebook, timeText(checkpoint.time, true), bytesText(stateBytes)),
      spoken: null,
      icon,
      colour,
      children: 'none',
      context: phase === 'running' ? 'job.running' : phase === 'replaying' ? 'job.replaying' : 'job',
      command: { id: 'streambook.jobs.openCell', title: l10n.t('Open Cell') },
    };
  }
}

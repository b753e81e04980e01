import type { Figure, Figures, JobFigures } from '../output/figures.ts';
import { durationText, fullNumber, timeText } from '../output/text.ts';
import type { OutputError } from '../output/types.ts';
import { bytesText } from './bytes-text.ts';
import type { Disposable, Localizer } from '../platform/ports.ts';
import type { TreeModel, TreeRow } from '../platform/tree-ports.ts';

/** A job of this window. */
export interface JobView {
  /** URI of its cell. */
  readonly cell: string;
  readonly label: string;
  readonly notebook: string;
  readonly phase: 'queued' | 'starting' | 'running' | 'restarting' | 'replaying' | 'finished' | 'failed' | 'stopped';
  /** ms. */
  readonly elapsed: number;
  readonly restarts: number;
  /** By Flink's names, such as "RESTARTING"; null where there is none. */
  readonly status: string | null;
  /** Bytes of state now, about. */
  readonly stateBytes: number;
  readonly checkpoint: { readonly number: number; readonly time: number } | null;
  /** Accumulators and metrics of its functions. */
  readonly figures: JobFigures;
  /** Newest first. */
  readonly exceptions: readonly JobExceptionView[];
}

/** A failure of a job's newest run. */
export interface JobExceptionView {
  /** Wall clock, ms. */
  readonly time: number;
  readonly error: OutputError;
  /** What was done about it, in words. */
  readonly consequence: string;
}

/** A row of the view: a job, one of its failures, at the place where it was thrown, and what its functions count and measure. */
export type JobNode = JobView | ExceptionNode | FiguresNode | FigureNode;

/** The accumulators of a job, or its metrics. */
interface FiguresNode {
  readonly id: string;
  readonly cell: string;
  readonly what: keyof JobFigures;
  readonly figures: Figures;
}

interface FigureNode {
  readonly id: string;
  readonly cell: string;
  readonly figure: Figure;
}

interface ExceptionNode {
  readonly id: string;
  readonly cell: string;
  readonly line: number;
  readonly column: number;
  readonly exception: JobExceptionView;
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
  restarting: ['sync', 'warning'],
  replaying: ['history', null],
  finished: ['pass', null],
  failed: ['error', 'error'],
  stopped: ['debug-stop', null],
} as const;

const PLAIN = { spoken: null, colour: null, children: 'none', command: null } as const;

function isWorthARow({ total, problem }: Figures): boolean {
  return total > 0 || problem !== null;
}

function hasFigures({ accumulators, metrics }: JobFigures): boolean {
  return isWorthARow(accumulators) || isWorthARow(metrics);
}

function figuresOf({ cell, figures }: JobView): readonly FiguresNode[] {
  return (['accumulators', 'metrics'] as const)
    .filter((what) => isWorthARow(figures[what]))
    .map((what) => ({ id: `${cell} ${what}`, cell, what, figures: figures[what] }));
}

function figuresBelow({ id, cell, figures: { shown } }: FiguresNode): readonly FigureNode[] {
  // Two operators may be called alike, and VS Code shows nothing at all when two rows have the same id.
  return shown.map((figure, at) => ({ id: `${id} ${at} ${figure.name}`, cell, figure }));
}

/** The Jobs view: jobs, and below each its exception history. */
export class JobsTree implements TreeModel<JobNode> {
  readonly #jobs: Jobs;
  readonly #l10n: Localizer;

  constructor(jobs: Jobs, l10n: Localizer) {
    this.#jobs = jobs;
    this.#l10n = l10n;
  }

  children(node: JobNode | null): Promise<readonly JobNode[]> {
    if (node === null) return Promise.resolve(this.#jobs.list());
    if ('figures' in node && 'what' in node) return Promise.resolve(figuresBelow(node));
    if ('exception' in node || 'figure' in node) return Promise.resolve([]);
    return Promise.resolve([...figuresOf(node), ...this.#exceptions(node)]);
  }

  #exceptions({ cell, exceptions }: JobView): readonly ExceptionNode[] {
    return exceptions.map((exception, at) => ({
      // Counted from the oldest, which stays the same when others come.
      id: `${cell} exception ${exceptions.length - at}`,
      cell: exception.error.place?.cell ?? cell,
      line: exception.error.place?.line ?? 1,
      column: exception.error.place?.column ?? 1,
      exception,
    }));
  }

  row(node: JobNode): TreeRow {
    if ('exception' in node) return this.#exceptionRow(node);
    if ('figure' in node) return this.#figureRow(node);
    return 'what' in node ? this.#figuresRow(node) : this.#jobRow(node);
  }

  #figuresRow({ id, what, figures: { shown, total, problem } }: FiguresNode): TreeRow {
    const l10n = this.#l10n;
    const label = what === 'accumulators' ? l10n.t('Accumulators') : l10n.t('Metrics');
    const count = total > shown.length ? l10n.t('the first {0} of {1}', fullNumber(shown.length), fullNumber(total)) : fullNumber(total);
    return {
      ...PLAIN,
      id,
      label,
      description: problem ?? count,
      tooltip: problem === null ? null : l10n.t('The accumulators could not be put together: {0}', problem),
      icon: problem === null ? (what === 'accumulators' ? 'symbol-numeric' : 'dashboard') : 'warning',
      colour: problem === null ? null : 'warning',
      children: shown.length === 0 ? 'none' : 'collapsed',
      context: 'figures',
    };
  }

  #figureRow({ id, figure: { name, value } }: FigureNode): TreeRow {
    return { ...PLAIN, id, label: name, description: value, tooltip: `${name}: ${value}`, icon: 'symbol-constant', context: 'figure' };
  }

  #exceptionRow({ id, exception: { time, error, consequence } }: ExceptionNode): TreeRow {
    const where = error.place === null ? null : this.#l10n.t('{0}, line {1}', error.place.cellLabel, error.place.line);
    return {
      id,
      label: error.title,
      description: [timeText(time, true), where, consequence].filter((part) => part !== null).join(', '),
      tooltip: error.record === null ? error.title : this.#l10n.t('{0} at record {1}', error.title, error.record),
      spoken: null,
      icon: 'bug',
      colour: 'error',
      children: 'none',
      context: 'exception',
      command: { id: 'streambook.jobs.openCell', title: this.#l10n.t('Open Cell') },
    };
  }

  #jobRow({ cell, label, notebook, phase, elapsed, restarts, stateBytes, checkpoint, exceptions, status, figures }: JobView): TreeRow {
    const l10n = this.#l10n;
    const [icon, colour] = ICONS[phase];
    const words = {
      queued: l10n.t('waiting'),
      starting: l10n.t('starting'),
      running: l10n.t('running'),
      restarting: l10n.t('restarting'),
      replaying: l10n.t('replay'),
      finished: l10n.t('finished'),
      failed: l10n.t('failed'),
      stopped: l10n.t('stopped'),
    };
    const facts = [
      words[phase],
      elapsed > 0 ? durationText(elapsed) : null,
      restarts === 1 ? l10n.t('restarted once') : restarts > 1 ? l10n.t('restarted {0} times', restarts) : null,
      checkpoint === null ? null : l10n.t('checkpoint {0}', checkpoint.number),
    ];
    return {
      id: cell,
      label,
      description: facts.filter((fact) => fact !== null).join(', '),
      tooltip: [
        notebook,
        status,
        checkpoint === null
          ? null
          : l10n.t('last checkpoint at {0}, about {1} of state now', timeText(checkpoint.time, true), bytesText(stateBytes)),
      ]
        .filter((part) => part !== null)
        .join(', '),
      spoken: null,
      icon,
      colour,
      children: exceptions.length === 0 && !hasFigures(figures) ? 'none' : 'collapsed',
      context: phase === 'running' ? 'job.running' : phase === 'replaying' ? 'job.replaying' : 'job',
      command: { id: 'streambook.jobs.openCell', title: l10n.t('Open Cell') },
    };
  }
}

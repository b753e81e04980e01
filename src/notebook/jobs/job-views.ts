import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { Injection } from '../../../engine/node/job-master.ts';
import type { CatalogJob } from '../../checkpoints/catalog.ts';
import type { OwnCheckpoints } from '../../checkpoints/checkpoint-actions.ts';
import type { Jobs, JobView } from '../../checkpoints/jobs-tree.ts';
import { NO_FIGURES } from '../../host/figures.ts';
import type { JobProgress } from '../../host/protocol.ts';
import type { CellView, Disposable, Localizer, Notebooks } from '../../platform/ports.ts';
import { jobNameOf } from '../../program/job-name.ts';
import { cellTitle, findCell, isRunnable, sourceOf } from '../cells.ts';
import type { CellRuns } from '../running/cell-runs.ts';
import type { CheckpointPlaces } from './checkpoint-places.ts';
import type { RunningJob } from '../running/running-job.ts';

/** The runs of the cells as the sidebar sees them. */
export class JobViews implements Jobs {
  readonly #notebooks: Notebooks;
  readonly #places: CheckpointPlaces;
  readonly #l10n: Localizer;
  readonly #runs: () => CellRuns;
  readonly #listeners = new Set<() => void>();

  constructor(notebooks: Notebooks, places: CheckpointPlaces, l10n: Localizer, runs: () => CellRuns) {
    this.#notebooks = notebooks;
    this.#places = places;
    this.#l10n = l10n;
    this.#runs = runs;
  }

  list(): readonly JobView[] {
    return this.#runs()
      .cells()
      .flatMap((uri): JobView[] => {
        const placed = findCell(this.#notebooks, uri);
        if (placed === null) {
          return [];
        }
        const { notebook, cell } = placed;
        const { active, end, progress, elapsed } = this.#runs().status(notebook, cell);
        if (active === null && end === null) {
          return [];
        }
        const phases = { queued: 'queued', compiling: 'starting', starting: 'starting', running: 'running' } as const;
        return [
          {
            cell: uri,
            label: this.#runs().runner(uri)?.program?.jobName ?? cellTitle(cell),
            notebook: decodeURIComponent(notebook.uri.split('/').at(-1) ?? ''),
            phase: active === null ? (end ?? 'stopped') : (livePhase(progress) ?? phases[active.stage]),
            elapsed: elapsed ?? progress?.elapsed ?? 0,
            restarts: progress?.restarts ?? 0,
            status: progress?.status ?? null,
            stateBytes: progress?.stateBytes ?? 0,
            checkpoint: progress?.checkpoint ?? null,
            figures: progress?.figures ?? NO_FIGURES,
            exceptions: this.#runs().runner(uri)?.exceptions ?? [],
          },
        ];
      });
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** The job of these checkpoints, when it runs. */
  running({ directory, identity }: CatalogJob): OwnCheckpoints | null {
    for (const cell of this.#runs().cells()) {
      const runner = this.#runs().runner(cell);
      const placed = findCell(this.#notebooks, cell);
      const job = runner?.job ?? null;
      if (job === null || placed === null || runner?.program?.jobName !== identity.cell) {
        continue;
      }
      if (this.#places.of(placed.notebook.uri, identity.cell)?.directory === directory) {
        return job;
      }
    }
    return null;
  }

  /** Takes a checkpoint of a running cell now; with a name, a savepoint. Rejects with why there is none. */
  async checkpoint(cell: string, savepoint: string | null = null): Promise<void> {
    await this.#running(cell).checkpoint(savepoint === null ? 'checkpoint' : 'savepoint', savepoint);
  }

  /** Ends the job of a cell with a savepoint; `drain`: its input ends first. Rejects with why it goes on. */
  async stopWithSavepoint(cell: string, name: string, drain: boolean): Promise<void> {
    await this.#running(cell).stopWithSavepoint(name, drain);
  }

  /** Makes the job of a cell fail. Rejects with why it cannot. */
  async inject(cell: string, injection: Injection): Promise<void> {
    await this.#running(cell).inject(injection);
  }

  #running(cell: string): RunningJob {
    const job = this.#runs().runner(cell)?.job ?? null;
    if (job === null) {
      throw new Error(this.#l10n.t('The job is not running.'));
    }
    return job;
  }

  /** Runs the cell that checkpoints belong to from one of them. Rejects when its notebook or the cell is not there. */
  async restore(job: CatalogJob, ref: CheckpointRef, open: (uri: string) => Promise<void>): Promise<void> {
    this.#runs().runFrom(await this.cellOf(job, open), { run: ref.run, checkpoint: ref.checkpoint });
  }

  /** Replays the cell that a checkpoint belongs to from where it was taken. Rejects when its notebook or the cell is not there. */
  async replay(job: CatalogJob, ref: CheckpointRef, record: number, open: (uri: string) => Promise<void>): Promise<void> {
    this.#runs().replay(await this.cellOf(job, open), { run: ref.run, record });
  }

  /** URI of the cell that checkpoints belong to; opens its notebook. Rejects when the notebook or the cell is not there. */
  async cellOf({ directory, identity }: CatalogJob, open: (uri: string) => Promise<void>): Promise<string> {
    const uri = this.#places.notebookOf(directory);
    if (uri !== null && this.#notebooks.get(uri) === null) {
      await open(uri);
    }
    const notebook = uri === null ? null : this.#notebooks.get(uri);
    if (notebook === null) {
      throw new Error(this.#l10n.t('The notebook {0} is not open. Open it, then try again.', identity.notebook));
    }
    const cells = notebook.cells.filter(isRunnable);
    const cell = cells.find((candidate) => this.#isJobOf(candidate, identity.cell));
    if (cell === undefined) {
      throw new Error(this.#l10n.t('{0} has no cell {1} any more.', identity.notebook, identity.cell));
    }
    return cell.uri;
  }

  /** By the name of its newest run; before the first by its id, else by the first name that it declares. */
  #isJobOf(cell: CellView, job: string): boolean {
    const program = this.#runs().runner(cell.uri)?.program ?? null;
    if (program !== null) {
      return program.jobName === job;
    }
    return jobNameOf(sourceOf(cell)) === job;
  }
}

/** What a running job does that has a name of its own. */
function livePhase(progress: JobProgress | null): 'replaying' | 'restarting' | null {
  if (progress?.replay) {
    return 'replaying';
  }
  return progress?.status === 'RESTARTING' ? 'restarting' : null;
}

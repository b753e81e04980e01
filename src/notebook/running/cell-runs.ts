import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import type { RunDebugger } from '../../debug/session.ts';
import type { ReplayStart } from '../../host/protocol.ts';
import type { OutputState, ReplayAction } from '../../output/types.ts';
import type { CellView, NotebookView } from '../../platform/ports.ts';
import { CellRunner } from './cell-runner.ts';
import { findCell, isRunnable } from '../cells.ts';
import type { RunPorts } from './run-ports.ts';
import { RunQueue } from './run-queue.ts';
import { maxRunningJobs } from './run-settings.ts';
import { type CellStatus, NEVER_RUN } from './status-items.ts';

/** The runs of all cells of this window, by the cell's URI. */
export class CellRuns {
  readonly #ports: RunPorts;
  readonly #runners = new Map<string, CellRunner>();
  readonly #queue: RunQueue;

  constructor(ports: RunPorts) {
    this.#ports = ports;
    this.#queue = new RunQueue(() => maxRunningJobs(ports.settings));
  }

  /** Runs cells in order, several at once up to the limit. A cell that runs is restarted; cells that cannot be run are left out. */
  run(cells: readonly string[]): void {
    if (!this.#mayRun()) {
      return;
    }
    for (const cell of cells) {
      const placed = findCell(this.#ports.notebooks, cell);
      if (placed !== null && isRunnable(placed.cell)) {
        this.#runner(cell).run();
      }
    }
  }

  /** Runs a cell under a debugger; gives why it cannot, or null. */
  debug(cell: string, run: RunDebugger): string | null {
    const { notebooks, l10n } = this.#ports;
    const reason = this.#untrusted();
    if (reason !== null) return reason;
    const placed = findCell(notebooks, cell);
    if (placed === null || !isRunnable(placed.cell)) return l10n.t('There is no such cell that can be run.');
    this.#runner(cell).debug(run);
    return null;
  }

  /** Runs a cell from a checkpoint of its job. */
  runFrom(cell: string, checkpoint: CheckpointRef): void {
    if (this.#mayRun() && findCell(this.#ports.notebooks, cell) !== null) {
      this.#runner(cell).runFrom(checkpoint);
    }
  }

  /** Replays the newest run of a cell. */
  replay(cell: string, start: ReplayStart): void {
    if (this.#mayRun() && findCell(this.#ports.notebooks, cell) !== null) {
      this.#runner(cell).replay(start);
    }
  }

  /** Tells the replay of a cell what to do; nothing when there is none. */
  control(cell: string, action: ReplayAction): void {
    this.#runners.get(cell)?.job?.replay(action);
  }

  /** The runner of a cell that this window has run; null for others. */
  runner(cell: string): CellRunner | null {
    return this.#runners.get(cell) ?? null;
  }

  /** Stops the job of a cell; the second time it is killed. */
  stop(cell: string): void {
    this.#runners.get(cell)?.send({ type: 'interrupt' });
  }

  kill(cell: string): void {
    this.#runners.get(cell)?.send({ type: 'kill' });
  }

  /** Stops every job of a notebook, or of all. */
  stopAll(notebook: string | null = null): void {
    for (const { cell, isActive } of [...this.#runners.values()]) {
      if (isActive && (notebook === null || this.#ports.notebooks.ofCell(cell)?.uri === notebook)) {
        this.stop(cell);
      }
    }
  }

  /** Cells are gone, or their notebook was closed: their jobs end, what is known of them is forgotten. */
  forget(cells: readonly string[]): void {
    for (const cell of cells) {
      this.#runners.get(cell)?.send({ type: 'removed' });
      this.#runners.delete(cell);
    }
  }

  /** The cells that this window has run, with a notebook or not. */
  cells(): readonly string[] {
    return [...this.#runners.keys()];
  }

  /** Plays the rest of the input of a running job at another pace. */
  setPace(cell: string, pace: Pace): void {
    this.#runners.get(cell)?.setPace(pace);
  }

  /** Newest states of a cell's outputs. */
  outputs(cell: string): readonly OutputState[] {
    return this.#runners.get(cell)?.outputs ?? [];
  }

  /** Shows outputs of an earlier session. A cell that ran meanwhile keeps its own. */
  restore(cell: string, outputs: readonly OutputState[]): Promise<void> {
    return this.#runner(cell).restore(outputs);
  }

  /** The output with that id, with the cell it belongs to. */
  findOutput(id: string): { readonly cell: string; readonly state: OutputState } | null {
    for (const { cell, outputs } of this.#runners.values()) {
      const state = outputs.find((output) => output.id === id);
      if (state !== undefined) {
        return { cell, state };
      }
    }
    return null;
  }

  /** What the status bar of a cell shows. */
  status(notebook: NotebookView, cell: CellView): CellStatus {
    return {
      cell,
      pace: this.#ports.paces.get(notebook, cell),
      ...(this.#runners.get(cell.uri)?.status(notebook) ?? NEVER_RUN),
    };
  }

  /** Hands the outputs of running jobs to the keeper: called now and then, and before the window closes. */
  keepRunning(): void {
    for (const runner of this.#runners.values()) {
      if (runner.isActive) {
        runner.keep();
      }
    }
  }

  /** Ends all jobs at once. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.dispose()));
  }

  /** Why no cell may run; null in a trusted workspace. */
  #untrusted(): string | null {
    const { trust, l10n } = this.#ports;
    return trust.isTrusted() ? null : l10n.t('Streambook runs no cells in Restricted Mode. Trust the workspace to run them.');
  }

  /** Tells the user when cells may not run. */
  #mayRun(): boolean {
    const reason = this.#untrusted();
    if (reason !== null) {
      this.#ports.dialogs.error(reason);
    }
    return reason === null;
  }

  #runner(cell: string): CellRunner {
    let runner = this.#runners.get(cell);
    if (runner === undefined) {
      runner = new CellRunner(cell, this.#ports, this.#queue);
      this.#runners.set(cell, runner);
    }
    return runner;
  }
}

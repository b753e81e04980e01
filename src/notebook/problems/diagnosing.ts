import type { Clock, Disposable, Log, Notebooks } from '../../platform/ports.ts';
import type { CellDiagnostic, CellSource } from '../../program/types.ts';
import { programCells } from '../cells.ts';

/** Quiet time after the last keystroke before a notebook is checked, ms. */
export const TYPING_PAUSE_MS = 250;

/** The language worker as this module needs it; null when a newer call took its place. */
export interface Diagnoser {
  diagnose(notebook: string, cells: readonly CellSource[]): Promise<readonly CellDiagnostic[] | null>;
}

/** Checks notebooks while they are edited: after each pause in typing, off the editor's thread, the newest text only. */
export class Diagnosing {
  readonly #notebooks: Notebooks;
  readonly #diagnoser: Diagnoser;
  readonly #show: (cells: readonly string[], diagnostics: readonly CellDiagnostic[]) => void;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timers = new Map<string, Disposable>();
  /** Number of the newest text of a notebook: what is found in an older one is not shown. */
  readonly #versions = new Map<string, number>();

  constructor(
    notebooks: Notebooks,
    diagnoser: Diagnoser,
    show: (cells: readonly string[], diagnostics: readonly CellDiagnostic[]) => void,
    clock: Clock,
    log: Log,
  ) {
    this.#notebooks = notebooks;
    this.#diagnoser = diagnoser;
    this.#show = show;
    this.#clock = clock;
    this.#log = log;
  }

  /** The notebook was opened or edited. */
  touch(notebook: string): void {
    this.#versions.set(notebook, (this.#versions.get(notebook) ?? 0) + 1);
    this.#timers.get(notebook)?.dispose();
    this.#timers.set(
      notebook,
      this.#clock.after(TYPING_PAUSE_MS, () => {
        this.#timers.delete(notebook);
        void this.#check(notebook);
      }),
    );
  }

  /** The notebook was closed. */
  forget(notebook: string): void {
    this.#timers.get(notebook)?.dispose();
    this.#timers.delete(notebook);
    this.#versions.delete(notebook);
  }

  async #check(uri: string): Promise<void> {
    const notebook = this.#notebooks.get(uri);
    if (notebook === null) {
      return;
    }
    const version = this.#versions.get(uri);
    const cells = programCells(notebook);
    try {
      const diagnostics = await this.#diagnoser.diagnose(uri, cells);
      if (diagnostics !== null && this.#versions.get(uri) === version) {
        this.#show(
          cells.map(({ id }) => id),
          diagnostics,
        );
      }
    } catch (error) {
      this.#log.warn(`${uri} could not be checked: ${String(error)}`);
    }
  }
}

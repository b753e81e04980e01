import type { OutputError } from '../../output/types.ts';
import type { Localizer, Problem, Problems } from '../../platform/ports.ts';
import type { CellDiagnostic } from '../../program/types.ts';
import type { RunProblems } from '../running/run-ports.ts';

/** What is wrong with cells, from two sides: the compiler (replaced with each check) and the last run (until the cell is edited or run again). */
export class ProblemBoard implements RunProblems {
  readonly #compile: Problems;
  readonly #run: Problems;
  readonly #l10n: Localizer;
  /** Cells by the cell whose run failed: the place may be in another one. */
  readonly #failedPlaces = new Set<string>();

  constructor(compile: Problems, run: Problems, l10n: Localizer) {
    this.#compile = compile;
    this.#run = run;
    this.#l10n = l10n;
  }

  showCompileProblems(cells: readonly string[], diagnostics: readonly CellDiagnostic[]): void {
    const byCell = new Map<string, Problem[]>(cells.map((cell) => [cell, []]));
    for (const { cell, range, severity, message, code, related } of diagnostics) {
      const problems = byCell.get(cell) ?? [];
      problems.push({ cell, range, severity, message, code, related: related ?? null });
      byCell.set(cell, problems);
    }
    for (const [cell, problems] of byCell) {
      this.#compile.set(cell, problems);
    }
  }

  showFailure(error: OutputError): void {
    const { place } = error;
    if (place === null) {
      return;
    }
    const start = { line: place.line, column: place.column };
    const where = error.operator === null ? '' : this.#l10n.t(' (in {0}, when the job ran)', error.operator);
    this.#failedPlaces.add(place.cell);
    this.#run.set(place.cell, [
      { cell: place.cell, range: { start, end: start }, severity: 'error', message: `${error.title}${where}`, code: null, related: null },
    ]);
  }

  clearFailure(cell: string): void {
    if (this.#failedPlaces.delete(cell)) {
      this.#run.clear(cell);
    }
  }

  /** The cells are gone. */
  forget(cells: readonly string[]): void {
    for (const cell of cells) {
      this.clearFailure(cell);
      this.#compile.clear(cell);
    }
  }
}

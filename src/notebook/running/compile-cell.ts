import type { OutputError } from '../../output/types.ts';
import type { Localizer, NotebookView } from '../../platform/ports.ts';
import type { CellDiagnostic, CellSource, CompiledProgram } from '../../program/types.ts';
import { type PlacedCell, programCells } from '../cells.ts';
import { plainError } from '../outputs/output-states.ts';
import type { Compiler } from './run-ports.ts';

/** What came of compiling a cell for a run. */
export interface CompiledCell {
  readonly program: CompiledProgram | null;
  /** Why the cell cannot run; null when it can. */
  readonly error: OutputError | null;
  /** The cells whose problems are all in `diagnostics`. */
  readonly checked: readonly string[];
  readonly diagnostics: readonly CellDiagnostic[];
}

/** Compiles a cell with the cells it needs. Never rejects. */
export async function compileCell({ notebook, cell }: PlacedCell, compiler: Compiler, l10n: Localizer): Promise<CompiledCell> {
  const sources = programCells(notebook);
  try {
    const result = await compiler.compile(notebook.uri, sources, cell.uri, true);
    const { diagnostics } = result;
    if (!result.ok) {
      return { program: null, error: compileError(l10n, sources, diagnostics), checked: sources.map(({ id }) => id), diagnostics };
    }
    const { program } = result;
    const error = notebook.folder === null ? noFolderError(l10n) : null;
    return { program, error, checked: program.cells.map(({ id }) => id), diagnostics };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const error = plainError(l10n.t('The cell could not be compiled: {0}', reason), l10n.t('Run the cell again.'));
    return { program: null, error, checked: [], diagnostics: [] };
  }
}

/** Whether a cell of the program is gone or is not what it was when it was compiled. */
export function isOutOfDate(program: CompiledProgram, notebook: NotebookView): boolean {
  const texts = new Map(notebook.cells.map(({ uri, text }) => [uri, text]));
  return program.cells.some(({ id, text }) => texts.get(id) !== text);
}

function noFolderError(l10n: Localizer): OutputError {
  return plainError(l10n.t('The notebook is not in a folder on this machine.'), l10n.t('Save it to one: cells read files relative to it.'));
}

/** What the output says when the cell does not compile: the first error, and how many there are. */
function compileError(l10n: Localizer, cells: readonly CellSource[], diagnostics: readonly CellDiagnostic[]): OutputError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = errors[0];
  const cell = cells.find(({ id }) => id === first?.cell);
  if (first === undefined || cell === undefined) {
    return plainError(l10n.t('The cell could not be compiled.'));
  }
  const { line, column } = first.range.start;
  const hint = errors.length === 1 ? null : l10n.t('{0} more problems are in the Problems view.', errors.length - 1);
  return {
    ...plainError(first.message, hint),
    place: { cell: cell.id, cellLabel: l10n.t('cell {0}', cell.name ?? cell.number), line, column },
  };
}

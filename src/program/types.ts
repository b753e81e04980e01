/**
 * From cells to programs: the types shared by the compiler, the notebook, the language worker and the command line.
 * Pure data: everything here crosses threads. Lines and columns are 1-based and count UTF-16 units, offsets are 0-based.
 */

/** A `ts` cell as written. */
export interface CellSource {
  /** Identity within the notebook while it is open: the cell's URI in the editor, "cell-3" on the command line. */
  readonly id: string;
  /** Position among all cells of the notebook, from 1, as users count them. */
  readonly number: number;
  /** `id=word-count` of the info string; null without one. */
  readonly name: string | null;
  readonly text: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A problem in a cell. `related` points at the other place it concerns (the first declaration, for example). */
export interface CellDiagnostic {
  /** CellSource.id */
  readonly cell: string;
  readonly range: Range;
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** "TS2322", or "streambook.duplicate-name" for our own. */
  readonly code: string;
  readonly related?: { readonly cell: string; readonly range: Range; readonly message: string };
}

/** One cell inside a compiled program. */
export interface ProgramCell {
  readonly id: string;
  readonly number: number;
  readonly name: string | null;
  /** The cell's text at compile time: errors are shown against it, and a later edit makes the run out of date. */
  readonly text: string;
  /** Lines [firstLine, firstLine + lineCount) of `code` (1-based) come from this cell. */
  readonly firstLine: number;
  readonly lineCount: number;
  /** TypeScript's source map (JSON) of the cell's emitted lines. */
  readonly sourceMap: string;
}

/** What the job's worker evaluates: one function body over the names of `engine/cells.ts`'s scope. */
export interface CompiledProgram {
  /** Stable key of the job: `jobNameOf`. */
  readonly jobName: string;
  /** Parameters of the function, in order: the scope's names. */
  readonly parameters: readonly string[];
  /** JavaScript body. Each cell's code is bracketed by `__cell(index)`; the target's last expression by `__result(value)`. */
  readonly code: string;
  /** In file order; the last one is the target. */
  readonly cells: readonly ProgramCell[];
  /** FNV-1a of `code`, hexadecimal: two programs with equal hashes behave alike. */
  readonly hash: string;
}

export type CompileResult =
  | { readonly ok: true; readonly program: CompiledProgram; readonly diagnostics: readonly CellDiagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly CellDiagnostic[] };

import * as l10n from '@vscode/l10n';
import type { CellAnalysis, DeclaredName, UsedName } from './analysis.ts';
import { type ApiNames, HOOK_NAMES } from './api-names.ts';
import { rangeAt } from './positions.ts';
import type { CellDiagnostic, CellSource } from './types.ts';

/** A name's first declaration: the one that other cells mean. */
interface Declaration {
  readonly cell: number;
  readonly name: DeclaredName;
}

/** The cells of a notebook and how they hang together by names. Indices are positions in `cells`. */
export interface NotebookGraph {
  readonly cells: readonly CellSource[];
  readonly analyses: readonly CellAnalysis[];
  /** Per cell: the names of cells above that it uses, with the cell that declares each. */
  readonly imports: readonly ReadonlyMap<string, number>[];
  /** Problems of the cells as parts of a notebook; type errors are not among them. In file order. */
  readonly diagnostics: readonly CellDiagnostic[];
}

/** Finds who uses whose names. `cells` are the `ts` cells in file order. */
export function buildGraph(cells: readonly CellSource[], analyses: readonly CellAnalysis[], api: ApiNames): NotebookGraph {
  const declarations = new Map<string, Declaration>();
  analyses.forEach((analysis, cell) => {
    for (const name of analysis.declared) if (!declarations.has(name.name)) declarations.set(name.name, { cell, name });
  });
  const imports: ReadonlyMap<string, number>[] = [];
  const diagnostics: CellDiagnostic[] = [];
  analyses.forEach((analysis, index) => {
    const cell = at(cells, index);
    const used = new Map<string, number>();
    const found: CellDiagnostic[] = analysis.problems.map((problem) => ({
      ...diagnose(cell, problem, problem.code, problem.message),
      severity: problem.severity ?? 'error',
    }));
    for (const name of analysis.declared) {
      const problem = declarationProblem(cells, index, name, declarations, api);
      if (problem !== null) found.push(problem);
    }
    for (const use of analysis.used) {
      const declaration = declarations.get(use.name);
      if (declaration === undefined || declaration.cell === index) continue;
      if (declaration.cell < index) used.set(use.name, declaration.cell);
      // Before a user declares it further down, an API name means the API's.
      else if (api.values.has(use.name) || api.types.has(use.name)) continue;
      const problem = useProblem(cells, index, use, declaration);
      if (problem !== null) found.push(problem);
    }
    imports.push(used);
    diagnostics.push(...found.sort(byPlace));
  });
  return { cells, analyses, imports, diagnostics };
}

/**
 * The cells that a run of `target` evaluates, in file order: the cells it depends on by name, the cells above that contain only
 * settings of `env`, what those depend on in turn, and itself.
 */
export function neededCells(graph: NotebookGraph, target: number): readonly number[] {
  const needed = new Set<number>();
  const open = [target];
  for (let index = 0; index < target; index++) if (graph.analyses[index]?.onlySettings === true) open.push(index);
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (needed.has(index)) continue;
    needed.add(index);
    for (const dependency of graph.imports[index]?.values() ?? []) open.push(dependency);
  }
  return [...needed].sort((a, b) => a - b);
}

function declarationProblem(
  cells: readonly CellSource[],
  index: number,
  name: DeclaredName,
  declarations: ReadonlyMap<string, Declaration>,
  api: ApiNames,
): CellDiagnostic | null {
  const cell = at(cells, index);
  if (HOOK_NAMES.includes(name.name) || (name.value && api.values.has(name.name))) {
    return diagnose(cell, name, 'streambook.reserved-name', l10n.t('“{0}” is a name of the API. Choose another name.', name.name));
  }
  const first = declarations.get(name.name);
  if (first === undefined || first.cell === index) return null;
  const other = at(cells, first.cell);
  const message = l10n.t(
    '“{0}” is already declared in {1}. A name can be declared once in a notebook: choose another name.',
    name.name,
    label(other),
  );
  return {
    ...diagnose(cell, name, 'streambook.duplicate-name', message),
    related: { ...placeOf(other, first.name), message: l10n.t('“{0}” is first declared here.', name.name) },
  };
}

function useProblem(cells: readonly CellSource[], index: number, use: UsedName, declaration: Declaration): CellDiagnostic | null {
  const cell = at(cells, index);
  const other = at(cells, declaration.cell);
  const related = { ...placeOf(other, declaration.name), message: l10n.t('“{0}” is declared here.', use.name) };
  if (declaration.cell > index) {
    const message = l10n.t(
      '“{0}” is declared further down, in {1}. A cell sees the names of the cells above it: move this cell below that one.',
      use.name,
      label(other),
    );
    return { ...diagnose(cell, use, 'streambook.used-above-declaration', message), related };
  }
  if (!use.written) return null;
  const message = l10n.t(
    '“{0}” belongs to {1} and cannot be changed here: each run evaluates the cells afresh. Declare a new name instead.',
    use.name,
    label(other),
  );
  return { ...diagnose(cell, use, 'streambook.assigned-elsewhere', message), related };
}

/** How messages call a cell: "cell 3" or "cell 3 (word-count)". */
export function label(cell: Pick<CellSource, 'number' | 'name'>): string {
  return cell.name === null ? l10n.t('cell {0}', cell.number) : l10n.t('cell {0} ({1})', cell.number, cell.name);
}

function diagnose(
  cell: CellSource,
  place: { readonly start: number; readonly end: number },
  code: string,
  message: string,
): CellDiagnostic {
  return { ...placeOf(cell, place), severity: 'error', code, message };
}

function placeOf(cell: CellSource, place: { readonly start: number; readonly end: number }): Pick<CellDiagnostic, 'cell' | 'range'> {
  return { cell: cell.id, range: rangeAt(cell.text, place.start, place.end) };
}

/** Orders diagnostics of one cell from top to bottom. */
export function byPlace(a: CellDiagnostic, b: CellDiagnostic): number {
  return a.range.start.line - b.range.start.line || a.range.start.column - b.range.start.column;
}

function at(cells: readonly CellSource[], index: number): CellSource {
  const cell = cells[index];
  if (cell === undefined) throw new RangeError(`There is no cell with index ${index}`);
  return cell;
}

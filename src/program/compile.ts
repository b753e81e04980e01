import { FORMER_NAMES } from '../../engine/api/flink-1.ts';
import { analyseCell, type CellAnalysis } from './analysis.ts';
import { type ApiNames, HOOK_NAMES, readApiNames } from './api-names.ts';
import { type EmittedCell, emitCell } from './emit.ts';
import { buildGraph, byPlace, neededCells, type NotebookGraph } from './graph.ts';
import { jobNameOf } from './job-name.ts';
import { type CellLibrary, loadLibrary } from './library.ts';
import { scriptLineStarts } from './positions.ts';
import { CellTypeChecker } from './type-check.ts';
import type { CellDiagnostic, CellSource, CompiledProgram, CompileResult, ProgramCell } from './types.ts';

/** Compiles the cells of one notebook, again and again: what did not change since the last call is not done again. */
export class NotebookCompiler {
  readonly #library: CellLibrary;
  readonly #api: ApiNames;
  #analyses = new Map<string, CellAnalysis>();
  #checker: CellTypeChecker | null = null;

  constructor(library: CellLibrary) {
    this.#library = library;
    this.#api = readApiNames(library.api);
  }

  /**
   * The program of the cell with the id `target`: the cells it needs and itself. Errors in any of them block it; with `check`, type
   * errors too. Throws RangeError if no cell has this id.
   */
  compile(cells: readonly CellSource[], target: string, options: { readonly check: boolean }): CompileResult {
    const targetIndex = cells.findIndex((cell) => cell.id === target);
    if (targetIndex < 0) throw new RangeError(`There is no cell “${target}”`);
    const graph = this.#graph(cells);
    const needed = neededCells(graph, targetIndex);
    const neededIds = new Set(needed.map((index) => cells[index]?.id));
    const own = graph.diagnostics.filter(({ cell }) => neededIds.has(cell));
    const diagnostics = options.check ? this.#withTypeErrors(graph, needed, own) : own;
    if (diagnostics.some(({ severity }) => severity === 'error')) return { ok: false, diagnostics };
    return { ok: true, diagnostics, program: this.#link(graph, needed, targetIndex) };
  }

  /** Every problem of every cell, in file order. */
  diagnose(cells: readonly CellSource[]): readonly CellDiagnostic[] {
    const graph = this.#graph(cells);
    return this.#withTypeErrors(graph, [...cells.keys()], graph.diagnostics);
  }

  /** Ordinals in `cells` of those that display or write something, as far as their text tells. */
  cellsWithOutput(cells: readonly CellSource[]): readonly number[] {
    return this.#graph(cells).analyses.flatMap((analysis, index) => (analysis.producesOutput ? [index] : []));
  }

  dispose(): void {
    this.#checker?.dispose();
    this.#checker = null;
  }

  #graph(cells: readonly CellSource[]): NotebookGraph {
    const analyses = new Map<string, CellAnalysis>();
    for (const { text } of cells) analyses.set(text, this.#analyses.get(text) ?? analyseCell(text));
    this.#analyses = analyses;
    return buildGraph(
      cells,
      cells.map(({ text }) => analyses.get(text) ?? analyseCell(text)),
      this.#api,
    );
  }

  #withTypeErrors(graph: NotebookGraph, indices: readonly number[], own: readonly CellDiagnostic[]): readonly CellDiagnostic[] {
    this.#checker ??= new CellTypeChecker(this.#library);
    this.#checker.update(graph);
    const all: CellDiagnostic[] = [];
    for (const index of indices) {
      const ofCell = own.filter(({ cell }) => cell === graph.cells[index]?.id);
      // Behind a syntax error, type errors are mostly its consequences.
      const isParsed = !ofCell.some(({ code }) => code.startsWith('TS'));
      const types = isParsed ? this.#checker.check(graph, index).filter((found) => !ofCell.some((known) => contains(known, found))) : [];
      all.push(...[...ofCell, ...types].sort(byPlace));
    }
    return all;
  }

  #link(graph: NotebookGraph, needed: readonly number[], target: number): CompiledProgram {
    const cells: ProgramCell[] = [];
    const used = new Set<string>();
    let code = "'use strict';\n";
    let line = 2;
    for (const [position, index] of needed.entries()) {
      const cell = at(graph.cells, index);
      const emitted: EmittedCell = emitCell(cell.text, index === target);
      const lineCount = scriptLineStarts(emitted.code).length;
      code += `__cell(${position}, ${index === target});\n${emitted.code}\n`;
      cells.push({
        id: cell.id,
        number: cell.number,
        name: cell.name,
        text: cell.text,
        firstLine: line + 1,
        lineCount,
        sourceMap: emitted.sourceMap,
      });
      line += 1 + lineCount;
      for (const { name } of at(graph.analyses, index).used) if (this.#api.values.has(name) || isFormer(graph, name)) used.add(name);
    }
    const analysis = at(graph.analyses, target);
    const variables = new Set(analysis.declared.filter(({ variable }) => variable).map(({ name }) => name));
    for (const name of variables) code += `__preview(${name}, ${JSON.stringify(name)});\n`;
    const jobName = jobNameOf(at(graph.cells, target));
    return { jobName, parameters: [...HOOK_NAMES, ...[...used].sort()], code, cells, hash: fnv1a(code) };
  }
}

/** Compiles one cell of a notebook once. Callers that compile again keep a `NotebookCompiler`. */
export function compileCells(cells: readonly CellSource[], target: string, options: { readonly check: boolean }): CompileResult {
  const compiler = new NotebookCompiler(loadLibrary());
  try {
    return compiler.compile(cells, target, options);
  } finally {
    compiler.dispose();
  }
}

/** A name of Flink 1 that no cell has taken: it explains itself at run time too. */
function isFormer(graph: NotebookGraph, name: string): boolean {
  return FORMER_NAMES.has(name) && !graph.analyses.some(({ declared }) => declared.some((one) => one.name === name));
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no cell with index ${index}`);
  return item;
}

function contains(outer: CellDiagnostic, inner: CellDiagnostic): boolean {
  const [from, to, place] = [outer.range.start, outer.range.end, inner.range.start];
  const starts = from.line < place.line || (from.line === place.line && from.column <= place.column);
  const ends = place.line < to.line || (place.line === to.line && place.column <= to.column);
  return starts && ends;
}

/** FNV-1a over UTF-16 units, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/), hexadecimal. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

import { compileFunction } from 'node:vm';
import type { SourceLocation } from '../../../engine/runtime/job.ts';
import { NotebookCompiler } from '../../../src/program/compile.ts';
import { loadLibrary } from '../../../src/program/library.ts';
import { createLocator, scriptName } from '../../../src/program/locate.ts';
import type { CellDiagnostic, CellSource, CompiledProgram } from '../../../src/program/types.ts';

/** One compiler for all tests: the library is read and parsed once. */
export const compiler = new NotebookCompiler(loadLibrary());

/** Cells with the ids "c1", "c2", …; a leading `#name` line gives a cell its name. */
export function cellsOf(...texts: readonly string[]): CellSource[] {
  return texts.map((text, index) => {
    const named = /^#(.*)\n/.exec(text);
    return { id: `c${index + 1}`, number: index + 1, name: named?.[1] ?? null, text: named === null ? text : text.slice(named[0].length) };
  });
}

/** Compiles the last cell, or the one with the id `target`. Throws with the messages if it does not compile. */
export function programOf(cells: readonly CellSource[], target = cells.at(-1)?.id ?? '', check = false): CompiledProgram {
  const result = compiler.compile(cells, target, { check });
  if (!result.ok) throw new Error(result.diagnostics.map(({ cell, message }) => `${cell}: ${message}`).join('\n'));
  return result.program;
}

export interface Evaluation {
  readonly cells: readonly { readonly index: number; readonly target: boolean }[];
  readonly results: readonly { readonly value: unknown; readonly name: string | null }[];
  readonly previews: readonly { readonly value: unknown; readonly name: string }[];
  readonly error: { readonly message: string; readonly location: SourceLocation | null } | null;
}

/** Runs a program with hooks that only write down their calls. */
export function evaluate(program: CompiledProgram, scope: Readonly<Record<string, unknown>> = {}): Evaluation {
  const cells: { index: number; target: boolean }[] = [];
  const results: { value: unknown; name: string | null }[] = [];
  const previews: { value: unknown; name: string }[] = [];
  const all: Record<string, unknown> = {
    ...scope,
    __cell: (index: number, target: boolean) => cells.push({ index, target }),
    __result: (value: unknown, name: string | null) => results.push({ value, name }),
    __preview: (value: unknown, name: string) => previews.push({ value, name }),
  };
  let error: Evaluation['error'] = null;
  try {
    const filename = scriptName(program);
    Reflect.apply(
      compileFunction(program.code, [...program.parameters], { filename }),
      undefined,
      program.parameters.map((name) => all[name]),
    );
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    error = { message: thrown.message, location: createLocator(scriptName(program), program.cells)(thrown.stack ?? '') };
  }
  return { cells, results, previews, error };
}

/** The text a diagnostic underlines. */
export function underlined(cells: readonly CellSource[], diagnostic: Pick<CellDiagnostic, 'cell' | 'range'>): string {
  const lines = (cells.find(({ id }) => id === diagnostic.cell)?.text ?? '').split(/\r\n|\n|\r/);
  const { start, end } = diagnostic.range;
  if (start.line === end.line) return lines[start.line - 1]?.slice(start.column - 1, end.column - 1) ?? '';
  return [
    lines[start.line - 1]?.slice(start.column - 1),
    ...lines.slice(start.line, end.line - 1),
    lines[end.line - 1]?.slice(0, end.column - 1),
  ].join('\n');
}

/** Diagnostics as "c2 streambook.duplicate-name “counts”", easy to compare. */
export function summary(cells: readonly CellSource[], diagnostics: readonly CellDiagnostic[]): string[] {
  return diagnostics.map((diagnostic) => `${diagnostic.cell} ${diagnostic.code} “${underlined(cells, diagnostic)}”`);
}

import { dirname, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { StandardInput } from '../../engine/node/standard-input.ts';
import { NotebookCompiler } from '../program/compile.ts';
import { label } from '../program/graph.ts';
import { jobNameOf } from '../program/job-name.ts';
import { loadLibrary } from '../program/library.ts';
import type { CellDiagnostic, CompiledProgram } from '../program/types.ts';
import { type RunCommand, UsageError } from './arguments.ts';
import { diagnosticText } from './diagnostics.ts';
import { BAD_USAGE, FINISHED, INTERRUPTED } from './exit-codes.ts';
import { Interruption } from './interruptible.ts';
import { runJob } from './job.ts';
import { type FileCell, type NotebookFile, readNotebook } from './notebook-file.ts';
import type { StandardStreams } from './streams.ts';

/** `streambook run FILE`: compiles all chosen cells, then runs one after another until one fails. Returns the exit code. */
export async function runNotebook(command: RunCommand, streams: StandardStreams): Promise<number> {
  const notebook = readNotebook(command.file);
  const compiler = new NotebookCompiler(loadLibrary());
  const programs = compileAll(notebook, chooseCells(notebook, compiler, command.cells), compiler, command.check, streams);
  compiler.dispose();
  if (programs === null) return BAD_USAGE;
  const interruption = new Interruption();
  // The stream comes into being when a cell reads it: it keeps the process from its end.
  const standardInput = new StandardInput(piecesOfStandardInput(), () => process.stdin.destroy());
  try {
    for (const program of programs) {
      // A signal that came while nothing could handle it is handled now.
      await setImmediate();
      if (interruption.requested) return INTERRUPTED;
      const baseDirectory = dirname(resolve(command.file));
      const code = await runJob({ ...command, notebook, program, baseDirectory, interruption, standardInput }, streams);
      if (code !== FINISHED || streams.closed) return code;
    }
  } finally {
    standardInput.close();
  }
  return FINISHED;
}

async function* piecesOfStandardInput(): AsyncGenerator<Uint8Array> {
  // SAFETY: without an encoding the stream gives bytes.
  for await (const piece of process.stdin) yield piece as Uint8Array;
}

/** The cells to run, in the order of the file. Throws UsageError for a cell that is not there. */
function chooseCells(notebook: NotebookFile, compiler: NotebookCompiler, wanted: readonly string[]): readonly FileCell[] {
  const { cells, path } = notebook;
  if (cells.length === 0) throw new UsageError(`${path} has no cells to run. A cell is a fenced block whose first word is “ts”.`);
  const jobNames = cells.map(jobNameOf);
  if (wanted.length > 0) {
    const chosen = new Set(wanted.map((name) => findCell(notebook, jobNames, name)));
    return cells.filter((cell) => chosen.has(cell));
  }
  const withOutput = compiler.cellsWithOutput(cells);
  return withOutput.length > 0 ? cells.filter((_, index) => withOutput.includes(index)) : cells.slice(-1);
}

function findCell({ cells, path }: NotebookFile, jobNames: readonly string[], name: string): FileCell {
  const cell =
    cells.find((candidate) => candidate.name === name) ??
    cells.find((_, index) => jobNames[index] === name) ??
    cells.find(({ number }) => String(number) === name);
  if (cell === undefined) throw new UsageError(`${path} has no cell “${name}”. There are: ${cells.map(label).join(', ')}.`);
  return cell;
}

/** Null when there were errors; they are written to standard error, each once. */
function compileAll(
  notebook: NotebookFile,
  cells: readonly FileCell[],
  compiler: NotebookCompiler,
  check: boolean,
  streams: StandardStreams,
): readonly CompiledProgram[] | null {
  const programs: CompiledProgram[] = [];
  const problems = new Map<string, CellDiagnostic>();
  let failed = false;
  for (const { id } of cells) {
    const result = compiler.compile(notebook.cells, id, { check });
    for (const diagnostic of result.diagnostics) problems.set(JSON.stringify(diagnostic), diagnostic);
    if (result.ok) programs.push(result.program);
    else failed = true;
  }
  for (const diagnostic of problems.values()) streams.err(diagnosticText(notebook, diagnostic));
  return failed ? null : programs;
}

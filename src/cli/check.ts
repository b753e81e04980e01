import { NotebookCompiler } from '../program/compile.ts';
import { loadLibrary } from '../program/library.ts';
import { diagnosticText } from './diagnostics.ts';
import { BAD_USAGE, FINISHED } from './exit-codes.ts';
import { readNotebook } from './notebook-file.ts';
import type { StandardStreams } from './streams.ts';

/** `streambook check FILE`: every problem on standard error. Returns the exit code. */
export function checkNotebook(file: string, streams: StandardStreams): number {
  const notebook = readNotebook(file);
  const diagnostics = new NotebookCompiler(loadLibrary()).diagnose(notebook.cells);
  for (const diagnostic of diagnostics) streams.err(diagnosticText(notebook, diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) {
    streams.err(`${errors === 1 ? '1 problem' : `${errors} problems`} in ${file}\n`);
    return BAD_USAGE;
  }
  const count = notebook.cells.length;
  streams.out(`${file}: no problems in ${count === 1 ? '1 cell' : `${count} cells`}\n`);
  return FINISHED;
}

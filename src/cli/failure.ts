import type { JobFailure } from '../../engine/runtime/job.ts';
import { describeFailure } from '../output/failure.ts';
import { fullNumber } from '../output/text.ts';
import type { CompiledProgram } from '../program/types.ts';
import { excerptAt } from './diagnostics.ts';
import type { NotebookFile } from './notebook-file.ts';
import { harmless } from './streams.ts';

/** Why a job failed: what, where in the pipeline, where in the code, at which record, what to do. Ends with a line break. */
export function failureText(notebook: NotebookFile, program: CompiledProgram, failure: JobFailure): string {
  const error = describeFailure(failure, program.cells);
  const where: string[] = [];
  if (error.operator !== null) where.push(`in ${error.operator}`);
  if (error.recordNumber !== null) {
    where.push(`at record ${fullNumber(error.recordNumber)}${error.source === null ? '' : ` of ${error.source}`}`);
  }
  if (error.file !== null) where.push(`${error.file.path}${error.file.line === null ? '' : `:${error.file.line}`}`);
  const lines = [`error: ${error.title}`];
  if (where.length > 0) lines.push(`  ${where.join(', ')}`);
  if (error.record !== null) lines.push(`  record: ${error.record}`);
  if (error.hint !== null) lines.push(`  ${error.hint}`);
  const text = `${harmless(lines.join('\n'))}\n`;
  if (error.place === null) return text;
  const start = { line: error.place.line, column: error.place.column };
  return text + excerptAt(notebook, { cell: error.place.cell, range: { start, end: start } });
}

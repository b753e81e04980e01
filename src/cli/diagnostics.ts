import { label } from '../program/graph.ts';
import type { CellDiagnostic, CellSource, Position, Range } from '../program/types.ts';
import type { FileCell, NotebookFile } from './notebook-file.ts';
import { harmless } from './streams.ts';

/** Longest piece of a code line that is shown. */
const EXCERPT_WIDTH = 120;

/** A problem with its place in the file and in the cell, the line of code and a caret below it; ends with a line break. */
export function diagnosticText(notebook: NotebookFile, diagnostic: CellDiagnostic): string {
  const head = `${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]\n`;
  const related = diagnostic.related === undefined ? '' : `  ${diagnostic.related.message}\n${excerptAt(notebook, diagnostic.related)}`;
  return `${harmless(head)}${excerptAt(notebook, diagnostic)}${related}`;
}

/** `samples/words.stream.md:27:13 (cell 5 (word-count), line 3, column 13)` and the code there. */
export function excerptAt(notebook: NotebookFile, place: { readonly cell: string; readonly range: Range }): string {
  const cell = notebook.cells.find(({ id }) => id === place.cell);
  return cell === undefined ? '' : `  at ${placeText(notebook, cell, place.range.start)}\n${codeExcerpt(cell, place.range)}`;
}

function placeText(notebook: NotebookFile, cell: FileCell, { line, column }: Position): string {
  return `${notebook.path}:${cell.firstLine + line - 1}:${column}, ${label(cell)}, line ${line}, column ${column}`;
}

function codeExcerpt(cell: CellSource, { start, end }: Range): string {
  const code = cell.text.split(/\r\n|\n|\r/)[start.line - 1];
  if (code === undefined) return '';
  const from = start.column > EXCERPT_WIDTH - 20 ? start.column - 40 : 0;
  const shown = code.slice(from, from + EXCERPT_WIDTH);
  const before = code.slice(from, start.column - 1);
  const endColumn = end.line === start.line ? end.column : code.length + 1;
  const length = Math.max(1, Math.min(endColumn, from + EXCERPT_WIDTH + 1) - start.column);
  const gutter = String(start.line);
  // Tabs stay tabs, so that the caret stands below its character in any terminal.
  const indent = harmless(before).replaceAll(/[^\t]/gu, ' ');
  return `  ${gutter} | ${harmless(shown)}\n  ${' '.repeat(gutter.length)} | ${indent}${'^'.repeat(length)}\n`;
}

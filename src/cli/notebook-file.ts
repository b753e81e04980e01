import { readFileSync } from 'node:fs';
import { parseCellInfo } from '../format/cell-info.ts';
import { parseNotebook } from '../format/notebook-format.ts';
import { lineStarts } from '../program/positions.ts';
import type { CellSource } from '../program/types.ts';
import { UsageError } from './arguments.ts';
import { codeOf } from './streams.ts';

/** A notebook as the command line needs it. */
export interface NotebookFile {
  /** As the user wrote it. */
  readonly path: string;
  /** The `ts` cells that may run, in file order. */
  readonly cells: readonly FileCell[];
}

export interface FileCell extends CellSource {
  /** Line of the file, 1-based, that holds the first line of the cell's text. */
  readonly firstLine: number;
}

/** Reads a notebook. Throws UsageError when the file cannot be read. */
export function readNotebook(path: string): NotebookFile {
  const { frame, cells } = parseNotebook(readText(path));
  const found: FileCell[] = [];
  let line = lineStarts(frame.before).length;
  for (const [index, { kind, info, value, origin }] of cells.entries()) {
    const { isCell, runnable, name } = parseCellInfo(info);
    // The text begins below the fence.
    if (kind === 'code' && isCell && runnable) {
      found.push({ id: `cell-${index + 1}`, number: index + 1, name, text: value, firstLine: line + 1 });
    }
    if (origin !== null) line += lineStarts(origin.raw + origin.charts + origin.after).length - 1;
  }
  return { path, cells: found };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') throw new UsageError(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new UsageError(`${path} is a folder, not a notebook.`);
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

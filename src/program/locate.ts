import { SourceMap, type SourceMapPayload } from 'node:module';
import type { SourceLocation } from '../../engine/runtime/job.ts';
import { lineStarts, positionAt, scriptLineStarts } from './positions.ts';
import type { CompiledProgram, ProgramCell } from './types.ts';

/** The name of a program's code in stacks and debuggers: the same in every run of the job. */
export function scriptName(program: Pick<CompiledProgram, 'jobName'>): string {
  return `streambook:${encodeURIComponent(program.jobName).replaceAll(/[()]/g, '-')}`;
}

/** Finds what a place in a program's code (1-based) comes from; null for code that comes from no cell. */
export function createPlaces(cells: readonly ProgramCell[]): (line: number, column: number) => SourceLocation | null {
  const maps = new Map<ProgramCell, SourceMap>();
  return (line, column) => {
    const index = cells.findIndex(({ firstLine, lineCount }) => line >= firstLine && line < firstLine + lineCount);
    const cell = cells[index];
    if (cell === undefined) return null;
    // SAFETY: TypeScript wrote it.
    const map = maps.get(cell) ?? new SourceMap(JSON.parse(cell.sourceMap) as SourceMapPayload);
    maps.set(cell, map);
    const entry = map.findEntry(line - cell.firstLine, column - 1);
    if (!('originalLine' in entry)) return null;
    // Source maps count lines as JavaScript does, cells are shown in editors.
    const offset = (scriptLineStarts(cell.text)[entry.originalLine] ?? 0) + entry.originalColumn;
    return { cell: index, ...positionAt(cell.text, offset, lineStarts(cell.text)) };
  };
}

/** Turns stacks into places in cells: the topmost frame that is in the program's code and comes from a cell. */
export function createLocator(fileName: string, cells: readonly ProgramCell[]): (stack: string) => SourceLocation | null {
  const escaped = fileName.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const frame = new RegExp(`^\\s+at (?:.*\\()?${escaped}:(\\d+):(\\d+)\\)?$`);
  // V8 writes the place of a syntax error above the message, not as a frame.
  const syntaxError = new RegExp(`^${escaped}:(\\d+)$`);
  const locate = createPlaces(cells);
  return (stack) => {
    for (const text of stack.split('\n')) {
      const match = frame.exec(text);
      const place = match === null ? null : locate(Number(match[1]), Number(match[2]));
      if (place !== null) return place;
    }
    const match = syntaxError.exec(stack.slice(0, stack.indexOf('\n')));
    return match === null ? null : locate(Number(match[1]), 1);
  };
}

import { createPlaces, scriptName } from '../program/locate.ts';
import type { CompiledProgram, ProgramCell } from '../program/types.ts';
import type { V8Connection } from './v8.ts';

/** A place in a cell, 1-based. */
export interface CellPlace {
  readonly cell: ProgramCell;
  readonly line: number;
  readonly column: number;
}

/** A place where V8 can stop. */
export interface StopPlace extends CellPlace {
  /** In the program's code, 0-based, as V8 counts. */
  readonly code: { readonly line: number; readonly column: number };
  /** In a function of the cell, which runs for records; otherwise in the cell's own statements, which describe the pipeline. */
  readonly nested: boolean;
}

/** Where the code of a program comes from, and where it can be stopped. */
export class ProgramMap {
  /** What V8 calls the code. */
  readonly url: string;
  readonly cells: readonly ProgramCell[];
  readonly #places: ReturnType<typeof createPlaces>;
  readonly #stops: readonly StopPlace[];

  constructor(program: CompiledProgram, stops: readonly { readonly line: number; readonly column: number; readonly nested: boolean }[]) {
    this.url = scriptName(program);
    this.cells = program.cells;
    this.#places = createPlaces(program.cells);
    this.#stops = stops.flatMap(({ line, column, nested }) => {
      const place = this.placeOf(line, column);
      return place === null ? [] : [{ ...place, code: { line, column }, nested }];
    });
  }

  /** What a place in the program's code (0-based) comes from; null for code between cells. */
  placeOf(line: number, column: number): CellPlace | null {
    const place = this.#places(line + 1, column + 1);
    const cell = place === null ? undefined : this.cells[place.cell];
    return place === null || cell === undefined ? null : { cell, line: place.line, column: place.column };
  }

  /** Places in some lines of a cell, in the order of the text. */
  stopsIn(cell: string, firstLine: number, lastLine: number): readonly StopPlace[] {
    return this.#stops
      .filter((stop) => stop.cell.id === cell && stop.line >= firstLine && stop.line <= lastLine)
      .sort((a, b) => a.line - b.line || a.column - b.column || Number(b.nested) - Number(a.nested));
  }

  /**
   * Where a breakpoint on a line stops: in a function that begins there rather than in the call that is given the function, since that is what
   * runs for records. A line without code gives way to the next one that has some. Null when none follows in the cell.
   */
  resolve(cell: string, line: number, column: number | null): StopPlace | null {
    const following = this.stopsIn(cell, line, Number.POSITIVE_INFINITY);
    const onLine = following.filter((stop) => stop.line === following[0]?.line);
    const [first] = onLine;
    if (first === undefined) return null;
    if (column !== null && first.line === line) return onLine.find((stop) => stop.column >= column) ?? onLine.at(-1) ?? first;
    return onLine.find(({ nested }) => nested) ?? first;
  }
}

/** Asks V8, which compiles the program once more without running it, where it can stop. Rejects when V8 refuses the code. */
export async function mapProgram(connection: V8Connection, program: CompiledProgram): Promise<ProgramMap> {
  // One line above the code: lines are off by one, columns are not.
  const expression = `(function (${program.parameters.join(', ')}) {\n${program.code}\n})`;
  const { scriptId } = await connection.send('Runtime.compileScript', { expression, sourceURL: 'streambook-map', persistScript: true });
  if (scriptId === undefined) throw new Error('V8 cannot compile the cells.');
  const start = { scriptId, lineNumber: 1, columnNumber: 0 };
  const all = await connection.send('Debugger.getPossibleBreakpoints', { start });
  const outer = await connection.send('Debugger.getPossibleBreakpoints', { start, restrictToFunction: true });
  const outside = new Set(outer.locations.map(({ lineNumber, columnNumber }) => `${lineNumber}:${columnNumber ?? 0}`));
  return new ProgramMap(
    program,
    all.locations.map(({ lineNumber, columnNumber = 0 }) => ({
      line: lineNumber - 1,
      column: columnNumber,
      nested: !outside.has(`${lineNumber}:${columnNumber}`),
    })),
  );
}

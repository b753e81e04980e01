import type { StreamExecutionEnvironment } from './api/environment.ts';
import { cellConsole, cellDate, cellMath } from './api/cell-globals.ts';
import { formerNames } from './api/flink-1.ts';
import { PUBLIC_NAMES } from './api/public-names.ts';
import { display } from './api/display.ts';

/** Names of cells that belong to one environment. */
function boundNames(env: StreamExecutionEnvironment): Readonly<Record<string, unknown>> {
  return {
    env,
    StreamExecutionEnvironment: { getExecutionEnvironment: () => env },
    display,
    console: cellConsole(env.runtime),
    Date: cellDate(env.runtime),
    Math: cellMath(env.runtime),
    __cell: (index: number, isTarget: boolean) => env.enterCell(index, isTarget),
    __result: (value: unknown, name: string | null) => env.addResult(value, name),
    __preview: (value: unknown, name: string) => env.addPreview(value, name),
  };
}

const BOUND_NAMES = ['env', 'StreamExecutionEnvironment', 'display', 'console', 'Date', 'Math', '__cell', '__result', '__preview'] as const;

/** Every name that the code of cells sees and that is not JavaScript's own. */
export const CELL_SCOPE_NAMES: readonly string[] = [...BOUND_NAMES, ...PUBLIC_NAMES.keys()];

/** Names that are the same in every environment: made once, as a program is evaluated for each of its subtasks. */
const SHARED_NAMES: Readonly<Record<string, unknown>> = { ...formerNames(), ...Object.fromEntries(PUBLIC_NAMES) };

/** The values of CELL_SCOPE_NAMES for one evaluation of a program, and of the names of Flink 1, which throw. */
export function createCellScope(env: StreamExecutionEnvironment): Readonly<Record<string, unknown>> {
  return { ...SHARED_NAMES, ...boundNames(env) };
}

import type { Debugger } from 'node:inspector';
import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { STEP_FUNCTION } from '../../engine/observe/step-trace.ts';
import type { HookState, HookStep } from '../host/debug-hook.ts';
import { cellLabel } from '../output/failure.ts';
import type { ProgramCell } from '../program/types.ts';
import type { ProgramMap } from './program-map.ts';

/** A frame that is shown: a function of a cell, or an operator of the engine in place of all functions it consists of. */
export interface ShownFrame {
  readonly frame: DebugProtocol.StackFrame;
  /** V8's frame; null for an operator. */
  readonly call: Debugger.CallFrame | null;
  /** The operator it belongs to, 0 being the innermost; null outside of operators. */
  readonly step: number | null;
}

/** Bundlers number functions whose names are taken. */
const STEP_NAME = new RegExp(`^${STEP_FUNCTION}\\d*$`);

/** The stack as users see it, innermost first. `scripts`: V8's ids of the program's code, which is compiled for every evaluation. */
export function shownFrames(
  calls: readonly Debugger.CallFrame[],
  scripts: ReadonlySet<string>,
  state: HookState,
  map: ProgramMap,
): readonly ShownFrame[] {
  const frames: ShownFrame[] = [];
  let step = 0;
  for (const call of calls) {
    if (STEP_NAME.test(call.functionName)) {
      const described = state.steps[step];
      if (described !== undefined) frames.push({ frame: operatorFrame(frames.length, described, map), call: null, step });
      step++;
    } else if (scripts.has(call.location.scriptId)) {
      const place = map.placeOf(call.location.lineNumber, call.location.columnNumber ?? 0);
      if (place === null) continue;
      const operator = state.steps[step];
      const name = call.functionName === '' ? unnamed(operator, place.cell) : call.functionName;
      const frame = { id: frames.length + 1, name, line: place.line, column: place.column, source: cellSource(place.cell) };
      frames.push({ frame, call, step: operator === undefined ? null : step });
    }
  }
  return frames;
}

function unnamed(operator: HookStep | undefined, cell: ProgramCell): string {
  return operator === undefined ? cellLabel(cell) : l10n.t('function of {0}', operator.operator);
}

function operatorFrame(index: number, { operator, kind, place }: HookStep, map: ProgramMap): DebugProtocol.StackFrame {
  const cell = place === null ? undefined : map.cells[place.cell];
  const frame = { id: index + 1, name: operatorName(operator, kind) };
  return place === null || cell === undefined
    ? { ...frame, line: 0, column: 0 }
    : { ...frame, line: place.line, column: place.column, source: cellSource(cell) };
}

function operatorName(operator: string, kind: HookStep['kind']): string {
  switch (kind) {
    case 'record':
      return operator;
    case 'watermark':
      return l10n.t('{0}, at a watermark', operator);
    case 'timer':
      return l10n.t('{0}, at a timer', operator);
    case 'answer':
      return l10n.t('{0}, at an answer', operator);
    case 'open':
    case 'close':
    case 'finish':
      return `${operator}, ${kind}()`;
  }
}

/** A cell as a source of the debugging protocol: its path is the URI of its document. */
export function cellSource(cell: ProgramCell): DebugProtocol.Source {
  return { name: cellLabel(cell), path: cell.id };
}

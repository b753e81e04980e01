import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { isHitCondition, type StopCondition, stopExpression } from './conditions.ts';
import type { ProgramMap, StopPlace } from './program-map.ts';
import type { V8Connection } from './v8.ts';

/** The program under V8's debugger. */
export interface BreakpointTarget {
  readonly connection: V8Connection;
  readonly map: ProgramMap;
  /** Whether a cell is still what it was when the program was compiled. */
  isCurrent(cell: string): boolean;
}

interface Wanted extends StopCondition {
  readonly id: number;
  readonly line: number;
  readonly column: number | null;
}

interface Bound {
  readonly wanted: Wanted;
  /** V8's id; null when it stops nowhere. */
  readonly v8: string | null;
  readonly place: StopPlace | null;
  /** Why it stops nowhere. */
  readonly reason: string | null;
}

/** The breakpoints in cells: those that are asked for, and what became of them. They are asked for before there is a program, and while it runs. */
export class Breakpoints {
  readonly #changed: (breakpoint: DebugProtocol.Breakpoint) => void;
  readonly #bound = new Map<string, readonly Bound[]>();
  #target: BreakpointTarget | null = null;
  #nextId = 1;
  /** One change after the other: two of them must not both bind a place. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `changed` is told of breakpoints that were asked for before the program was there. */
  constructor(changed: (breakpoint: DebugProtocol.Breakpoint) => void) {
    this.#changed = changed;
  }

  /** Replaces the breakpoints of a cell. Those that stay as they are go on counting their hits. */
  set(cell: string, wanted: readonly DebugProtocol.SourceBreakpoint[]): Promise<readonly DebugProtocol.Breakpoint[]> {
    return this.#inTurn(async () => {
      const before = [...(this.#bound.get(cell) ?? [])];
      const kept = wanted.map((breakpoint) => {
        const asked = readBreakpoint(breakpoint, this.#nextId++);
        const same = before.findIndex((bound) => bound.v8 !== null && isSame(bound.wanted, asked));
        return same < 0 ? { asked, bound: null } : { asked, bound: before.splice(same, 1)[0] ?? null };
      });
      for (const { v8 } of before) if (v8 !== null) await this.#remove(v8);
      const bound: Bound[] = [];
      this.#bound.set(cell, bound);
      for (const { asked, bound: old } of kept) bound.push(old ?? (await this.#bind(cell, asked)));
      return bound.map((one) => described(one));
    });
  }

  /** The program is there: binds everything before its code runs. */
  attach(target: BreakpointTarget): Promise<void> {
    return this.#inTurn(async () => {
      this.#target = target;
      for (const [cell, waiting] of [...this.#bound]) {
        const bound: Bound[] = [];
        this.#bound.set(cell, bound);
        for (const { wanted } of waiting) bound.push(await this.#bind(cell, wanted));
        for (const one of bound) this.#changed(described(one));
      }
    });
  }

  /** Ids of the breakpoints that V8 stopped at. */
  hit(v8: readonly string[]): readonly number[] {
    return [...this.#bound.values()].flat().flatMap((bound) => (bound.v8 !== null && v8.includes(bound.v8) ? [bound.wanted.id] : []));
  }

  async #bind(cell: string, wanted: Wanted): Promise<Bound> {
    const nowhere = (reason: string): Bound => ({ wanted, v8: null, place: null, reason });
    const target = this.#target;
    if (wanted.hits !== null && !isHitCondition(wanted.hits)) {
      return nowhere(l10n.t('“{0}” is no hit count. Write a number, or one after >=, >, <=, < or %.', wanted.hits));
    }
    if (target === null) return nowhere(l10n.t('Waits for the cell to be compiled.'));
    const { map, connection } = target;
    if (!map.cells.some(({ id }) => id === cell)) return nowhere(l10n.t('The job that is debugged does not use this cell.'));
    if (!target.isCurrent(cell))
      return nowhere(l10n.t('The cell was changed since the job was started. Restart to debug it as it is now.'));
    const place = map.resolve(cell, wanted.line, wanted.column);
    if (place === null) return nowhere(l10n.t('There is no code here or below that could be stopped at.'));
    const condition = stopExpression(wanted.id, wanted);
    try {
      const refused = await syntaxError(connection, condition);
      if (refused !== null) return nowhere(refused);
      const { line: lineNumber, column: columnNumber } = place.code;
      const { breakpointId } = await connection.send('Debugger.setBreakpointByUrl', { url: map.url, lineNumber, columnNumber, condition });
      return { wanted, v8: breakpointId, place, reason: null };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return nowhere(message.includes('already exists') ? l10n.t('Another breakpoint already stops there.') : message);
    }
  }

  async #remove(v8: string): Promise<void> {
    await this.#target?.connection.send('Debugger.removeBreakpoint', { breakpointId: v8 }).catch(() => undefined);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function readBreakpoint({ line, column, condition, hitCondition, logMessage }: DebugProtocol.SourceBreakpoint, id: number): Wanted {
  const given = (text: string | undefined): string | null => (text === undefined || text.trim() === '' ? null : text);
  return { id, line, column: column ?? null, condition: given(condition), hits: given(hitCondition), message: given(logMessage) };
}

function isSame({ id: _a, ...a }: Wanted, { id: _b, ...b }: Wanted): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function described({ wanted: { id, line, column }, v8, place, reason }: Bound): DebugProtocol.Breakpoint {
  if (v8 === null || place === null) return { id, verified: false, line, message: reason ?? '' };
  return { id, verified: true, line: place.line, ...(column !== null && { column: place.column }) };
}

/** What is wrong with an expression; null when nothing is. */
async function syntaxError(connection: V8Connection, expression: string): Promise<string | null> {
  const { exceptionDetails } = await connection.send('Runtime.compileScript', { expression, sourceURL: '', persistScript: false });
  return exceptionDetails?.exception?.description?.split('\n')[0] ?? exceptionDetails?.text ?? null;
}

import * as l10n from '@vscode/l10n';
import { type Step, type StepKind, StepTrace } from '../../engine/observe/step-trace.ts';
import { NO_KEY } from '../../engine/runtime/ambient.ts';
import { formatCut } from '../../engine/runtime/format-value.ts';
import type { JobProgram, SourceLocation } from '../../engine/runtime/job.ts';
import { keyGroupOf } from '../../engine/state/key-groups.ts';
import type { KeyedStateView } from '../../engine/observe/keyed-state-view.ts';
import { rangeText, timeText } from '../output/text.ts';

/** Entries of one state that a debugger gets to see. */
const MAX_ENTRIES = 10_000;
/** Lines that log points may write in a session, and characters of a value in them: they may be in the way of every record. */
const MAX_LOG_LINES = 20_000;
const MAX_LOGGED = 1_000;

/** Under this symbol of the global registry the worker of a job that is debugged offers its hook: called through the inspector while it is paused. */
export const HOOK_SYMBOL = 'streambook.debug';
/** Global function through which log points reach the debugger. */
export const LOG_BINDING = 'streambookLog';

/** An operator at work, as the debugger shows it in the call stack. */
export interface HookStep {
  readonly operator: string;
  readonly kind: StepKind;
  /** Where in the cells the operator was described. */
  readonly place: SourceLocation | null;
}

/** What the job is doing. Plain data. */
export interface HookState {
  /** Ordinal of the evaluation of the cells under way, from 1; null when operators run. */
  readonly evaluation: number | null;
  /** Innermost first. */
  readonly steps: readonly HookStep[];
}

export type HookScope = 'record' | 'key' | 'state';

/** A row of a scope: a text to be shown as it is, or a value to be looked into. */
export interface HookRow {
  readonly name: string;
  readonly text: string | null;
  readonly value: unknown;
}

/** Answers a debugger's questions about the job of this worker. Changes nothing and runs no code of cells. */
export class DebugHook {
  readonly trace = new StepTrace();
  #locate: JobProgram<never>['locate'] = () => null;
  #evaluations = 0;
  #evaluating: number | null = null;
  readonly #hits = new Map<number, number>();
  #logged = 0;

  /** The same program; how often its cells were evaluated is counted. */
  watch<Env>(program: JobProgram<Env>): JobProgram<Env> {
    this.#locate = (stack) => program.locate(stack);
    return {
      name: program.name,
      locate: (stack) => program.locate(stack),
      evaluate: (env) => {
        this.#evaluating = ++this.#evaluations;
        try {
          program.evaluate(env);
        } finally {
          this.#evaluating = null;
        }
      },
    };
  }

  /** Whether breakpoints stop now: in the cells' own statements once, however often they are evaluated. */
  stops(): boolean {
    return this.#evaluating === null || this.#evaluating === 1;
  }

  /** Counts the hits of a breakpoint, from 1. */
  hit(breakpoint: number): number {
    const hits = (this.#hits.get(breakpoint) ?? 0) + 1;
    this.#hits.set(breakpoint, hits);
    return hits;
  }

  /** A value as log messages show it. */
  text(value: unknown): string {
    return formatCut(value, MAX_LOGGED);
  }

  /** Writes a line of a log point. False: it does not stop. */
  log(parts: readonly string[]): false {
    const write: unknown = Reflect.get(globalThis, LOG_BINDING);
    if (isWriter(write) && this.#logged++ <= MAX_LOG_LINES) {
      write(this.#logged > MAX_LOG_LINES ? l10n.t('… no more lines are logged in this session.') : parts.join(''));
    }
    return false;
  }

  where(): HookState {
    const steps = [...this.trace.steps].reverse();
    return {
      evaluation: this.#evaluating,
      steps: steps.map(({ vertex, kind }) => ({ operator: vertex.name, kind, place: this.#locate(vertex.stack) })),
    };
  }

  /** The rows of a scope at a step, 0 being the innermost. Never throws. */
  rows(step: number, scope: HookScope): readonly HookRow[] {
    try {
      const at = this.trace.steps.at(-1 - step);
      switch (scope) {
        case 'record':
          return this.#record(at);
        case 'key':
          return at === undefined ? [] : this.#key(at, step === 0);
        case 'state':
          return at === undefined ? [] : stateRows(at);
      }
    } catch (error) {
      return [shown(l10n.t('error'), String(error))];
    }
  }

  #record(step: Step | undefined): HookRow[] {
    const { job } = this.trace;
    const rows: HookRow[] = [];
    if (step?.kind === 'record') {
      rows.push({ name: l10n.t('value'), text: null, value: step.value });
      rows.push(shown(l10n.t('timestamp'), instant(step.time)));
    } else if (step !== undefined && !Number.isNaN(step.time)) {
      rows.push(shown(step.kind === 'watermark' ? l10n.t('new watermark') : l10n.t('time'), instant(step.time)));
    }
    if (step !== undefined) {
      const { context, vertex } = step;
      rows.push(shown(l10n.t('watermark'), instant(context.counters.watermark)));
      rows.push(shown(l10n.t('operator'), vertex.name));
      if (context.parallelism > 1) rows.push(shown(l10n.t('subtask'), l10n.t('{0} of {1}', context.subtask + 1, context.parallelism)));
    }
    if (job?.progress.reading) {
      rows.push(shown(l10n.t('source'), job.progress.reading.name));
      rows.push(shown(l10n.t('record number'), String(job.progress.recordCount + 1)));
    }
    if (job !== null) rows.push(shown(l10n.t('processing time'), instant(job.clock.now)));
    return rows;
  }

  #key(step: Step, innermost: boolean): HookRow[] {
    const { ambient } = this.trace.job ?? {};
    const ridesAlong = innermost && ambient !== undefined;
    const key = step.key === NO_KEY && ridesAlong ? ambient.key : step.key;
    if (key === NO_KEY || key === undefined) return [];
    const rows: HookRow[] = [
      { name: l10n.t('key'), text: null, value: key },
      shown(l10n.t('key group'), String(keyGroupOf(key, step.context.maxParallelism))),
    ];
    const window =
      step.window ?? (ridesAlong && !Number.isNaN(ambient.windowStart) ? { start: ambient.windowStart, end: ambient.windowEnd } : null);
    if (window !== null) rows.push(shown(l10n.t('window'), rangeText(window.start, window.end, true)));
    return rows;
  }
}

function isWriter(value: unknown): value is (line: string) => void {
  return typeof value === 'function';
}

function stateRows({ instance, key }: Step): HookRow[] {
  if (instance?.keyedState === undefined || key === NO_KEY) return [];
  return instance.keyedState(key, MAX_ENTRIES).map(stateRow);
}

function stateRow({ name, kind, window, size, value }: KeyedStateView): HookRow {
  const title = window === undefined ? name : rangeText(window.start, window.end, true);
  if (size === 0) return shown(title, l10n.t('not set'));
  // As dates they can be read.
  if (kind === 'event-time timers' || kind === 'processing-time timers') {
    return { name: title, text: null, value: Array.isArray(value) ? value.map((time) => new Date(Number(time))) : value };
  }
  return { name: title, text: null, value };
}

function shown(name: string, text: string): HookRow {
  return { name, text, value: undefined };
}

function instant(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? `${timeText(time, true)} (${time})` : l10n.t('none');
}

let hook: DebugHook | null = null;

/** The hook of this worker, which the inspector finds from then on. */
export function debugHook(): DebugHook {
  if (hook === null) {
    hook = new DebugHook();
    Object.defineProperty(globalThis, Symbol.for(HOOK_SYMBOL), { value: hook });
  }
  return hook;
}

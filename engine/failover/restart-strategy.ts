import type { JobFailure } from '../runtime/job.ts';

/** Flink's `restart-strategy` options, as far as they are there: 'none', or 'fixed-delay' [5]. */
export type RestartStrategy =
  | { readonly type: 'none' }
  | {
      readonly type: 'fixed-delay';
      /** Restarts before the job fails for good. */
      readonly attempts: number;
      /** ms between a failure and the restart. */
      readonly delay: number;
    };

/** What is remembered between failures. */
export interface RestartState {
  readonly restarts: number;
  readonly last: JobFailure | null;
}

export const NEVER_FAILED: RestartState = { restarts: 0, last: null };

export type RestartDecision =
  /** After `delay` ms, as attempt `attempt` (the first restart is 1). */
  | { readonly kind: 'restart'; readonly delay: number; readonly attempt: number }
  /** 'repeated': the error came back at the same record and operator, so it would again. */
  | { readonly kind: 'fail'; readonly reason: 'none' | 'attempts' | 'repeated' };

/**
 * What happens after a failure: pure, so that every case can be tested. An error that comes back at the same record and operator fails the job at
 * once, unlike in Flink (architecture, rule 12).
 */
export function decideRestart(
  state: RestartState,
  failure: JobFailure,
  strategy: RestartStrategy,
): { readonly state: RestartState; readonly decision: RestartDecision } {
  const next = { restarts: state.restarts + 1, last: failure };
  if (strategy.type === 'none') return { state: next, decision: { kind: 'fail', reason: 'none' } };
  if (state.last !== null && isSame(state.last, failure)) return { state: next, decision: { kind: 'fail', reason: 'repeated' } };
  if (state.restarts >= strategy.attempts) return { state: next, decision: { kind: 'fail', reason: 'attempts' } };
  return { state: next, decision: { kind: 'restart', delay: strategy.delay, attempt: next.restarts } };
}

function isSame(a: JobFailure, b: JobFailure): boolean {
  return a.recordNumber !== null && a.recordNumber === b.recordNumber && a.operator?.id === b.operator?.id && a.errorName === b.errorName;
}

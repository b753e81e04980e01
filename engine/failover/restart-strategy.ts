import type { JobFailure } from '../runtime/job.ts';
import type { Backoff } from './backoff.ts';
import { type ExponentialDelay, type ExponentialDelayState, exponentialDelay, NO_BACKOFF } from './exponential-delay.ts';
import { type FailureRate, type FailureRateState, failureRate } from './failure-rate.ts';

/** Flink's `restart-strategy.fixed-delay` options. */
interface FixedDelay {
  readonly type: 'fixed-delay';
  /** Restarts before the job fails for good. */
  readonly attempts: number;
  /** ms between a failure and the restart. */
  readonly delay: number;
}

/** Flink's `restart-strategy` options [5]. */
export type RestartStrategy = { readonly type: 'none' } | FixedDelay | FailureRate | ExponentialDelay;

/** What is remembered between failures. */
export interface RestartState {
  readonly restarts: number;
  readonly last: JobFailure | null;
  readonly rate: FailureRateState;
  readonly exponential: ExponentialDelayState;
}

export const NEVER_FAILED: RestartState = { restarts: 0, last: null, rate: [], exponential: NO_BACKOFF };

/** A failure as the strategies see it. */
export interface FailureEvent {
  readonly failure: JobFailure;
  /** ms. */
  readonly now: number;
  /** For the jitter, from −1 to 1. */
  readonly draw: number;
}

export type RestartDecision =
  /** After `delay` ms, as attempt `attempt` (the first restart is 1). */
  | { readonly kind: 'restart'; readonly delay: number; readonly attempt: number }
  /**
   * 'exhausted': the strategy allows no further restart. 'repeated': the error came back at the same record and operator, so it would again.
   * 'suppressed': the error says that a restart does not help.
   */
  | { readonly kind: 'fail'; readonly reason: 'none' | 'exhausted' | 'repeated' | 'suppressed' };

interface Decided {
  readonly state: RestartState;
  readonly decision: RestartDecision;
}

/**
 * What happens after a failure: pure, so that every case can be tested. An error that comes back at the same record and operator fails the job at
 * once, unlike in Flink (architecture, rule 12).
 */
export function decideRestart(state: RestartState, event: FailureEvent, strategy: RestartStrategy): Decided {
  const { failure } = event;
  const next: RestartState = { ...state, restarts: state.restarts + 1, last: failure };
  const fail = (reason: Extract<RestartDecision, { kind: 'fail' }>['reason'], after = next): Decided => ({
    state: after,
    decision: { kind: 'fail', reason },
  });
  if (strategy.type === 'none') return fail('none');
  if (failure.suppressesRestarts === true) return fail('suppressed');
  if (state.last !== null && isSame(state.last, failure)) return fail('repeated');
  const { state: after, mayRestart, delay } = backoff(next, event, strategy);
  return mayRestart ? { state: after, decision: { kind: 'restart', delay, attempt: next.restarts } } : fail('exhausted', after);
}

function backoff(
  state: RestartState,
  { now, draw }: FailureEvent,
  strategy: Exclude<RestartStrategy, { type: 'none' }>,
): Backoff<RestartState> {
  switch (strategy.type) {
    case 'fixed-delay':
      return { state, mayRestart: state.restarts <= strategy.attempts, delay: strategy.delay };
    case 'failure-rate': {
      const { state: rate, ...said } = failureRate(state.rate, now, strategy);
      return { state: { ...state, rate }, ...said };
    }
    case 'exponential-delay': {
      const { state: exponential, ...said } = exponentialDelay(state.exponential, now, draw, strategy);
      return { state: { ...state, exponential }, ...said };
    }
  }
}

function isSame(a: JobFailure, b: JobFailure): boolean {
  return a.recordNumber !== null && a.recordNumber === b.recordNumber && a.operator?.id === b.operator?.id && a.errorName === b.errorName;
}

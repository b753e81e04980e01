import type { Backoff } from './backoff.ts';

/** Flink's `restart-strategy.failure-rate` options; times in ms. */
export interface FailureRate {
  readonly type: 'failure-rate';
  readonly maxFailuresPerInterval: number;
  readonly interval: number;
  readonly delay: number;
}

/** When the last failures were, ms, oldest first: one more of them than an interval may have. */
export type FailureRateState = readonly number[];

/** As FailureRateRestartBackoffTimeStrategy: no restart when the failure before the last `max` ones is not older than the interval. */
export function failureRate(state: FailureRateState, now: number, strategy: FailureRate): Backoff<FailureRateState> {
  const { maxFailuresPerInterval: max, interval, delay } = strategy;
  const failures = [...state, now].slice(-(max + 1));
  const oldest = failures[0] ?? now;
  return { state: failures, mayRestart: failures.length <= max || now - oldest > interval, delay };
}

import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';

/** When a call is made again: after the results or the error that a predicate is true for. Without predicates: never. */
export interface AsyncRetryPredicate<OUT> {
  resultPredicate?(results: readonly OUT[]): boolean;
  exceptionPredicate?(error: unknown): boolean;
}

/** Whether and when a call is made again (Flink's AsyncRetryStrategy). `currentAttempts`: made so far, from 1. */
export interface AsyncRetryStrategy<OUT> {
  canRetry(currentAttempts: number): boolean;
  /** ms on the job's clock. */
  getBackoffTimeMillis(currentAttempts: number): number;
  getRetryPredicate(): AsyncRetryPredicate<OUT>;
}

const NEVER: AsyncRetryPredicate<unknown> = {};

function checkAttempts(maxAttempts: unknown): number {
  if (typeof maxAttempts !== 'number' || !(maxAttempts > 0)) throw new IllegalArgumentException('maxAttempts should be greater than zero.');
  return maxAttempts;
}

function checkDelay(delay: DurationLike, what: string): number {
  const millis = toMillis(delay);
  if (millis <= 0) throw new IllegalArgumentException(`${what} should be greater than zero.`);
  return millis;
}

export const AsyncRetryStrategies = {
  NO_RETRY_STRATEGY: {
    canRetry: () => false,
    getBackoffTimeMillis: () => -1,
    getRetryPredicate: () => NEVER,
  } satisfies AsyncRetryStrategy<unknown>,

  /** Up to `maxAttempts` retries, `backoffTime` after an attempt has ended. Throws IllegalArgumentException. */
  fixedDelay<OUT>(maxAttempts: number, backoffTime: DurationLike, retryIf: AsyncRetryPredicate<OUT> = NEVER): AsyncRetryStrategy<OUT> {
    const attempts = checkAttempts(maxAttempts);
    const backoff = checkDelay(backoffTime, 'backoffTimeMillis');
    return {
      canRetry: (currentAttempts) => currentAttempts <= attempts,
      getBackoffTimeMillis: () => backoff,
      getRetryPredicate: () => retryIf,
    };
  },

  /** Up to `maxAttempts` retries; the first waits for `initialDelay`, each later one `multiplier` times as long, at most `maxRetryDelay`. Throws IllegalArgumentException. */
  exponentialBackoff<OUT>(
    maxAttempts: number,
    initialDelay: DurationLike,
    maxRetryDelay: DurationLike,
    multiplier: number,
    retryIf: AsyncRetryPredicate<OUT> = NEVER,
  ): AsyncRetryStrategy<OUT> {
    const attempts = checkAttempts(maxAttempts);
    const initial = checkDelay(initialDelay, 'initialDelay');
    const max = checkDelay(maxRetryDelay, 'maxRetryDelay');
    if (!(multiplier > 0)) throw new IllegalArgumentException('multiplier should be greater than zero.');
    return {
      canRetry: (currentAttempts) => currentAttempts <= attempts,
      getBackoffTimeMillis: (currentAttempts) => Math.min(max, Math.round(initial * multiplier ** (currentAttempts - 1))),
      getRetryPredicate: () => retryIf,
    };
  },
};

/** The predicates of Flink's RetryPredicates. */
export const RetryPredicates = {
  EMPTY_RESULT_PREDICATE: { resultPredicate: (results) => results.length === 0 },
  HAS_EXCEPTION_PREDICATE: { exceptionPredicate: (error) => error !== undefined && error !== null },
} satisfies Readonly<Record<string, AsyncRetryPredicate<unknown>>>;

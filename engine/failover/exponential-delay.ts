import type { Backoff } from './backoff.ts';

/** Flink's `restart-strategy.exponential-delay` options; times in ms. */
export interface ExponentialDelay {
  readonly type: 'exponential-delay';
  readonly initialBackoff: number;
  readonly maxBackoff: number;
  readonly multiplier: number;
  /** A job that has run for so long since its restart begins with the initial backoff again. */
  readonly resetThreshold: number;
  /** Share of the backoff by which it is drawn longer or shorter. */
  readonly jitterFactor: number;
  /** May be Infinity. */
  readonly attemptsBeforeReset: number;
}

export interface ExponentialDelayState {
  /** Restarts since the backoff was the initial one. */
  readonly attempts: number;
  /** When the last of them is to be, ms; null before the first failure. */
  readonly restartAt: number | null;
}

export const NO_BACKOFF: ExponentialDelayState = { attempts: 0, restartAt: null };

/**
 * As ExponentialDelayRestartBackoffTimeStrategy of Flink 2.3. A failure that is not after the scheduled restart belongs to the same attempt.
 * `draw`: from −1 to 1.
 */
export function exponentialDelay(
  { attempts, restartAt }: ExponentialDelayState,
  now: number,
  draw: number,
  strategy: ExponentialDelay,
): Backoff<ExponentialDelayState> {
  const mayRestart = (attempt: number): boolean => attempt <= strategy.attemptsBeforeReset;
  if (restartAt !== null && now <= restartAt) {
    return { state: { attempts, restartAt }, mayRestart: mayRestart(attempts), delay: restartAt - now };
  }
  const before = restartAt !== null && now - restartAt >= strategy.resetThreshold ? 0 : attempts;
  const delay = backoffOf(before, draw, strategy);
  return { state: { attempts: before + 1, restartAt: now + delay }, mayRestart: mayRestart(before + 1), delay };
}

/** Whole ms, after so many restarts: `max(initial, min(initial · multiplierⁿ ± jitter, max))`. */
function backoffOf(restarts: number, draw: number, strategy: ExponentialDelay): number {
  const { initialBackoff, maxBackoff, multiplier, jitterFactor } = strategy;
  // What is beyond the maximum is cut before the jitter: powers may become infinite, and their jitter with them.
  const backoff = Math.min(initialBackoff * multiplier ** restarts, maxBackoff);
  return Math.floor(Math.max(initialBackoff, Math.min(backoff + draw * jitterFactor * backoff, maxBackoff)));
}

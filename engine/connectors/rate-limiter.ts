import { IllegalArgumentException } from '../api/errors.ts';

/** How fast a DataGeneratorSource may emit. */
export interface RateLimiterStrategy {
  readonly kind: 'perSecond' | 'perCheckpoint' | 'noOp';
  readonly value: number;
}

/** Makes rate limiter strategies; they throw IllegalArgumentException for a rate that is not positive. */
export const RateLimiterStrategy = {
  /** At most that many records per second of the job's clock, over all subtasks. */
  perSecond(recordsPerSecond: number): RateLimiterStrategy {
    return { kind: 'perSecond', value: positive('recordsPerSecond', recordsPerSecond) };
  },
  /** At most that many records between two checkpoints. */
  perCheckpoint(recordsPerCheckpoint: number): RateLimiterStrategy {
    return { kind: 'perCheckpoint', value: positive('recordsPerCheckpoint', recordsPerCheckpoint) };
  },
  /** As fast as possible. */
  noOp(): RateLimiterStrategy {
    return { kind: 'noOp', value: 0 };
  },
};

function positive(name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new IllegalArgumentException(`${name} is a number above 0, not ${String(value)}.`);
}

/**
 * Time in the data plane. A record without a timestamp carries NaN, which compares as false with everything; Flink's Long.MIN_VALUE and
 * Long.MAX_VALUE are −Infinity and Infinity.
 */
export const NO_TIMESTAMP_SET: number = Number.NaN;
export const MIN_TIMESTAMP: number = Number.NEGATIVE_INFINITY;
export const MAX_WATERMARK: number = Number.POSITIVE_INFINITY;

export function hasTimestamp(timestamp: number): boolean {
  return !Number.isNaN(timestamp);
}

/** For user code: null when there is none. */
export function timestampOrNull(timestamp: number): number | null {
  return Number.isNaN(timestamp) ? null : timestamp;
}

/** For user code that gets a plain number, as Flink passes Long.MIN_VALUE. */
export function timestampOrMin(timestamp: number): number {
  return Number.isNaN(timestamp) ? MIN_TIMESTAMP : timestamp;
}

import { IllegalStateException } from './errors.ts';
import type { MetricGroup } from './metric-group.ts';
import type { Window } from './windows.ts';

/** A record of a window with its timestamp, for evictors. */
export class TimestampedValue<T> {
  readonly #value: T;
  readonly #timestamp: number | null;
  /** `timestamp` in ms; null when the record has none. */
  constructor(value: T, timestamp: number | null) {
    this.#value = value;
    this.#timestamp = timestamp;
  }
  getValue(): T {
    return this.#value;
  }
  hasTimestamp(): boolean {
    return this.#timestamp !== null;
  }
  /** Throws IllegalStateException for a record without one, as Flink does. */
  getTimestamp(): number {
    if (this.#timestamp !== null) return this.#timestamp;
    throw new IllegalStateException(
      "Record has no timestamp. Is the time characteristic set to 'ProcessingTime', or did you forget to call 'DataStream.assignTimestampsAndWatermarks(...)'?",
      'Ask hasTimestamp() first.',
    );
  }
}

export interface EvictorContext {
  /** ms on the job's clock. */
  getCurrentProcessingTime(): number;
  /** −Infinity before the first watermark. */
  getCurrentWatermark(): number;
  /** Of the operator in this subtask. */
  getMetricGroup(): MetricGroup;
}

/** Takes records out of a window before or after its function runs: by removing them from the array, which is in order of arrival. They are gone for good. */
export interface Evictor<T, W extends Window> {
  evictBefore(elements: TimestampedValue<T>[], window: W, ctx: EvictorContext): void;
  evictAfter(elements: TimestampedValue<T>[], window: W, ctx: EvictorContext): void;
}

/** Evicts before the function, or after it. */
export abstract class OneTimeEvictor<T> implements Evictor<T, Window> {
  readonly #after: boolean;
  constructor(after: boolean) {
    this.#after = after;
  }
  protected abstract evict(elements: TimestampedValue<T>[]): void;
  evictBefore(elements: TimestampedValue<T>[]): void {
    if (!this.#after) this.evict(elements);
  }
  evictAfter(elements: TimestampedValue<T>[]): void {
    if (this.#after) this.evict(elements);
  }
}

/** Keeps those elements for which `keep` is true, in the same array. */
export function retain<T>(elements: TimestampedValue<T>[], keep: (element: TimestampedValue<T>) => boolean): void {
  let kept = 0;
  for (const element of elements) if (keep(element)) elements[kept++] = element;
  elements.length = kept;
}

import { IllegalArgumentException } from '../errors.ts';
import { type Evictor, OneTimeEvictor, type TimestampedValue } from '../evictor.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import type { Window } from '../windows.ts';

class KeepLast extends OneTimeEvictor<unknown> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #maxCount: number;

  constructor(maxCount: number, after: boolean) {
    super(after);
    this.#maxCount = maxCount;
    this[GRAPH_DATA] = { data: ['CountEvictor', maxCount, after], functions: [] };
  }

  protected override evict(elements: TimestampedValue<unknown>[]): void {
    elements.splice(0, elements.length - this.#maxCount);
  }

  override toString(): string {
    return `CountEvictor(${this.#maxCount})`;
  }
}

/** Keeps the last `maxCount` in order of arrival. Throws IllegalArgumentException unless it is a whole number of at least 0. */
export const CountEvictor = {
  of(maxCount: number, doEvictAfter = false): Evictor<unknown, Window> {
    if (!Number.isInteger(maxCount) || maxCount < 0) {
      throw new IllegalArgumentException(`A CountEvictor keeps a whole number of records, not ${String(maxCount)}.`);
    }
    return new KeepLast(maxCount, doEvictAfter);
  },
};

import { type DurationLike, toMillis } from '../duration.ts';
import { type Evictor, OneTimeEvictor, retain, type TimestampedValue } from '../evictor.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import type { Window } from '../windows.ts';

class KeepYoung extends OneTimeEvictor<unknown> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #size: number;

  constructor(size: number, after: boolean) {
    super(after);
    this.#size = size;
    this[GRAPH_DATA] = { data: ['TimeEvictor', size, after], functions: [] };
  }

  /** Records without timestamps are left alone; as in Flink, the first one tells. */
  protected override evict(elements: TimestampedValue<unknown>[]): void {
    if (elements[0]?.hasTimestamp() !== true) return;
    let youngest = Number.NEGATIVE_INFINITY;
    for (const element of elements) youngest = Math.max(youngest, element.getTimestamp());
    retain(elements, (element) => element.getTimestamp() > youngest - this.#size);
  }

  override toString(): string {
    return `TimeEvictor(${this.#size})`;
  }
}

/** Keeps those that are less than `windowSize` older than the youngest, by their timestamps. */
export const TimeEvictor = {
  of: (windowSize: DurationLike, doEvictAfter = false): Evictor<unknown, Window> => new KeepYoung(toMillis(windowSize), doEvictAfter),
};

import { type DurationLike, toMillis } from '../duration.ts';
import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import type { Trigger } from '../trigger.ts';
import { EventTimeTrigger } from '../triggers/event-time.ts';
import { noTimestamp, WindowAssigner } from '../window-assigner.ts';
import { TimeWindow, windowStart } from '../windows.ts';

class Cumulating extends WindowAssigner<unknown, TimeWindow> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #maxSize: number;
  readonly #step: number;
  readonly #offset: number;

  constructor(maxSize: number, step: number, offset: number) {
    super();
    this.#maxSize = maxSize;
    this.#step = step;
    this.#offset = offset;
    this[GRAPH_DATA] = { data: ['CumulatingEventTimeWindows', maxSize, step, offset], functions: [] };
  }
  /** From the smallest window that holds the record to the largest. */
  override assignWindows(_element: unknown, timestamp: number): readonly TimeWindow[] {
    if (timestamp === Number.NEGATIVE_INFINITY) throw noTimestamp();
    const start = windowStart(timestamp, this.#offset, this.#maxSize);
    const windows: TimeWindow[] = [];
    for (let end = windowStart(timestamp, this.#offset, this.#step) + this.#step; end <= start + this.#maxSize; end += this.#step) {
      windows.push(new TimeWindow(start, end));
    }
    return windows;
  }
  override getDefaultTrigger(): Trigger<unknown, TimeWindow> {
    return EventTimeTrigger.create();
  }
  override isEventTime(): boolean {
    return true;
  }
  override toString(): string {
    return `CumulatingEventTimeWindows(${this.#maxSize}, ${this.#step})`;
  }
}

/**
 * Windows that grow by `step` up to `maxSize`, where the next ones begin: CUMULATE of Flink's SQL, which its DataStream API does not have. Windows without a
 * record of their own give the result of the one before. Throws IllegalArgumentException unless maxSize is a multiple of step and |offset| < maxSize.
 */
export const CumulatingEventTimeWindows = {
  of(maxSize: DurationLike, step: DurationLike, offset: DurationLike = 0): WindowAssigner<unknown, TimeWindow> {
    const [size, grows, shift] = [toMillis(maxSize), toMillis(step), toMillis(offset)];
    if (size <= 0 || grows <= 0)
      throw new IllegalArgumentException('CumulatingEventTimeWindows parameters must satisfy maxSize > 0 and step > 0');
    if (size % grows !== 0) throw new IllegalArgumentException('CumulatingEventTimeWindows parameters must satisfy maxSize % step == 0');
    if (Math.abs(shift) >= size)
      throw new IllegalArgumentException('CumulatingEventTimeWindows parameters must satisfy abs(offset) < maxSize');
    return new Cumulating(size, grows, shift);
  },
};

import { IllegalArgumentException, RuntimeException } from './errors.ts';
import { GRAPH_DATA, type GraphData } from './graph-data.ts';
import type { Trigger } from './trigger.ts';
import { EventTimeTrigger } from './triggers/event-time.ts';
import { ProcessingTimeTrigger } from './triggers/processing-time.ts';
import { TimeWindow, type Window, windowStart } from './windows.ts';
import { toMillis, type DurationLike } from './duration.ts';

/** How the firing of tumbling windows is spread over subtasks; fixed at a subtask's first record. */
export type WindowStagger = 'ALIGNED' | 'RANDOM' | 'NATURAL';
export const WindowStagger: { readonly [S in WindowStagger]: S } = { ALIGNED: 'ALIGNED', RANDOM: 'RANDOM', NATURAL: 'NATURAL' };

export interface WindowAssignerContext {
  /** ms on the job's clock. */
  getCurrentProcessingTime(): number;
}

/** Puts records into windows. Those of user code are TimeWindows or the GlobalWindow. */
export abstract class WindowAssigner<T, W extends Window> {
  /** `timestamp` in ms; −Infinity for a record without one. */
  abstract assignWindows(element: T, timestamp: number, context: WindowAssignerContext): Iterable<W>;
  abstract getDefaultTrigger(): Trigger<T, W>;
  abstract isEventTime(): boolean;
}

/** An assigner whose windows may merge: sessions. */
export abstract class MergingWindowAssigner<T, W extends Window> extends WindowAssigner<T, W> {
  /** Calls `merge` for each set of windows that become one, with what they become. */
  abstract mergeWindows(windows: Iterable<W>, merge: (toBeMerged: readonly W[], result: W) => void): void;
}

export function isWindowAssigner(value: unknown): value is WindowAssigner<unknown, Window> {
  return value instanceof WindowAssigner;
}

export function isMerging(assigner: WindowAssigner<unknown, Window>): assigner is MergingWindowAssigner<unknown, Window> {
  return assigner instanceof MergingWindowAssigner;
}

/** The error for a record without a timestamp, in Flink's words. */
export function noTimestamp(): RuntimeException {
  return new RuntimeException(
    "Record has Long.MIN_VALUE timestamp (= no timestamp marker). Did you forget to call 'DataStream.assignTimestampsAndWatermarks(...)'?",
    'Give the source a WatermarkStrategy with withTimestampAssigner, or use processing-time windows.',
  );
}

/** Windows of one size that start every `slide` ms at `offset`, the same for all keys. Tumbling: slide = size. Plain data, part of the graph. */
export interface AlignedWindows {
  readonly name: string;
  readonly eventTime: boolean;
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
  readonly stagger: WindowStagger;
}

/** An assigner that is fully described by AlignedWindows. */
export class AlignedWindowAssigner extends WindowAssigner<unknown, TimeWindow> {
  readonly windows: AlignedWindows;
  readonly [GRAPH_DATA]: GraphData;
  constructor(windows: AlignedWindows) {
    super();
    this.windows = windows;
    this[GRAPH_DATA] = { data: windows, functions: [] };
  }
  override isEventTime(): boolean {
    return this.windows.eventTime;
  }
  override getDefaultTrigger(): Trigger<unknown, TimeWindow> {
    return this.windows.eventTime ? EventTimeTrigger.create() : ProcessingTimeTrigger.create();
  }
  override assignWindows(_element: unknown, timestamp: number, context: WindowAssignerContext): readonly TimeWindow[] {
    return this.windowsAt(timestamp, context.getCurrentProcessingTime(), this.windows.offset);
  }
  /** Newest first, as Flink's sliding assigner. `offset`: that of a stagger may differ. Throws RuntimeException for a record without the time it needs. */
  windowsAt(timestamp: number, now: number, offset: number): readonly TimeWindow[] {
    const { eventTime, size, slide } = this.windows;
    const time = eventTime ? timestamp : now;
    if (time === Number.NEGATIVE_INFINITY) throw noTimestamp();
    const windows: TimeWindow[] = [];
    for (let start = windowStart(time, offset, slide); start > time - size; start -= slide)
      windows.push(new TimeWindow(start, start + size));
    return windows;
  }
  /** As Flink writes it: "TumblingEventTimeWindows(5000)", "SlidingEventTimeWindows(1000, 500)". */
  override toString(): string {
    const { name, size, slide } = this.windows;
    return slide === size && name.startsWith('Tumbling') ? `${name}(${size})` : `${name}(${size}, ${slide})`;
  }
}
/** Throws IllegalArgumentException unless |offset| < size. */
export function tumbling(
  name: string,
  eventTime: boolean,
  size: DurationLike,
  offset: DurationLike = 0,
  stagger: WindowStagger = 'ALIGNED',
): AlignedWindowAssigner {
  const millis = toMillis(size);
  const shift = toMillis(offset);
  if (Math.abs(shift) >= millis) throw new IllegalArgumentException(`${name} parameters must satisfy abs(offset) < size`);
  if (!(stagger in WindowStagger)) throw new IllegalArgumentException(`${stagger} is not a WindowStagger.`);
  return new AlignedWindowAssigner({ name, eventTime, size: millis, slide: millis, offset: shift, stagger });
}

/** Throws IllegalArgumentException unless |offset| < slide and size > 0, and for more than 10 million windows per record. */
export function sliding(
  name: string,
  eventTime: boolean,
  size: DurationLike,
  slide: DurationLike,
  offset: DurationLike = 0,
): AlignedWindowAssigner {
  const millis = toMillis(size);
  const step = toMillis(slide);
  const shift = toMillis(offset);
  if (Math.abs(shift) >= step || millis <= 0) {
    throw new IllegalArgumentException(`${name} parameters must satisfy abs(offset) < slide and size > 0`);
  }
  if (millis / step > 10_000_000) throw new IllegalArgumentException(`${name} would put each record into more than 10,000,000 windows`);
  return new AlignedWindowAssigner({ name, eventTime, size: millis, slide: step, offset: shift, stagger: 'ALIGNED' });
}

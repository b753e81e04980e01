import type { TimeWindow, Window } from './windows.ts';
import { toMillis, type DurationLike } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';

/** How the firing of tumbling windows is spread over subtasks; fixed at a subtask's first record. */
export type WindowStagger = 'ALIGNED' | 'RANDOM' | 'NATURAL';
export const WindowStagger: { readonly [S in WindowStagger]: S } = { ALIGNED: 'ALIGNED', RANDOM: 'RANDOM', NATURAL: 'NATURAL' };

/** Puts records into windows. Assigners of user code come with custom triggers. */
export abstract class WindowAssigner<T, W extends Window> {
  declare protected readonly assigns: (element: T) => W;
  abstract isEventTime(): boolean;
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
  constructor(windows: AlignedWindows) {
    super();
    this.windows = windows;
  }
  isEventTime(): boolean {
    return this.windows.eventTime;
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

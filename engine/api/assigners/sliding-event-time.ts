import type { DurationLike } from '../duration.ts';
import { type AlignedWindowAssigner, sliding } from '../window-assigner.ts';

/** Overlapping windows by the timestamps of the records: each record is in size / slide of them. */
export const SlidingEventTimeWindows = {
  of: (size: DurationLike, slide: DurationLike, offset?: DurationLike): AlignedWindowAssigner =>
    sliding('SlidingEventTimeWindows', true, size, slide, offset),
};

import type { DurationLike } from '../duration.ts';
import { type AlignedWindowAssigner, sliding } from '../window-assigner.ts';

/** Overlapping windows by the job's clock: each record is in size / slide of them. */
export const SlidingProcessingTimeWindows = {
  of: (size: DurationLike, slide: DurationLike, offset?: DurationLike): AlignedWindowAssigner =>
    sliding('SlidingProcessingTimeWindows', false, size, slide, offset),
};

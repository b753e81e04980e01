import type { DurationLike } from '../duration.ts';
import { type AlignedWindowAssigner, tumbling, type WindowStagger } from '../window-assigner.ts';

/** Windows of one size, back to back, by the timestamps of the records. */
export const TumblingEventTimeWindows = {
  of: (size: DurationLike, offset?: DurationLike, stagger?: WindowStagger): AlignedWindowAssigner =>
    tumbling('TumblingEventTimeWindows', true, size, offset, stagger),
};

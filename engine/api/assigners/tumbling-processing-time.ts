import type { DurationLike } from '../duration.ts';
import { type AlignedWindowAssigner, tumbling, type WindowStagger } from '../window-assigner.ts';

/** Windows of one size, back to back, by the job's clock. */
export const TumblingProcessingTimeWindows = {
  of: (size: DurationLike, offset?: DurationLike, stagger?: WindowStagger): AlignedWindowAssigner =>
    tumbling('TumblingProcessingTimeWindows', false, size, offset, stagger),
};

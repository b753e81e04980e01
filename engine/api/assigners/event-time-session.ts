import type { DurationLike } from '../duration.ts';
import { dynamicSessions, type SessionWindowTimeGapExtractor, sessions } from '../session-windows.ts';
import type { MergingWindowAssigner } from '../window-assigner.ts';
import type { TimeWindow } from '../windows.ts';

/** Sessions by the timestamps of the records: records closer than the gap share a window; touching windows merge. */
export const EventTimeSessionWindows = {
  withGap: (size: DurationLike): MergingWindowAssigner<unknown, TimeWindow> => sessions('EventTimeSessionWindows', true, size),
  withDynamicGap: <T>(extractor: SessionWindowTimeGapExtractor<T> | ((element: T) => number)): MergingWindowAssigner<T, TimeWindow> =>
    dynamicSessions('EventTimeSessionWindows', true, extractor),
};

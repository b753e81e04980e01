import { UnsupportedOperationException } from '../../api/errors.ts';
import { TimeWindow, type Window } from '../../api/windows.ts';
import { describeKey } from '../../state/entry-slots.ts';

/** The error for a merged window whose time has passed, in Flink's words. `watermark` null: in processing time. */
export function cannotMerge(window: Window, key: unknown, watermark: number | null, now: number): UnsupportedOperationException {
  const text = window instanceof TimeWindow ? window.toString() : 'GlobalWindow';
  const hint = `The windows are those of key ${describeKey(key)}. A merge may not make a window end earlier: look at mergeWindows of the assigner, or set allowedLateness.`;
  return watermark === null
    ? new UnsupportedOperationException(
        `The end timestamp of a processing-time window cannot become earlier than the current processing time by merging. Current processing time: ${now} window: ${text}`,
        hint,
      )
    : new UnsupportedOperationException(
        `The end timestamp of an event-time window cannot become earlier than the current watermark by merging. Current event time: ${watermark} window: ${text}`,
        hint,
      );
}

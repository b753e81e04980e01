import { GRAPH_DATA } from '../graph-data.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

class AtWatermark extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA] = { data: 'EventTimeTrigger', functions: [] };

  override onElement(_element: unknown, _timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (window.maxTimestamp() <= ctx.getCurrentWatermark()) return 'FIRE';
    ctx.registerEventTimeTimer(window.maxTimestamp());
    return 'CONTINUE';
  }
  override onEventTime(time: number, window: Window): TriggerResult {
    return time === window.maxTimestamp() ? 'FIRE' : 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(window: Window, ctx: TriggerContext): void {
    ctx.deleteEventTimeTimer(window.maxTimestamp());
  }
  override canMerge(): boolean {
    return true;
  }
  /** A window that has merged into one whose end has passed fires with the element that merged it. */
  override onMerge(window: Window, ctx: OnMergeContext): void {
    if (window.maxTimestamp() > ctx.getCurrentWatermark()) ctx.registerEventTimeTimer(window.maxTimestamp());
  }
  override toString(): string {
    return 'EventTimeTrigger()';
  }
}

/** At the end of the window, and for each late record after it. The default in event time. */
export const EventTimeTrigger = {
  create: (): Trigger<unknown, Window> => new AtWatermark(),
};

/** Whether a trigger is the one that event-time windows have anyway. */
export function isEventTimeTrigger(trigger: object): boolean {
  return trigger instanceof AtWatermark;
}

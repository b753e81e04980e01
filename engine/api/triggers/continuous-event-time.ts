import type { DurationLike } from '../duration.ts';
import type { Trigger, TriggerContext, TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';
import { ContinuousTrigger } from './continuous.ts';

class EveryEventTime extends ContinuousTrigger {
  override onElement(_element: unknown, timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (window.maxTimestamp() <= ctx.getCurrentWatermark()) return 'FIRE';
    ctx.registerEventTimeTimer(window.maxTimestamp());
    this.begin(timestamp, window, ctx);
    return 'CONTINUE';
  }
  override onEventTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    return time === window.maxTimestamp() || this.isNext(time, window, ctx) ? 'FIRE' : 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  protected override setTimer(time: number, ctx: TriggerContext): void {
    ctx.registerEventTimeTimer(time);
  }
  protected override deleteTimer(time: number, ctx: TriggerContext): void {
    ctx.deleteEventTimeTimer(time);
  }
  protected override withinWindow(time: number, window: Window): number {
    return Math.min(time, window.maxTimestamp());
  }
}

/** Whenever the watermark has passed a multiple of the interval, and at the end of the window. Throws IllegalArgumentException unless interval > 0. */
export const ContinuousEventTimeTrigger = {
  of: (interval: DurationLike): Trigger<unknown, Window> => new EveryEventTime('ContinuousEventTimeTrigger', interval),
};

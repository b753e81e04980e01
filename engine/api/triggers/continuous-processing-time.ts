import type { DurationLike } from '../duration.ts';
import type { Trigger, TriggerContext, TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';
import { ContinuousTrigger } from './continuous.ts';

class EveryProcessingTime extends ContinuousTrigger {
  override onElement(_element: unknown, _timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    this.begin(ctx.getCurrentProcessingTime(), window, ctx);
    return 'CONTINUE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    return this.isNext(time, window, ctx) ? 'FIRE' : 'CONTINUE';
  }
  protected override setTimer(time: number, ctx: TriggerContext): void {
    ctx.registerProcessingTimeTimer(time);
  }
  protected override deleteTimer(time: number, ctx: TriggerContext): void {
    ctx.deleteProcessingTimeTimer(time);
  }
  /** The end of the window counts in processing time only; one in event time may be long past on the clock, and would fire without end. */
  protected override withinWindow(time: number, window: Window, ctx: TriggerContext): number {
    const end = window.maxTimestamp();
    return time > end && end > ctx.getCurrentProcessingTime() ? end : time;
  }
}

/** Whenever the job's clock has passed a multiple of the interval. Throws IllegalArgumentException unless interval > 0. */
export const ContinuousProcessingTimeTrigger = {
  of: (interval: DurationLike): Trigger<unknown, Window> => new EveryProcessingTime('ContinuousProcessingTimeTrigger', interval),
};

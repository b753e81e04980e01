import { GRAPH_DATA } from '../graph-data.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

class AtClock extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA] = { data: 'ProcessingTimeTrigger', functions: [] };

  override onElement(_element: unknown, _timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    ctx.registerProcessingTimeTimer(window.maxTimestamp());
    return 'CONTINUE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'FIRE';
  }
  override clear(window: Window, ctx: TriggerContext): void {
    ctx.deleteProcessingTimeTimer(window.maxTimestamp());
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(window: Window, ctx: OnMergeContext): void {
    if (window.maxTimestamp() > ctx.getCurrentProcessingTime()) ctx.registerProcessingTimeTimer(window.maxTimestamp());
  }
  override toString(): string {
    return 'ProcessingTimeTrigger()';
  }
}

/** When the job's clock reaches the end of the window. The default in processing time. */
export const ProcessingTimeTrigger = {
  create: (): Trigger<unknown, Window> => new AtClock(),
};

/** Whether a trigger is the one that processing-time windows have anyway. */
export function isProcessingTimeTrigger(trigger: object): boolean {
  return trigger instanceof AtClock;
}

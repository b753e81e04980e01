import { GRAPH_DATA } from '../graph-data.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

/**
 * At the end of a bounded input. With it, a window operator gives nothing before: it takes its records in the order of their timestamps and passes no
 * watermark but the last (Flink's `isOutputOnlyAfterEndOfStream`).
 */
export class EndOfStreamTrigger extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA] = { data: 'EndOfStreamTrigger', functions: [] };

  override onElement(_element: unknown, _timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
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
  override onMerge(window: Window, ctx: OnMergeContext): void {
    ctx.registerEventTimeTimer(window.maxTimestamp());
  }
  override toString(): string {
    return 'EndOfStreamTrigger()';
  }
}

import type { DurationLike } from '../duration.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';
import { checkedInterval, firstFiring, nextFiring } from './next-firing.ts';

class EveryEventTime extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #interval: number;
  readonly #next = nextFiring();

  constructor(interval: number) {
    super();
    this.#interval = interval;
    this[GRAPH_DATA] = { data: ['ContinuousEventTimeTrigger', interval], functions: [] };
  }

  override onElement(_element: unknown, timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (window.maxTimestamp() <= ctx.getCurrentWatermark()) return 'FIRE';
    ctx.registerEventTimeTimer(window.maxTimestamp());
    if (ctx.getPartitionedState(this.#next).get() === null) this.#register(firstFiring(timestamp, this.#interval), window, ctx);
    return 'CONTINUE';
  }
  override onEventTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (time === window.maxTimestamp()) return 'FIRE';
    if (ctx.getPartitionedState(this.#next).get() !== time) return 'CONTINUE';
    this.#register(time + this.#interval, window, ctx);
    return 'FIRE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(_window: Window, ctx: TriggerContext): void {
    const state = ctx.getPartitionedState(this.#next);
    const next = state.get();
    if (next === null) return;
    ctx.deleteEventTimeTimer(next);
    state.clear();
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(_window: Window, ctx: OnMergeContext): void {
    ctx.mergePartitionedState(this.#next);
    const next = ctx.getPartitionedState(this.#next).get();
    if (next !== null) ctx.registerEventTimeTimer(next);
  }

  #register(time: number, window: Window, ctx: TriggerContext): void {
    const next = Math.min(time, window.maxTimestamp());
    const state = ctx.getPartitionedState(this.#next);
    state.clear();
    state.add(next);
    ctx.registerEventTimeTimer(next);
  }

  override toString(): string {
    return `ContinuousEventTimeTrigger(${this.#interval})`;
  }
}

/** Whenever the watermark has passed a multiple of the interval, and at the end of the window. Throws IllegalArgumentException unless interval > 0. */
export const ContinuousEventTimeTrigger = {
  of: (interval: DurationLike): Trigger<unknown, Window> => new EveryEventTime(checkedInterval(interval, 'ContinuousEventTimeTrigger')),
};

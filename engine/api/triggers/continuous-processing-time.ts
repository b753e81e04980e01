import type { DurationLike } from '../duration.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';
import { checkedInterval, firstFiring, nextFiring } from './next-firing.ts';

class EveryProcessingTime extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #interval: number;
  readonly #next = nextFiring();

  constructor(interval: number) {
    super();
    this.#interval = interval;
    this[GRAPH_DATA] = { data: ['ContinuousProcessingTimeTrigger', interval], functions: [] };
  }

  override onElement(_element: unknown, _timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (ctx.getPartitionedState(this.#next).get() === null) {
      this.#register(firstFiring(ctx.getCurrentProcessingTime(), this.#interval), window, ctx);
    }
    return 'CONTINUE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    if (ctx.getPartitionedState(this.#next).get() !== time) return 'CONTINUE';
    this.#register(time + this.#interval, window, ctx);
    return 'FIRE';
  }
  override clear(_window: Window, ctx: TriggerContext): void {
    const state = ctx.getPartitionedState(this.#next);
    const next = state.get();
    if (next === null) return;
    ctx.deleteProcessingTimeTimer(next);
    state.clear();
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(_window: Window, ctx: OnMergeContext): void {
    ctx.mergePartitionedState(this.#next);
    const next = ctx.getPartitionedState(this.#next).get();
    if (next !== null) ctx.registerProcessingTimeTimer(next);
  }

  #register(time: number, window: Window, ctx: TriggerContext): void {
    // The end of the window counts in processing time only; one in event time may be long past on the clock, and would fire without end.
    const end = window.maxTimestamp();
    const next = time > end && end > ctx.getCurrentProcessingTime() ? end : time;
    const state = ctx.getPartitionedState(this.#next);
    state.clear();
    state.add(next);
    ctx.registerProcessingTimeTimer(next);
  }

  override toString(): string {
    return `ContinuousProcessingTimeTrigger(${this.#interval})`;
  }
}

/** Whenever the job's clock has passed a multiple of the interval. Throws IllegalArgumentException unless interval > 0. */
export const ContinuousProcessingTimeTrigger = {
  of: (interval: DurationLike): Trigger<unknown, Window> =>
    new EveryProcessingTime(checkedInterval(interval, 'ContinuousProcessingTimeTrigger')),
};

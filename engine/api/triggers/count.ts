import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { ReducingStateDescriptor } from '../state-descriptors.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

class EveryNth extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #maxCount: number;
  readonly #count = new ReducingStateDescriptor<number>('trigger: count', (a, b) => a + b);

  constructor(maxCount: number) {
    super();
    this.#maxCount = maxCount;
    this[GRAPH_DATA] = { data: ['CountTrigger', maxCount], functions: [] };
  }

  override onElement(_element: unknown, _timestamp: number, _window: Window, ctx: TriggerContext): TriggerResult {
    const state = ctx.getPartitionedState(this.#count);
    state.add(1);
    if ((state.get() ?? 0) < this.#maxCount) return 'CONTINUE';
    state.clear();
    return 'FIRE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(_window: Window, ctx: TriggerContext): void {
    ctx.getPartitionedState(this.#count).clear();
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(_window: Window, ctx: OnMergeContext): void {
    ctx.mergePartitionedState(this.#count);
  }
  override toString(): string {
    return `CountTrigger(${this.#maxCount})`;
  }
}

/** At every `maxCount`th record of a window; 0 = at each, as in Flink. Throws IllegalArgumentException for anything but a whole number. */
export const CountTrigger = {
  of(maxCount: number): Trigger<unknown, Window> {
    if (!Number.isInteger(maxCount)) throw new IllegalArgumentException(`A CountTrigger needs a whole number, not ${String(maxCount)}.`);
    return new EveryNth(maxCount);
  },
};

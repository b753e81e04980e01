import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData, graphDataOf, labelOf } from '../graph-data.ts';
import { isFire, type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

class Purging<T, W extends Window> extends Trigger<T, W> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #nested: Trigger<T, W>;

  constructor(nested: Trigger<T, W>) {
    super();
    this.#nested = nested;
    const { data, functions } = graphDataOf(nested);
    this[GRAPH_DATA] = { data: ['PurgingTrigger', data], functions };
  }

  override onElement(element: T, timestamp: number, window: W, ctx: TriggerContext): TriggerResult {
    return purged(this.#nested.onElement(element, timestamp, window, ctx));
  }
  override onEventTime(time: number, window: W, ctx: TriggerContext): TriggerResult {
    return purged(this.#nested.onEventTime(time, window, ctx));
  }
  override onProcessingTime(time: number, window: W, ctx: TriggerContext): TriggerResult {
    return purged(this.#nested.onProcessingTime(time, window, ctx));
  }
  override clear(window: W, ctx: TriggerContext): void {
    this.#nested.clear(window, ctx);
  }
  override canMerge(): boolean {
    return this.#nested.canMerge();
  }
  override onMerge(window: W, ctx: OnMergeContext): void {
    this.#nested.onMerge(window, ctx);
  }
  override toString(): string {
    return `PurgingTrigger(${labelOf(this.#nested)})`;
  }
}

function purged(result: TriggerResult): TriggerResult {
  return isFire(result) ? 'FIRE_AND_PURGE' : result;
}

/** The nested trigger, whose every FIRE also drops what was in the window. */
export const PurgingTrigger = {
  of<T, W extends Window>(nested: Trigger<T, W>): Trigger<T, W> {
    if (!(nested instanceof Trigger))
      throw new IllegalArgumentException('A PurgingTrigger needs a trigger.', 'For example CountTrigger.of(3).');
    return new Purging(nested);
  },
};

import { type DurationLike, toMillis } from '../duration.ts';
import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData, graphDataOf, labelOf } from '../graph-data.ts';
import { ValueStateDescriptor } from '../state-descriptors.ts';
import { isFire, isPurge, Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import type { Window } from '../windows.ts';

interface Timeout {
  /** ms. */
  readonly after: number;
  /** Counted from the last record and not the first. */
  readonly resets: boolean;
  /** The state of the nested trigger is cleared, too. */
  readonly clears: boolean;
}

class WithTimeout<T, W extends Window> extends Trigger<T, W> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #nested: Trigger<T, W>;
  readonly #timeout: Timeout;
  readonly #at = new ValueStateDescriptor<number>('trigger: timeout');

  constructor(nested: Trigger<T, W>, timeout: Timeout) {
    super();
    this.#nested = nested;
    this.#timeout = timeout;
    const { data, functions } = graphDataOf(nested);
    this[GRAPH_DATA] = { data: ['ProcessingTimeoutTrigger', data, timeout], functions };
  }

  override onElement(element: T, timestamp: number, window: W, ctx: TriggerContext): TriggerResult {
    const result = this.#nested.onElement(element, timestamp, window, ctx);
    if (isFire(result)) {
      this.clear(window, ctx);
      return result;
    }
    const state = ctx.getPartitionedState(this.#at);
    const before = state.value();
    if (before !== null && !this.#timeout.resets) return result;
    if (before !== null) ctx.deleteProcessingTimeTimer(before);
    const at = ctx.getCurrentProcessingTime() + this.#timeout.after;
    state.update(at);
    ctx.registerProcessingTimeTimer(at);
    return result;
  }
  override onEventTime(time: number, window: W, ctx: TriggerContext): TriggerResult {
    return this.#fired(this.#nested.onEventTime(time, window, ctx), window, ctx);
  }
  override onProcessingTime(time: number, window: W, ctx: TriggerContext): TriggerResult {
    return this.#fired(this.#nested.onProcessingTime(time, window, ctx), window, ctx);
  }

  /** Any timer fires the window, also one of the nested trigger's. */
  #fired(nested: TriggerResult, window: W, ctx: TriggerContext): TriggerResult {
    if (this.#timeout.clears) this.clear(window, ctx);
    return isPurge(nested) ? 'FIRE_AND_PURGE' : 'FIRE';
  }

  override clear(window: W, ctx: TriggerContext): void {
    const state = ctx.getPartitionedState(this.#at);
    const at = state.value();
    if (at !== null) {
      ctx.deleteProcessingTimeTimer(at);
      state.clear();
    }
    this.#nested.clear(window, ctx);
  }
  override toString(): string {
    return `TimeoutTrigger(${labelOf(this.#nested)})`;
  }
}

/**
 * The nested trigger, or `timeout` of processing time after the first record since the last firing (with `resetTimerOnNewRecord`, after the last record).
 * Throws IllegalArgumentException unless timeout > 0.
 */
export const ProcessingTimeoutTrigger = {
  of<T, W extends Window>(
    nested: Trigger<T, W>,
    timeout: DurationLike,
    resetTimerOnNewRecord = false,
    shouldClearOnTimeout = true,
  ): Trigger<T, W> {
    if (!(nested instanceof Trigger)) throw new IllegalArgumentException('A ProcessingTimeoutTrigger needs a trigger.');
    const after = toMillis(timeout);
    if (after <= 0) throw new IllegalArgumentException('The timeout of a ProcessingTimeoutTrigger must be longer than 0.');
    return new WithTimeout(nested, { after, resets: resetTimerOnNewRecord, clears: shouldClearOnTimeout });
  },
};

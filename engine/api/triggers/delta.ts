import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { ValueStateDescriptor } from '../state-descriptors.ts';
import { Trigger, type TriggerContext, type TriggerResult } from '../trigger.ts';
import { userFunction } from '../user-function.ts';
import type { Window } from '../windows.ts';

class AtDelta extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #threshold: number;
  readonly #delta: (oldData: unknown, newData: unknown) => unknown;
  readonly #last = new ValueStateDescriptor<unknown>('trigger: last element');

  constructor(threshold: number, delta: unknown) {
    super();
    const fn = userFunction(delta, 'getDelta', 'DeltaTrigger.of');
    this.#threshold = threshold;
    this.#delta = fn.call;
    this[GRAPH_DATA] = { data: ['DeltaTrigger', threshold], functions: [fn] };
  }

  override onElement(element: unknown, _timestamp: number, _window: Window, ctx: TriggerContext): TriggerResult {
    const state = ctx.getPartitionedState(this.#last);
    const last = state.value();
    if (last !== null && !(Number(this.#delta(last, element)) > this.#threshold)) return 'CONTINUE';
    state.update(element);
    return last === null ? 'CONTINUE' : 'FIRE';
  }
  override onEventTime(): TriggerResult {
    return 'CONTINUE';
  }
  override onProcessingTime(): TriggerResult {
    return 'CONTINUE';
  }
  override clear(_window: Window, ctx: TriggerContext): void {
    ctx.getPartitionedState(this.#last).clear();
  }
  override toString(): string {
    return `DeltaTrigger(${this.#threshold})`;
  }
}

/** When `delta(last, new) > threshold`; the new one is then the last. The first record of a window never fires. */
export const DeltaTrigger = {
  of<T>(threshold: number, delta: ((oldData: T, newData: T) => number) | { getDelta(oldData: T, newData: T): number }): Trigger<T, Window> {
    if (typeof threshold !== 'number') throw new IllegalArgumentException('A DeltaTrigger needs a threshold.');
    return new AtDelta(threshold, delta);
  },
};

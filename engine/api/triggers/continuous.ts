import { type DurationLike, toMillis } from '../duration.ts';
import { IllegalArgumentException } from '../errors.ts';
import { GRAPH_DATA, type GraphData } from '../graph-data.ts';
import { ReducingStateDescriptor } from '../state-descriptors.ts';
import { type OnMergeContext, Trigger, type TriggerContext } from '../trigger.ts';
import type { Window } from '../windows.ts';

/** A trigger that fires at multiples of an interval. By which clock is for subclasses to say. */
export abstract class ContinuousTrigger extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #name: string;
  readonly #interval: number;
  /** When it fires next, ms; of windows that merge, the earliest. */
  readonly #next = new ReducingStateDescriptor<number>('trigger: next firing', (a, b) => Math.min(a, b));

  /** `name`: the class in Flink. Throws IllegalArgumentException unless the interval is longer than 0. */
  constructor(name: string, interval: DurationLike) {
    super();
    const millis = toMillis(interval);
    if (millis <= 0) throw new IllegalArgumentException(`The interval of a ${name} must be longer than 0.`);
    this.#name = name;
    this.#interval = millis;
    this[GRAPH_DATA] = { data: [name, millis], functions: [] };
  }

  protected abstract setTimer(time: number, ctx: TriggerContext): void;
  protected abstract deleteTimer(time: number, ctx: TriggerContext): void;
  /** `time`, or the end of the window if it comes before. */
  protected abstract withinWindow(time: number, window: Window, ctx: TriggerContext): number;

  /** At the first element: sets the first timer behind `time`. `%` truncates towards zero, as in Java. */
  protected begin(time: number, window: Window, ctx: TriggerContext): void {
    if (ctx.getPartitionedState(this.#next).get() !== null) return;
    this.#setNext(time - (time % this.#interval) + this.#interval, window, ctx);
  }

  /** Whether the timer of `time` is that of the next firing; then the one behind it is set. */
  protected isNext(time: number, window: Window, ctx: TriggerContext): boolean {
    if (ctx.getPartitionedState(this.#next).get() !== time) return false;
    this.#setNext(time + this.#interval, window, ctx);
    return true;
  }

  #setNext(time: number, window: Window, ctx: TriggerContext): void {
    const next = this.withinWindow(time, window, ctx);
    const state = ctx.getPartitionedState(this.#next);
    state.clear();
    state.add(next);
    this.setTimer(next, ctx);
  }

  override clear(_window: Window, ctx: TriggerContext): void {
    const state = ctx.getPartitionedState(this.#next);
    const next = state.get();
    if (next === null) return;
    this.deleteTimer(next, ctx);
    state.clear();
  }
  override canMerge(): boolean {
    return true;
  }
  override onMerge(_window: Window, ctx: OnMergeContext): void {
    ctx.mergePartitionedState(this.#next);
    const next = ctx.getPartitionedState(this.#next).get();
    if (next !== null) this.setTimer(next, ctx);
  }
  override toString(): string {
    return `${this.#name}(${this.#interval})`;
  }
}

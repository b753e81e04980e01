import { type Evictor, type EvictorContext, TimestampedValue } from './evictor.ts';
import { GRAPH_DATA, type GraphData, graphDataOf, labelOf } from './graph-data.ts';
import { SessionWindowAssigner } from './session-windows.ts';
import { type OnMergeContext, Trigger, type TriggerContext, type TriggerResult } from './trigger.ts';
import type { UserFunction } from './user-function.ts';
import { AlignedWindowAssigner, isMerging, MergingWindowAssigner, WindowAssigner, type WindowAssignerContext } from './window-assigner.ts';
import type { Window } from './windows.ts';

/** A record of one of two streams that are in the same windows (Flink's TaggedUnion). */
export interface Tagged {
  readonly side: 'first' | 'second';
  readonly value: unknown;
}

function tagged(value: unknown): Tagged {
  // SAFETY: the operators in front of the window make nothing else.
  return value as Tagged;
}

/** The function of the operator that tags the records of one side. */
export function taggerOf(side: Tagged['side']): UserFunction {
  const call = (value: unknown): Tagged => ({ side, value });
  return { call, target: call, arrow: true, source: `tag the ${side} input` };
}

/** The key of a tagged record, by the selector of its side. */
export function taggedSelector(first: UserFunction, second: UserFunction): UserFunction {
  const call = (record: unknown): unknown => {
    const { side, value } = tagged(record);
    return side === 'first' ? first.call(value) : second.call(value);
  };
  return { call, target: call, arrow: true, source: `${first.source}\n${second.source}` };
}

/** The records of both sides, each in order of arrival. */
export function bySide(elements: unknown): { readonly first: readonly unknown[]; readonly second: readonly unknown[] } {
  const sides: { first: unknown[]; second: unknown[] } = { first: [], second: [] };
  if (!Array.isArray(elements)) return sides;
  const records: readonly unknown[] = elements;
  for (const record of records) {
    const { side, value } = tagged(record);
    sides[side].push(value);
  }
  return sides;
}

/** An assigner of the user's, who does not see the tags. Those that do not look at records are left as they are. */
export function untaggedAssigner(assigner: WindowAssigner<unknown, Window>): WindowAssigner<unknown, Window> {
  if (assigner instanceof AlignedWindowAssigner || (assigner instanceof SessionWindowAssigner && assigner.gap !== null)) return assigner;
  return isMerging(assigner) ? new UntaggedMergingAssigner(assigner) : new UntaggedAssigner(assigner);
}

class UntaggedAssigner extends WindowAssigner<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #own: WindowAssigner<unknown, Window>;
  constructor(own: WindowAssigner<unknown, Window>) {
    super();
    this.#own = own;
    this[GRAPH_DATA] = graphDataOf(own);
  }
  override assignWindows(element: unknown, timestamp: number, context: WindowAssignerContext): Iterable<Window> {
    return this.#own.assignWindows(tagged(element).value, timestamp, context);
  }
  override getDefaultTrigger(): Trigger<unknown, Window> {
    return untaggedTrigger(this.#own.getDefaultTrigger());
  }
  override isEventTime(): boolean {
    return this.#own.isEventTime();
  }
  override toString(): string {
    return labelOf(this.#own);
  }
}

class UntaggedMergingAssigner extends MergingWindowAssigner<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #own: MergingWindowAssigner<unknown, Window>;
  constructor(own: MergingWindowAssigner<unknown, Window>) {
    super();
    this.#own = own;
    this[GRAPH_DATA] = graphDataOf(own);
  }
  override assignWindows(element: unknown, timestamp: number, context: WindowAssignerContext): Iterable<Window> {
    return this.#own.assignWindows(tagged(element).value, timestamp, context);
  }
  override mergeWindows(windows: Iterable<Window>, merge: (toBeMerged: readonly Window[], result: Window) => void): void {
    this.#own.mergeWindows(windows, merge);
  }
  override getDefaultTrigger(): Trigger<unknown, Window> {
    return untaggedTrigger(this.#own.getDefaultTrigger());
  }
  override isEventTime(): boolean {
    return this.#own.isEventTime();
  }
  override toString(): string {
    return labelOf(this.#own);
  }
}

/** A trigger that does not see the tags. */
export function untaggedTrigger(trigger: Trigger<unknown, Window>): Trigger<unknown, Window> {
  return new UntaggedTrigger(trigger);
}

class UntaggedTrigger extends Trigger<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #own: Trigger<unknown, Window>;
  constructor(own: Trigger<unknown, Window>) {
    super();
    this.#own = own;
    this[GRAPH_DATA] = graphDataOf(own);
  }
  override onElement(element: unknown, timestamp: number, window: Window, ctx: TriggerContext): TriggerResult {
    return this.#own.onElement(tagged(element).value, timestamp, window, ctx);
  }
  override onEventTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    return this.#own.onEventTime(time, window, ctx);
  }
  override onProcessingTime(time: number, window: Window, ctx: TriggerContext): TriggerResult {
    return this.#own.onProcessingTime(time, window, ctx);
  }
  override clear(window: Window, ctx: TriggerContext): void {
    this.#own.clear(window, ctx);
  }
  override canMerge(): boolean {
    return this.#own.canMerge();
  }
  override onMerge(window: Window, ctx: OnMergeContext): void {
    this.#own.onMerge(window, ctx);
  }
  override toString(): string {
    return labelOf(this.#own);
  }
}

/** A record without its tag, which finds the one with it again. */
class UntaggedValue extends TimestampedValue<unknown> {
  readonly whole: TimestampedValue<unknown>;
  constructor(whole: TimestampedValue<unknown>) {
    super(tagged(whole.getValue()).value, whole.hasTimestamp() ? whole.getTimestamp() : null);
    this.whole = whole;
  }
}

/** An evictor that does not see the tags. */
export function untaggedEvictor(evictor: Evictor<unknown, Window>): Evictor<unknown, Window> {
  return new UntaggedEvictor(evictor);
}

class UntaggedEvictor implements Evictor<unknown, Window> {
  readonly [GRAPH_DATA]: GraphData;
  readonly #own: Evictor<unknown, Window>;
  constructor(own: Evictor<unknown, Window>) {
    this.#own = own;
    this[GRAPH_DATA] = graphDataOf(own);
  }
  evictBefore(elements: TimestampedValue<unknown>[], window: Window, ctx: EvictorContext): void {
    untagged(elements, (values) => this.#own.evictBefore(values, window, ctx));
  }
  evictAfter(elements: TimestampedValue<unknown>[], window: Window, ctx: EvictorContext): void {
    untagged(elements, (values) => this.#own.evictAfter(values, window, ctx));
  }
  toString(): string {
    return labelOf(this.#own);
  }
}

/** Evicts from the records without their tags, and then those that are gone from the records. */
function untagged(elements: TimestampedValue<unknown>[], evict: (elements: TimestampedValue<unknown>[]) => void): void {
  const values: TimestampedValue<unknown>[] = elements.map((element) => new UntaggedValue(element));
  evict(values);
  elements.length = 0;
  for (const value of values) if (value instanceof UntaggedValue) elements.push(value.whole);
}

import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';
import { GRAPH_DATA, type GraphData } from './graph-data.ts';
import { mergeTimeWindows } from './merge-windows.ts';
import type { Trigger } from './trigger.ts';
import { EventTimeTrigger } from './triggers/event-time.ts';
import { ProcessingTimeTrigger } from './triggers/processing-time.ts';
import { type UserFunction, userFunction } from './user-function.ts';
import { MergingWindowAssigner, type WindowAssignerContext } from './window-assigner.ts';
import { TimeWindow } from './windows.ts';

/** The gap in ms after a record, > 0. */
export interface SessionWindowTimeGapExtractor<T> {
  extract(element: T): number;
}

/** Java's Long.MIN_VALUE: where sessions of records without a timestamp are, as in Flink. */
const NO_TIME = -(2 ** 63);

/** Sessions: a window from each record to a gap after it, and windows that touch are one. */
export class SessionWindowAssigner extends MergingWindowAssigner<unknown, TimeWindow> {
  readonly name: string;
  readonly [GRAPH_DATA]: GraphData;
  /** ms; null when it depends on the record. */
  readonly gap: number | null;
  readonly #eventTime: boolean;
  readonly #gapOf: (element: unknown) => number;

  constructor(name: string, eventTime: boolean, gap: number | UserFunction) {
    super();
    this.name = name;
    this.#eventTime = eventTime;
    this.gap = typeof gap === 'number' ? gap : null;
    this.#gapOf = typeof gap === 'number' ? (): number => gap : (element): number => checkedGap(gap.call(element));
    this[GRAPH_DATA] = { data: [name, this.gap], functions: typeof gap === 'number' ? [] : [gap] };
  }

  override isEventTime(): boolean {
    return this.#eventTime;
  }
  override getDefaultTrigger(): Trigger<unknown, TimeWindow> {
    return this.#eventTime ? EventTimeTrigger.create() : ProcessingTimeTrigger.create();
  }
  /** The gap after a record, ms. Throws what the user's function throws, and IllegalArgumentException unless it is > 0. */
  gapOf(element: unknown): number {
    return this.#gapOf(element);
  }
  override assignWindows(element: unknown, timestamp: number, context: WindowAssignerContext): readonly TimeWindow[] {
    const time = this.#eventTime ? sessionTime(timestamp) : context.getCurrentProcessingTime();
    return [new TimeWindow(time, time + this.#gapOf(element))];
  }
  override mergeWindows(windows: Iterable<TimeWindow>, merge: (toBeMerged: readonly TimeWindow[], result: TimeWindow) => void): void {
    mergeTimeWindows(windows, merge);
  }
  /** As Flink writes it: "EventTimeSessionWindows(1000)". */
  override toString(): string {
    return `${this.name}(${this.gap ?? ''})`;
  }
}

/** Where a record is for sessions, which take one without a timestamp, too. */
export function sessionTime(timestamp: number): number {
  return timestamp > NO_TIME ? timestamp : NO_TIME;
}

function checkedGap(gap: unknown): number {
  if (typeof gap === 'number' && gap > 0) return gap;
  throw new IllegalArgumentException(
    'Dynamic session time gap must satisfy 0 < gap',
    `The gap of this record is ${String(gap)}; give it in ms.`,
  );
}

/** Sessions with one gap. Throws IllegalArgumentException unless it is > 0. */
export function sessions(name: string, eventTime: boolean, gap: DurationLike): SessionWindowAssigner {
  const millis = toMillis(gap);
  if (millis <= 0) throw new IllegalArgumentException(`${name} parameters must satisfy 0 < size`);
  return new SessionWindowAssigner(name, eventTime, millis);
}

/** Sessions whose gap depends on the record. */
export function dynamicSessions<T>(
  name: string,
  eventTime: boolean,
  extractor: SessionWindowTimeGapExtractor<T> | ((element: T) => number),
): SessionWindowAssigner {
  return new SessionWindowAssigner(`Dynamic${name}`, eventTime, userFunction(extractor, 'extract', 'withDynamicGap'));
}

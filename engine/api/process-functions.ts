import type { KeyedStateStore } from '../state/keyed-state-access.ts';
import type { Collector } from './collector.ts';
import type { OutputTag } from './output-tag.ts';
import { AbstractRichFunction } from './rich-functions.ts';
import type { TimeWindow, Window } from './windows.ts';

/** The current time, everywhere. */
export interface TimeService {
  /** ms on the job's clock. */
  currentProcessingTime(): number;
  /** −Infinity before the first watermark. */
  currentWatermark(): number;
}

/** What a process function is called with. */
export interface ProcessContext {
  /** Of the current record, in ms; null when it has none. */
  timestamp(): number | null;
  timerService(): TimeService;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** Timers of the current key: one per time however often registered, kept in checkpoints. Times in ms. */
export interface TimerService extends TimeService {
  registerEventTimeTimer(time: number): void;
  deleteEventTimeTimer(time: number): void;
  registerProcessingTimeTimer(time: number): void;
  deleteProcessingTimeTimer(time: number): void;
}

export type TimeDomain = 'EVENT_TIME' | 'PROCESSING_TIME';

/** The same on a keyed stream, with state of the current key. */
export interface KeyedContext<K> extends ProcessContext, KeyedStateStore {
  timerService(): TimerService;
  getCurrentKey(): K;
}

export interface KeyedOnTimerContext<K> extends KeyedContext<K> {
  timeDomain(): TimeDomain;
}

/** Each record, without a key. */
export abstract class ProcessFunction<I, O> extends AbstractRichFunction {
  abstract processElement(value: I, ctx: ProcessContext, out: Collector<O>): void;
}

/** Each record of a key, with keyed state and timers. */
export abstract class KeyedProcessFunction<K, I, O> extends AbstractRichFunction {
  abstract processElement(value: I, ctx: KeyedContext<K>, out: Collector<O>): void;
  /** For each due timer, in order of time. */
  onTimer(_timestamp: number, _ctx: KeyedOnTimerContext<K>, _out: Collector<O>): void {}
}

/** Each record of two streams, without a key. */
export abstract class CoProcessFunction<A, B, OUT> extends AbstractRichFunction {
  abstract processElement1(value: A, ctx: ProcessContext, out: Collector<OUT>): void;
  abstract processElement2(value: B, ctx: ProcessContext, out: Collector<OUT>): void;
}

/** Each record of a key from two streams, which share keyed state and timers. */
export abstract class KeyedCoProcessFunction<K, A, B, OUT> extends AbstractRichFunction {
  abstract processElement1(value: A, ctx: KeyedContext<K>, out: Collector<OUT>): void;
  abstract processElement2(value: B, ctx: KeyedContext<K>, out: Collector<OUT>): void;
  /** For each due timer, in order of time. */
  onTimer(_timestamp: number, _ctx: KeyedOnTimerContext<K>, _out: Collector<OUT>): void {}
}

/** What a window function is called with. */
export interface WindowContext<W extends Window = TimeWindow> extends TimeService {
  window(): W;
  /** State of this key and window: to be cleared in `clear`. */
  windowState(): KeyedStateStore;
  /** State of this key in all windows. */
  globalState(): KeyedStateStore;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** The records of one key and window. Never called for an empty window. */
export abstract class ProcessWindowFunction<IN, OUT, KEY, W extends Window = TimeWindow> extends AbstractRichFunction {
  abstract process(key: KEY, context: WindowContext<W>, elements: Iterable<IN>, out: Collector<OUT>): void;
  /** When the window is dropped. */
  clear(_context: WindowContext<W>): void {}
}

/** The records of one window, of all keys. */
export abstract class ProcessAllWindowFunction<IN, OUT, W extends Window = TimeWindow> extends AbstractRichFunction {
  abstract process(context: WindowContext<W>, elements: Iterable<IN>, out: Collector<OUT>): void;
  clear(_context: WindowContext<W>): void {}
}

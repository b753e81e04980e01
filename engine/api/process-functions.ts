import type { KeyedStateStore } from '../state/keyed-state-access.ts';
import type { BroadcastState, ReadOnlyBroadcastState } from '../state/operator/broadcast-state.ts';
import type { Collector } from './collector.ts';
import type { OutputTag } from './output-tag.ts';
import type { MapStateDescriptor, StateDescriptor } from './state-descriptors.ts';
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

/** What `processElement` beside a broadcast stream is called with. */
export interface ReadOnlyBroadcastContext extends TimeService {
  /** Of the current record, in ms; null when it has none. */
  timestamp(): number | null;
  output<X>(tag: OutputTag<X>, value: X): void;
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): ReadOnlyBroadcastState<K, V>;
}

/** What `processBroadcastElement` is called with. */
export interface BroadcastContext extends ReadOnlyBroadcastContext {
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}

/** The same as ReadOnlyBroadcastContext on a keyed stream, with state and timers of the current key. */
export interface KeyedReadOnlyBroadcastContext<K> extends ReadOnlyBroadcastContext, KeyedStateStore {
  timerService(): TimerService;
  getCurrentKey(): K;
}

export interface KeyedBroadcastOnTimerContext<K> extends KeyedReadOnlyBroadcastContext<K> {
  timeDomain(): TimeDomain;
}

/** The same as BroadcastContext beside a keyed stream. */
export interface KeyedBroadcastContext<K> extends BroadcastContext {
  /** Visits that state of every key of this subtask, in canonical order. */
  applyToKeyedState<S>(descriptor: StateDescriptor<S>, visit: (key: K, state: S) => void): void;
}

/** Records beside a broadcast stream. Change broadcast state the same way in every subtask: their order differs. */
export abstract class BroadcastProcessFunction<A, B, OUT> extends AbstractRichFunction {
  abstract processElement(value: A, ctx: ReadOnlyBroadcastContext, out: Collector<OUT>): void;
  abstract processBroadcastElement(value: B, ctx: BroadcastContext, out: Collector<OUT>): void;
}

/** Records of a key beside a broadcast stream; timers on the keyed side only. */
export abstract class KeyedBroadcastProcessFunction<K, A, B, OUT> extends AbstractRichFunction {
  abstract processElement(value: A, ctx: KeyedReadOnlyBroadcastContext<K>, out: Collector<OUT>): void;
  abstract processBroadcastElement(value: B, ctx: KeyedBroadcastContext<K>, out: Collector<OUT>): void;
  /** For each due timer, in order of time. */
  onTimer(_timestamp: number, _ctx: KeyedBroadcastOnTimerContext<K>, _out: Collector<OUT>): void {}
}

/** What a join function is called with: times of the pair, in ms. */
export interface JoinContext {
  getLeftTimestamp(): number;
  getRightTimestamp(): number;
  /** The later of the two. */
  getTimestamp(): number;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** Each pair of an interval join. */
export abstract class ProcessJoinFunction<A, B, OUT> extends AbstractRichFunction {
  abstract processElement(left: A, right: B, ctx: JoinContext, out: Collector<OUT>): void;
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

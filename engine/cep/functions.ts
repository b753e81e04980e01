import type { Collector } from '../api/collector.ts';
import type { OutputTag } from '../api/output-tag.ts';
import { AbstractRichFunction } from '../api/rich-functions.ts';

/** The events of a match: for each pattern that takes events a list, empty when it was optional and none came, or when time ran out before. */
export type PatternMatch<T, Names extends string = string> = { readonly [N in Names]: readonly T[] };

/** What a match is processed with. */
export interface PatternProcessContext {
  /** Of the match, ms: that of its last event, or the time at which it ran out. */
  timestamp(): number;
  currentProcessingTime(): number;
  output<X>(tag: OutputTag<X>, value: X): void;
}

/** Each match. A subclass with `processTimedOutMatch` also gets the partial matches that ran out of time. */
export abstract class PatternProcessFunction<IN, OUT, Names extends string = string> extends AbstractRichFunction {
  abstract processMatch(match: PatternMatch<IN, Names>, ctx: PatternProcessContext, out: Collector<OUT>): void;
}

/** One result for a match. */
export interface PatternSelectFunction<IN, OUT, Names extends string = string> {
  select(match: PatternMatch<IN, Names>): OUT;
}
/** Any number of results for a match. */
export interface PatternFlatSelectFunction<IN, OUT, Names extends string = string> {
  flatSelect(match: PatternMatch<IN, Names>, out: Collector<OUT>): void;
}
/** One result for a partial match that ran out of time (ms). */
export interface PatternTimeoutFunction<IN, OUT, Names extends string = string> {
  timeout(match: PatternMatch<IN, Names>, timeoutTimestamp: number): OUT;
}
/** Any number of results for a partial match that ran out of time (ms). */
export interface PatternFlatTimeoutFunction<IN, OUT, Names extends string = string> {
  timeout(match: PatternMatch<IN, Names>, timeoutTimestamp: number, out: Collector<OUT>): void;
}

import { type OutputTag, tagId } from '../api/output-tag.ts';
import type { Output } from '../runtime/operator.ts';
import type { PatternProcessContext } from './functions.ts';

/** The context of the functions that get matches: one object per operator, about the match at hand. */
export class MatchContext implements PatternProcessContext {
  /** ms. */
  time = Number.NaN;
  readonly #clock: { readonly now: number };
  readonly #output: Output;
  readonly #eventTime: boolean;
  constructor(clock: { readonly now: number }, output: Output, eventTime: boolean) {
    this.#clock = clock;
    this.#output = output;
    this.#eventTime = eventTime;
  }
  timestamp(): number {
    return this.time;
  }
  currentProcessingTime(): number {
    return this.#clock.now;
  }
  output<X>(tag: OutputTag<X>, value: X): void {
    this.#output.side(tagId(tag), value, this.#eventTime ? this.time : Number.NaN);
  }
}

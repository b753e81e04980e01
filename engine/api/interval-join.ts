import type { KeySelection } from '../graph/stream-graph.ts';
import { intervalJoinOperator } from '../operators/interval-join.ts';
import type { Collector } from './collector.ts';
import { hashed, type StreamPair } from './connected-streams.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException } from './errors.ts';
import type { Emits } from './function-types.ts';
import { type OutputTag, tagId } from './output-tag.ts';
import type { JoinContext, ProcessJoinFunction } from './process-functions.ts';
import { userFunction } from './user-function.ts';

/** Two keyed streams whose records are to be joined by time. */
export class IntervalJoin<out A, out B> {
  declare protected readonly types: readonly [A, B];
  readonly #pair: StreamPair;
  readonly #keys: readonly [KeySelection, KeySelection];
  constructor(pair: StreamPair, keys: readonly [KeySelection, KeySelection]) {
    this.#pair = pair;
    this.#keys = keys;
  }

  /** The right record's time is in [left + lowerBound, left + upperBound]; both bounds may be negative. */
  between(lowerBound: DurationLike, upperBound: DurationLike): IntervalJoined<A, B> {
    return new IntervalJoined<A, B>(this.#pair, this.#keys, toMillis(lowerBound), toMillis(upperBound));
  }
}

/** The same with its bounds. */
export class IntervalJoined<out A, out B> {
  readonly #pair: StreamPair;
  readonly #keys: readonly [KeySelection, KeySelection];
  readonly #lower: number;
  readonly #upper: number;
  #lowerExclusive = false;
  #upperExclusive = false;
  #leftLateTag: string | null = null;
  #rightLateTag: string | null = null;

  constructor(pair: StreamPair, keys: readonly [KeySelection, KeySelection], lower: number, upper: number) {
    this.#pair = pair;
    this.#keys = keys;
    this.#lower = lower;
    this.#upper = upper;
  }

  lowerBoundExclusive(): this {
    this.#lowerExclusive = true;
    return this;
  }
  upperBoundExclusive(): this {
    this.#upperExclusive = true;
    return this;
  }
  /** Left records that are behind the watermark go here. */
  sideOutputLeftLateData(tag: OutputTag<A>): this {
    this.#leftLateTag = tagId(tag);
    return this;
  }
  sideOutputRightLateData(tag: OutputTag<B>): this {
    this.#rightLateTag = tagId(tag);
    return this;
  }

  /** Once for every pair, when the later of the two has come. Throws IllegalArgumentException for bounds that no time is between. */
  process<R>(
    fn: ProcessJoinFunction<A, B, R> | ((left: A, right: B, ctx: JoinContext, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    const lower = this.#lower + (this.#lowerExclusive ? 1 : 0);
    const upper = this.#upper - (this.#upperExclusive ? 1 : 0);
    if (lower > upper) throw new IllegalArgumentException('lowerBound <= upperBound must be fulfilled');
    const [leftKeys, rightKeys] = this.#keys;
    const operator = intervalJoinOperator({
      fn: userFunction(fn, 'processElement', 'process'),
      leftKeys,
      rightKeys,
      lower,
      upper,
      leftLateTag: this.#leftLateTag,
      rightLateTag: this.#rightLateTag,
    });
    const { first, second } = this.#pair;
    return this.#pair.add<R>('Interval Join', operator, hashed(first, leftKeys), hashed(second, rightKeys));
  }
}

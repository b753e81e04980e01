import { FlinkException } from '../api/errors.ts';
import { tagId } from '../api/output-tag.ts';
import { MapStateDescriptor } from '../api/state-descriptors.ts';
import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import { MIN_TIMESTAMP } from '../runtime/timestamps.ts';
import type { MapState } from '../state/keyed/map-state.ts';
import { KeyedContext } from './keyed-context.ts';
import { KeyedOperator } from './keyed-operator.ts';
import { emitReturned } from './results.ts';

/** A join of records with equal keys, of which the right one's time is in [left + lower, left + upper]. */
export interface IntervalJoinSpec {
  readonly fn: UserFunction;
  readonly leftKeys: KeySelection;
  readonly rightKeys: KeySelection;
  /** ms, both inclusive; lower ≤ upper. */
  readonly lower: number;
  readonly upper: number;
  /** Ids of the tags that late records go to; null = they are counted and dropped. */
  readonly leftLateTag: string | null;
  readonly rightLateTag: string | null;
}

/** The buffers, as Flink calls them: the records of a time, by that time in ms. */
const LEFT_BUFFER = 'LEFT_BUFFER';
const RIGHT_BUFFER = 'RIGHT_BUFFER';

/** One of the two sides. */
class Side {
  /** Times of the other side that a record of this one is joined with, relative to its own. */
  readonly lower: number;
  readonly upper: number;
  readonly lateTag: string | null;
  readonly #find: () => MapState<number, unknown[]>;
  #buffer: MapState<number, unknown[]> | null = null;

  constructor(lower: number, upper: number, lateTag: string | null, find: () => MapState<number, unknown[]>) {
    this.lower = lower;
    this.upper = upper;
    this.lateTag = lateTag;
    this.#find = find;
  }

  /** The records of the current key. Asked for when it is first needed: before that the state may still be restored. */
  get buffer(): MapState<number, unknown[]> {
    this.#buffer ??= this.#find();
    return this.#buffer;
  }
}

/** The context of a join function: one object per operator, about the pair being processed. */
class PairContext {
  left = Number.NaN;
  right = Number.NaN;
  readonly #output: Output;
  constructor(output: Output) {
    this.#output = output;
  }
  getLeftTimestamp(): number {
    return this.left;
  }
  getRightTimestamp(): number {
    return this.right;
  }
  /** The later of the two, which the results have. */
  getTimestamp(): number {
    return Math.max(this.left, this.right);
  }
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, this.getTimestamp());
  }
}

/** Joins two streams by key and time, in event time (Flink's IntervalJoinOperator). */
export function intervalJoinOperator(spec: IntervalJoinSpec): OperatorSpec {
  const { fn, leftKeys, rightKeys, ...config } = spec;
  return {
    kind: 'intervalJoin',
    keepsState: true,
    config: { ...config, keys: [describeSelection(leftKeys), describeSelection(rightKeys)] },
    functions: [fn],
    create: (context, output) => new IntervalJoin(spec, context, output).instance(),
  };
}

class IntervalJoin {
  readonly #spec: IntervalJoinSpec;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #operator: KeyedOperator<KeyedContext>;
  readonly #pair: PairContext;
  readonly #left: Side;
  readonly #right: Side;

  constructor(spec: IntervalJoinSpec, context: OperatorContext, output: Output) {
    const { fn, lower, upper, leftLateTag, rightLateTag } = spec;
    this.#spec = spec;
    this.#context = context;
    this.#output = output;
    this.#pair = new PairContext(output);
    this.#operator = new KeyedOperator(fn, context, output, {
      contextOf: (timers, backend) => new KeyedContext(timers, backend, output),
      onTimer: (time) => this.#forget(Number(time)),
    });
    const buffer = (name: string): MapState<number, unknown[]> => this.#operator.ctx.getMapState(new MapStateDescriptor(name));
    this.#left = new Side(lower, upper, leftLateTag, () => buffer(LEFT_BUFFER));
    this.#right = new Side(-upper, -lower, rightLateTag, () => buffer(RIGHT_BUFFER));
  }

  instance(): OperatorInstance {
    const { leftKeys, rightKeys } = this.#spec;
    return {
      ...this.#operator.instance(),
      collect: this.#operator.input(leftKeys, (value) => this.#receive(value, this.#left, this.#right), 'process'),
      collectSecond: this.#operator.input(rightKeys, (value) => this.#receive(value, this.#right, this.#left), 'process'),
    };
  }

  /** A record is joined when it comes, with what has come from the other side. */
  #receive(value: unknown, own: Side, other: Side): void {
    const { ctx, timers } = this.#operator;
    const time = ctx.current;
    if (Number.isNaN(time) || time === MIN_TIMESTAMP) throw withoutTimestamp();
    // Strictly: a record at the watermark is not late here, as one is for a window.
    if (time < timers.watermark) {
      this.#late(value, time, own);
      return;
    }
    const bucket = own.buffer.get(time);
    if (bucket === null) own.buffer.put(time, [value]);
    else bucket.push(value);
    for (const otherTime of other.buffer.keys()) {
      if (otherTime < time + own.lower || otherTime > time + own.upper) continue;
      const [left, right] = own === this.#left ? [time, otherTime] : [otherTime, time];
      for (const otherValue of [...(other.buffer.get(otherTime) ?? [])]) {
        if (own === this.#left) this.#join(value, otherValue, left, right);
        else this.#join(otherValue, value, left, right);
      }
    }
    timers.registerEventTimeTimer(time + Math.max(0, own.upper));
  }

  #late(value: unknown, time: number, { lateTag }: Side): void {
    if (lateTag === null) this.#context.counters.lateDropped++;
    else this.#output.side(lateTag, value, time);
  }

  #join(leftValue: unknown, rightValue: unknown, left: number, right: number): void {
    const { fn } = this.#spec;
    const { out } = this.#operator;
    this.#pair.left = left;
    this.#pair.right = right;
    out.timestamp = Math.max(left, right);
    const returned = fn.call(leftValue, rightValue, this.#pair, out);
    if (returned !== undefined) emitReturned(returned, fn, out, 'process');
  }

  /** Nothing that is not late can be joined any more with what is forgotten: for each side there is one time whose records are due. */
  #forget(time: number): void {
    for (const side of [this.#left, this.#right]) side.buffer.remove(time - Math.max(0, side.upper));
  }
}

function withoutTimestamp(): FlinkException {
  return new FlinkException(
    'Long.MIN_VALUE timestamp: Elements used in interval stream joins need to have timestamps meaningful timestamps.',
    'Give both streams timestamps with assignTimestampsAndWatermarks.',
  );
}

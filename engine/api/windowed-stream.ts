import type { KeySelection, WindowDescription } from '../graph/stream-graph.ts';
import { parseBuiltIns } from '../operators/aggregations/built-in.ts';
import {
  aggregateField,
  aggregateWith,
  builtIns,
  listAll,
  reduceWith,
  type WindowAggregation,
} from '../operators/aggregations/window-aggregation.ts';
import type { FieldAggregation } from '../operators/field-aggregation.ts';
import { sessionOperator } from '../operators/sessions/session-operator.ts';
import { windowOperator } from '../operators/window.ts';
import { anyWindowOperator } from '../operators/windowing/window-operator.ts';
import type { WindowFunctionSpec } from '../operators/window-function.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { Collector } from './collector.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException, NullPointerException, UnsupportedOperationException } from './errors.ts';
import type { Evictor } from './evictor.ts';
import { labelOf } from './graph-data.ts';
import { addFormerMethods } from './flink-1.ts';
import type { AggregateFunction, BuiltInAggregates, BuiltInResult, Emits, ReduceFunction } from './function-types.ts';
import { type OutputTag, tagId } from './output-tag.ts';
import type { ProcessAllWindowFunction, ProcessWindowFunction, WindowContext } from './process-functions.ts';
import { SessionWindowAssigner } from './session-windows.ts';
import { isTrigger, type Trigger } from './trigger.ts';
import { isEventTimeTrigger } from './triggers/event-time.ts';
import { isProcessingTimeTrigger } from './triggers/processing-time.ts';
import { type UserFunction, userFunction } from './user-function.ts';
import { AlignedWindowAssigner, isMerging, isWindowAssigner, type WindowAssigner } from './window-assigner.ts';
import type { Window } from './windows.ts';

/** Adds the window operator to the stream that the windows were made of. */
export type AddWindowOperator = <R>(
  name: string,
  description: string,
  operator: OperatorSpec,
  window: WindowDescription,
) => SingleOutputStreamOperator<R>;

function isFunctionLike(value: unknown, method: string): boolean {
  return typeof value === 'object' && value !== null && method in value;
}

/** What keyed and non-keyed windows have in common. */
abstract class Windows<out T, in out W extends Window> {
  readonly #add: AddWindowOperator;
  readonly #assigner: WindowAssigner<unknown, Window>;
  readonly #keys: KeySelection;
  #trigger: Trigger<unknown, Window> | null = null;
  #evictor: Evictor<unknown, Window> | null = null;
  #lateness = 0;
  #lateTag: string | null = null;

  constructor(add: AddWindowOperator, assigner: unknown, keys: KeySelection) {
    this.#assigner = checkedAssigner(assigner);
    this.#add = add;
    this.#keys = keys;
  }

  /** Replaces the assigner's trigger: an event-time window with a count trigger no longer fires on time. Throws UnsupportedOperationException if it cannot merge and the windows do. */
  trigger(trigger: Trigger<T, W>): this {
    this.#trigger = checkedTrigger(trigger, this.#assigner);
    return this;
  }

  /** Keeps every record of the window: no incremental aggregation. */
  evictor(evictor: Evictor<T, W>): this {
    this.#evictor = checkedEvictor(evictor);
    return this;
  }

  /** Event time only. A late record within it fires again, with the updated full result. */
  allowedLateness(lateness: DurationLike): this {
    this.#lateness = checkedLateness(lateness);
    return this;
  }

  /** Records too late for every window go here. */
  sideOutputLateData(tag: OutputTag<T>): this {
    const given: unknown = tag;
    if (given === null || given === undefined) throw new NullPointerException('Side output tag must not be null.');
    this.#lateTag = tagId(given);
    return this;
  }

  sum(field: string | number): SingleOutputStreamOperator<T> {
    return this.#field('sum', field, true);
  }
  min(field: string | number): SingleOutputStreamOperator<T> {
    return this.#field('min', field, true);
  }
  max(field: string | number): SingleOutputStreamOperator<T> {
    return this.#field('max', field, true);
  }
  minBy(field: string | number, first = true): SingleOutputStreamOperator<T> {
    return this.#field('minBy', field, first);
  }
  maxBy(field: string | number, first = true): SingleOutputStreamOperator<T> {
    return this.#field('maxBy', field, first);
  }

  #field(kind: FieldAggregation['kind'], field: string | number, first: boolean): SingleOutputStreamOperator<T> {
    if (typeof field !== 'string' && typeof field !== 'number') {
      throw new IllegalArgumentException(`${kind} needs the name of a field or a position in a tuple, not ${String(field)}.`);
    }
    return this.finish<T>(kind, aggregateField({ kind, field, first }), null);
  }

  protected windowFunction(fn: unknown, form: WindowFunctionSpec['form'], where: string): WindowFunctionSpec {
    return { fn: userFunction(fn, form === 'context' ? 'process' : 'apply', where), form, all: this.#keys.kind === 'all' };
  }

  /** The window function that gets the one result of `where`; null without one. */
  protected resultFunction(windowFunction: unknown, where: string): WindowFunctionSpec | null {
    return windowFunction === undefined ? null : this.windowFunction(windowFunction, 'context', where);
  }

  protected finish<R>(
    what: string,
    aggregation: WindowAggregation,
    windowFunction: WindowFunctionSpec | null,
  ): SingleOutputStreamOperator<R> {
    const assigner = this.#assigner;
    const parts = [assigner, ...(this.#trigger ? [this.#trigger] : []), ...(this.#evictor ? [this.#evictor] : [])].map(labelOf);
    const [description = ''] = parts;
    return this.#add<R>(nameOf(assigner), `Window(${[...parts, what].join(', ')})`, this.#operator(aggregation, windowFunction), {
      description,
      eventTime: assigner.isEventTime(),
      size: assigner instanceof AlignedWindowAssigner ? assigner.windows.size : null,
    });
  }

  #operator(aggregation: WindowAggregation, windowFunction: WindowFunctionSpec | null): OperatorSpec {
    const assigner = this.#assigner;
    const common = { keys: this.#keys, aggregation, windowFunction, allowedLateness: this.#lateness, lateTag: this.#lateTag };
    if (assigner instanceof AlignedWindowAssigner && this.#evictor === null && this.#isDefault(assigner)) {
      return windowOperator({ ...common, windows: assigner.windows });
    }
    if (isMerging(assigner) && !aggregation.merges) {
      throw new UnsupportedOperationException(
        'Merging windows need an AggregateFunction with a merge method.',
        'Add merge(a, b), which gives one accumulator for two.',
      );
    }
    if (assigner instanceof SessionWindowAssigner && assigner.isEventTime() && this.#evictor === null && this.#isDefault(assigner)) {
      return sessionOperator({ ...common, assigner });
    }
    const trigger = this.#trigger ?? assigner.getDefaultTrigger();
    return anyWindowOperator({ ...common, assigner, trigger, evictor: this.#evictor });
  }

  /** The trigger is the one that the windows have anyway. */
  #isDefault(assigner: AlignedWindowAssigner | SessionWindowAssigner): boolean {
    if (this.#trigger === null) return true;
    return assigner.isEventTime() ? isEventTimeTrigger(this.#trigger) : isProcessingTimeTrigger(this.#trigger);
  }
}

/** The name of the operator: that of the assigner's class, as in Flink. */
function nameOf(assigner: WindowAssigner<unknown, Window>): string {
  if (assigner instanceof AlignedWindowAssigner) return assigner.windows.name;
  return assigner instanceof SessionWindowAssigner ? assigner.name : labelOf(assigner).replace(/\(.*$/, '');
}

/** ms. Throws IllegalArgumentException for a negative one. */
export function checkedLateness(lateness: DurationLike): number {
  const millis = toMillis(lateness);
  if (millis < 0) throw new IllegalArgumentException('The allowed lateness cannot be negative.');
  return millis;
}

/** Throws IllegalArgumentException for anything but a trigger, and UnsupportedOperationException, in Flink's words, for one that cannot merge where the windows do. */
export function checkedTrigger(trigger: unknown, assigner: WindowAssigner<unknown, Window>): Trigger<unknown, Window> {
  if (!isTrigger(trigger)) throw new IllegalArgumentException('trigger needs a Trigger.', 'For example CountTrigger.of(3).');
  if (isMerging(assigner) && !trigger.canMerge()) {
    throw new UnsupportedOperationException('A merging window assigner cannot be used with a trigger that does not support merging.');
  }
  return trigger;
}

/** Throws IllegalArgumentException for anything but an assigner. */
export function checkedAssigner(assigner: unknown): WindowAssigner<unknown, Window> {
  if (isWindowAssigner(assigner)) return assigner;
  throw new IllegalArgumentException('window needs a window assigner.', "For example TumblingEventTimeWindows.of('10 s').");
}

/** Throws IllegalArgumentException for anything but an evictor. */
export function checkedEvictor(evictor: unknown): Evictor<unknown, Window> {
  if (typeof evictor === 'object' && evictor !== null && isFunctionLike(evictor, 'evictBefore') && isFunctionLike(evictor, 'evictAfter')) {
    // SAFETY: it has both methods.
    return evictor as Evictor<unknown, Window>;
  }
  throw new IllegalArgumentException(
    'evictor needs an object with the methods evictBefore and evictAfter.',
    'For example CountEvictor.of(100).',
  );
}

/** A keyed stream in windows. */
export class WindowedStream<out T, out K, W extends Window> extends Windows<T, W> {
  declare protected readonly keyType: K;
  declare protected readonly windowType: W;

  /** Reduces as records come; `windowFunction` gets the one result, with key and window. */
  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  reduce<R>(
    reducer: ReduceFunction<T> | ReduceFunction<T>['reduce'],
    windowFunction:
      | ProcessWindowFunction<T, R, K, W>
      | ((key: K, context: WindowContext<W>, elements: readonly [T], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  reduce<R>(reducer: unknown, windowFunction?: unknown): SingleOutputStreamOperator<R> {
    return this.finish<R>('reduce', reduceWith(userFunction(reducer, 'reduce', 'reduce')), this.resultFunction(windowFunction, 'reduce'));
  }

  /** Aggregates as records come: by an AggregateFunction, or built-in aggregates by name, `{ n: 'count', total: ['sum', 'amount'] }`. */
  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
  aggregate<ACC, V, R>(
    aggregator: AggregateFunction<T, ACC, V>,
    windowFunction:
      | ProcessWindowFunction<V, R, K, W>
      | ((key: K, context: WindowContext<W>, elements: readonly [V], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  aggregate<const S extends BuiltInAggregates>(aggregates: S): SingleOutputStreamOperator<BuiltInResult<K, S>>;
  aggregate<R>(aggregator: unknown, windowFunction?: unknown): SingleOutputStreamOperator<R> {
    const then = this.resultFunction(windowFunction, 'aggregate');
    if (typeof aggregator !== 'object' || aggregator === null) {
      throw new IllegalArgumentException('aggregate needs an AggregateFunction or built-in aggregates.', "For example { n: 'count' }.");
    }
    const own = isFunctionLike(aggregator, 'createAccumulator');
    return this.finish<R>('aggregate', own ? aggregateWith(aggregator) : builtIns(parseBuiltIns(aggregator)), then);
  }

  /** Gets all records of the window at once, in order of arrival. */
  process<R>(
    fn: ProcessWindowFunction<T, R, K, W> | ((key: K, context: WindowContext<W>, elements: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    return this.finish<R>('process', listAll(), this.windowFunction(fn, 'context', 'process'));
  }

  /** For the engine: `apply` with a function that was made of one of user code. */
  applyFunction<R>(what: string, fn: UserFunction): SingleOutputStreamOperator<R> {
    return this.finish<R>(what, listAll(), { fn, form: 'window', all: false });
  }

  /** `process` with the window instead of a context. */
  apply<R>(fn: object | ((key: K, window: W, input: Iterable<T>, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R> {
    return this.finish<R>('apply', listAll(), this.windowFunction(fn, 'window', 'apply'));
  }
}

/** A stream in windows over all its records; parallelism 1. */
export class AllWindowedStream<T, W extends Window> extends Windows<T, W> {
  declare protected readonly windowType: W;

  constructor(add: AddWindowOperator, assigner: unknown) {
    super(add, assigner, { kind: 'all' });
  }

  reduce(reducer: ReduceFunction<T> | ReduceFunction<T>['reduce']): SingleOutputStreamOperator<T>;
  reduce<R>(
    reducer: ReduceFunction<T> | ReduceFunction<T>['reduce'],
    windowFunction:
      | ProcessAllWindowFunction<T, R, W>
      | ((context: WindowContext<W>, elements: readonly [T], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  reduce<R>(reducer: unknown, windowFunction?: unknown): SingleOutputStreamOperator<R> {
    return this.finish<R>('reduce', reduceWith(userFunction(reducer, 'reduce', 'reduce')), this.resultFunction(windowFunction, 'reduce'));
  }

  aggregate<ACC, R>(aggregator: AggregateFunction<T, ACC, R>): SingleOutputStreamOperator<R>;
  aggregate<ACC, V, R>(
    aggregator: AggregateFunction<T, ACC, V>,
    windowFunction:
      | ProcessAllWindowFunction<V, R, W>
      | ((context: WindowContext<W>, elements: readonly [V], out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  aggregate<R>(aggregator: unknown, windowFunction?: unknown): SingleOutputStreamOperator<R> {
    return this.finish<R>('aggregate', aggregateWith(aggregator), this.resultFunction(windowFunction, 'aggregate'));
  }

  process<R>(
    fn: ProcessAllWindowFunction<T, R, W> | ((context: WindowContext<W>, elements: Iterable<T>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    return this.finish<R>('process', listAll(), this.windowFunction(fn, 'context', 'process'));
  }

  apply<R>(fn: object | ((window: W, input: Iterable<T>, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R> {
    return this.finish<R>('apply', listAll(), this.windowFunction(fn, 'window', 'apply'));
  }
}

addFormerMethods('WindowedStream', Windows.prototype);

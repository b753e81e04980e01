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
import { windowOperator } from '../operators/window.ts';
import type { WindowFunctionSpec } from '../operators/window-function.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import type { Collector } from './collector.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { type DurationLike, toMillis } from './duration.ts';
import { IllegalArgumentException, NullPointerException } from './errors.ts';
import { addFormerMethods } from './flink-1.ts';
import type { AggregateFunction, BuiltInAggregates, BuiltInResult, Emits, ReduceFunction } from './function-types.ts';
import { type OutputTag, tagId } from './output-tag.ts';
import type { ProcessAllWindowFunction, ProcessWindowFunction, WindowContext } from './process-functions.ts';
import { addUnsupportedMethods, unsupported } from './unsupported.ts';
import { userFunction } from './user-function.ts';
import { AlignedWindowAssigner, WindowAssigner } from './window-assigner.ts';
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
abstract class Windows<out T> {
  readonly #add: AddWindowOperator;
  readonly #assigner: AlignedWindowAssigner;
  readonly #keys: KeySelection;
  #lateness = 0;
  #lateTag: string | null = null;

  constructor(add: AddWindowOperator, assigner: unknown, keys: KeySelection) {
    if (!(assigner instanceof WindowAssigner)) {
      throw new IllegalArgumentException('window needs a window assigner.', "For example TumblingEventTimeWindows.of('10 s').");
    }
    if (!(assigner instanceof AlignedWindowAssigner)) throw unsupported('a window assigner of your own');
    this.#add = add;
    this.#assigner = assigner;
    this.#keys = keys;
  }

  /** Event time only. A late record within it fires again, with the updated full result. */
  allowedLateness(lateness: DurationLike): this {
    const millis = toMillis(lateness);
    if (millis < 0) throw new IllegalArgumentException('The allowed lateness cannot be negative.');
    this.#lateness = millis;
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
    const { windows } = this.#assigner;
    const operator = windowOperator({
      keys: this.#keys,
      windows,
      aggregation,
      windowFunction,
      allowedLateness: this.#lateness,
      lateTag: this.#lateTag,
    });
    const description = this.#assigner.toString();
    return this.#add<R>(windows.name, `Window(${description}, ${what})`, operator, {
      description,
      eventTime: windows.eventTime,
      size: windows.size,
    });
  }
}

/** A keyed stream in windows. */
export class WindowedStream<out T, out K, W extends Window> extends Windows<T> {
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

  /** `process` with the window instead of a context. */
  apply<R>(fn: object | ((key: K, window: W, input: Iterable<T>, out: Collector<R>) => Emits<R>)): SingleOutputStreamOperator<R> {
    return this.finish<R>('apply', listAll(), this.windowFunction(fn, 'window', 'apply'));
  }
}

/** A stream in windows over all its records; parallelism 1. */
export class AllWindowedStream<T, W extends Window> extends Windows<T> {
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

addUnsupportedMethods('WindowedStream', Windows.prototype);
addFormerMethods('WindowedStream', Windows.prototype);

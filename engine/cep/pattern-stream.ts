import type { Collector } from '../api/collector.ts';
import { type DataStream, KeyedStream, type SingleOutputStreamOperator } from '../api/data-stream.ts';
import { IllegalArgumentException, NullPointerException } from '../api/errors.ts';
import type { Emits } from '../api/function-types.ts';
import { type OutputTag, tagId } from '../api/output-tag.ts';
import { type UserFunction, userFunction } from '../api/user-function.ts';
import type {
  PatternFlatSelectFunction,
  PatternFlatTimeoutFunction,
  PatternMatch,
  PatternProcessContext,
  PatternProcessFunction,
  PatternSelectFunction,
  PatternTimeoutFunction,
} from './functions.ts';
import { flatSelectHandler, type MatchHandler, processHandler, selectHandler } from './match-handler.ts';
import type { Nfa } from './nfa.ts';
import { compileNfa } from './nfa-compiler.ts';
import { cepOperator } from './operator.ts';
import { type GroupPattern, Pattern } from './pattern.ts';
import type { AfterMatchSkipStrategy } from './skip.ts';

/** `Pattern.begin` for a known type of event. */
export interface BeginPattern<T> {
  <const N extends string>(name: N, skip?: AfterMatchSkipStrategy): Pattern<T, T, N>;
  <F extends T, N extends string>(group: Pattern<T, F, N>, skip?: AfterMatchSkipStrategy): GroupPattern<T, F, N>;
}

/** Order of events that have the same time: below 0 when the first comes first. */
export interface EventComparator<T> {
  compare(first: T, second: T): number;
}

type Comparator<T> = EventComparator<T> | ((first: T, second: T) => number);

/** Complex event processing: looks for patterns in a stream, per key if it has keys. */
export class CEP {
  private constructor() {}

  /** In event time, unless `inProcessingTime()` follows. Throws MalformedPatternException. */
  static pattern<T, F extends T, N extends string>(
    input: DataStream<T>,
    pattern: Pattern<T, F, N> | ((begin: BeginPattern<T>) => Pattern<T, F, N>),
    comparator?: Comparator<T>,
  ): PatternStream<T, N>;
  static pattern<T>(input: DataStream<T>, pattern: unknown, comparator?: unknown): PatternStream<T> {
    const { last, skip } = Pattern.endOf(pattern);
    const compare = comparator === undefined ? null : userFunction(comparator, 'compare', 'CEP.pattern');
    return new PatternStream<T>({ input, nfa: compileNfa(last, skip), comparator: compare, eventTime: true, lateTag: null });
  }
}

interface PatternStreamSettings<T> {
  readonly input: DataStream<T>;
  readonly nfa: Nfa;
  readonly comparator: UserFunction | null;
  readonly eventTime: boolean;
  readonly lateTag: string | null;
}

/** A stream in which a pattern is looked for. */
export class PatternStream<T, Names extends string = string> {
  declare protected readonly names: Names;
  readonly #settings: PatternStreamSettings<T>;

  constructor(settings: PatternStreamSettings<T>) {
    this.#settings = settings;
  }

  /** Events in the order of their timestamps, once the watermark has passed them. The default. */
  inEventTime(): PatternStream<T, Names> {
    return new PatternStream<T, Names>({ ...this.#settings, eventTime: true });
  }
  /** Events as they come, by the job's clock. */
  inProcessingTime(): PatternStream<T, Names> {
    return new PatternStream<T, Names>({ ...this.#settings, eventTime: false });
  }
  /** Events behind the watermark go here instead of being dropped. */
  sideOutputLateData(tag: OutputTag<T>): PatternStream<T, Names> {
    const given: unknown = tag;
    if (given === null || given === undefined) throw new NullPointerException('The late side output tag should not be null.');
    return new PatternStream<T, Names>({ ...this.#settings, lateTag: tagId(given) });
  }

  /** Each match, with side outputs. */
  process<R>(
    fn: PatternProcessFunction<T, R, Names> | ((match: PatternMatch<T, Names>, ctx: PatternProcessContext, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R> {
    return this.#finish<R>(processHandler(fn));
  }

  /** One result for each match; with a tag, partial matches that ran out of time go there. */
  select<R>(select: PatternSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>) => R)): SingleOutputStreamOperator<R>;
  select<L, R>(
    timedOutPartialMatchesTag: OutputTag<L>,
    timeout: PatternTimeoutFunction<T, L, Names> | ((match: PatternMatch<T, Names>, timeoutTimestamp: number) => L),
    select: PatternSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>) => R),
  ): SingleOutputStreamOperator<R>;
  select<R>(...args: readonly unknown[]): SingleOutputStreamOperator<R> {
    const { tag, timeout, fn } = argumentsOf('select', args);
    return this.#finish<R>(selectHandler(fn, tag, timeout));
  }

  /** Any number of results for each match. */
  flatSelect<R>(
    flatSelect: PatternFlatSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  flatSelect<L, R>(
    timedOutPartialMatchesTag: OutputTag<L>,
    timeout:
      | PatternFlatTimeoutFunction<T, L, Names>
      | ((match: PatternMatch<T, Names>, timeoutTimestamp: number, out: Collector<L>) => Emits<L>),
    flatSelect: PatternFlatSelectFunction<T, R, Names> | ((match: PatternMatch<T, Names>, out: Collector<R>) => Emits<R>),
  ): SingleOutputStreamOperator<R>;
  flatSelect<R>(...args: readonly unknown[]): SingleOutputStreamOperator<R> {
    const { tag, timeout, fn } = argumentsOf('flatSelect', args);
    return this.#finish<R>(flatSelectHandler(fn, tag, timeout));
  }

  #finish<R>(handler: MatchHandler): SingleOutputStreamOperator<R> {
    const { input, ...settings } = this.#settings;
    if (input instanceof KeyedStream) return input.transform<R>('CepOperator', cepOperator({ ...settings, keys: input.keys, handler }));
    const operator = cepOperator({ ...settings, keys: { kind: 'all' }, handler });
    return input.global().transform<R>('GlobalCepOperator', operator).forceNonParallel();
  }
}

function argumentsOf(what: string, args: readonly unknown[]): { readonly tag: unknown; readonly timeout: unknown; readonly fn: unknown } {
  if (args.length === 1) return { tag: undefined, timeout: undefined, fn: args[0] };
  if (args.length === 3) return { tag: args[0], timeout: args[1], fn: args[2] };
  throw new IllegalArgumentException(`${what} needs a function, or an OutputTag, a function for timeouts and a function, in this order.`);
}

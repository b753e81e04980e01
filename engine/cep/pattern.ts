import { type DurationLike, toMillis } from '../api/duration.ts';
import { IllegalArgumentException, MalformedPatternException, NullPointerException, UnsupportedOperationException } from '../api/errors.ts';
import {
  and,
  type ConditionContext,
  conditionOf,
  type IterativeCondition,
  or,
  type RichIterativeCondition,
  type SimpleCondition,
  type Term,
} from './conditions.ts';
import { type Contiguity, newPart, type PatternPart } from './part.ts';
import { checkGreedy, checkInner, checkNotAfter, checkOptional, checkTimes, checkUnquantified } from './pattern-checks.ts';
import { AfterMatchSkipStrategy } from './skip.ts';

/** What a pattern asks of an event: a function, or an object or instance with `filter`. */
export type Condition<F, T, Names extends string> =
  | IterativeCondition<F>
  | RichIterativeCondition<F>
  | SimpleCondition<F>
  | ((event: F, ctx: ConditionContext<T, Names>) => boolean);

/** A pattern as the engine sees it: its last part. */
export interface PatternEnd {
  readonly last: PatternPart;
  readonly skip: AfterMatchSkipStrategy;
}

export type WithinType = 'FIRST_AND_LAST' | 'PREVIOUS_AND_CURRENT';

/**
 * A sequence of events: each `begin`, `next`, `followedBy`… names one, or several with a quantifier, and the methods after it say which events.
 * Names are those of the patterns that take events: a match has a list for each.
 */
export class Pattern<T, F extends T = T, Names extends string = string> {
  declare protected readonly eventType: (event: F) => T;
  declare protected readonly names: Names;
  readonly #part: PatternPart;
  readonly #skip: AfterMatchSkipStrategy;

  protected constructor(part: PatternPart, skip: AfterMatchSkipStrategy) {
    this.#part = part;
    this.#skip = skip;
  }

  /** The first event; or a group, a sequence that counts as one pattern. */
  static begin<T, const N extends string = string>(name: N, skip?: AfterMatchSkipStrategy): Pattern<T, T, N>;
  static begin<T, F extends T, N extends string>(group: Pattern<T, F, N>, skip?: AfterMatchSkipStrategy): GroupPattern<T, F, N>;
  static begin(first: unknown, skip?: unknown): Pattern<unknown> {
    return Pattern.#begin(first, skip);
  }

  static #begin(first: unknown, skip: unknown = AfterMatchSkipStrategy.noSkip()): Pattern<unknown> {
    if (skip instanceof AfterMatchSkipStrategy) return Pattern.#append(null, first, 'STRICT', skip);
    throw new IllegalArgumentException('begin needs an AfterMatchSkipStrategy.', 'For example AfterMatchSkipStrategy.skipPastLastEvent().');
  }

  /** For the engine: of a pattern, or of what a function makes with `begin`. Throws IllegalArgumentException for anything else. */
  static endOf(given: unknown): PatternEnd {
    const begin = (first: unknown, skip?: unknown): Pattern<unknown> => Pattern.#begin(first, skip);
    const pattern: unknown = typeof given === 'function' ? Reflect.apply(given, undefined, [begin]) : given;
    if (pattern instanceof Pattern) return { last: pattern.#part, skip: pattern.#skip };
    throw new IllegalArgumentException('This is not a Pattern.', "Begin one with Pattern.begin('name').");
  }

  getName(): string {
    return this.#part.name;
  }
  getAfterMatchSkipStrategy(): AfterMatchSkipStrategy {
    return this.#skip;
  }

  /** Which events; a second condition has to hold as well. */
  where<S extends F>(condition: (event: F, ctx: ConditionContext<T, Names>) => event is S): Pattern<T, S, Names>;
  where(condition: Condition<F, T, Names>): this;
  where(condition: unknown): this {
    return this.#restrict(conditionOf(condition, 'where'), and);
  }

  /** Or these events. */
  or(condition: Condition<F, T, Names>): this {
    return this.#restrict(conditionOf(condition, 'or'), or);
  }

  /** Only instances of a class. */
  subtype<S extends F>(subtypeClass: abstract new (...args: never[]) => S): Pattern<T, S, Names>;
  subtype(subtypeClass: unknown): unknown {
    if (typeof subtypeClass !== 'function') throw new NullPointerException('The class cannot be null.');
    // SAFETY: `instanceof` takes any function; for one that is no class it is false or throws as JavaScript does.
    return this.#restrict({ kind: 'instance', of: subtypeClass as abstract new () => unknown }, and);
  }

  #restrict(term: Term, combine: (first: Term, second: Term) => Term): this {
    const part = this.#part;
    if (part.group !== null) throw new UnsupportedOperationException('GroupPattern does not support where, or and subtype clauses.');
    part.condition = part.condition === null ? term : combine(part.condition, term);
    return this;
  }

  /** Ends a loop: from such an event on it takes no more. Keeps state small. */
  until(condition: Condition<F, T, Names>): this {
    const term = conditionOf(condition, 'until');
    if (this.#part.until !== null) throw new MalformedPatternException('Only one until condition can be applied.');
    if (this.#part.kind !== 'LOOPING') throw new MalformedPatternException('The until condition is only applicable to looping states.');
    this.#part.until = term;
    return this;
  }

  /** How long a match may take, from its first to its last event, or (PREVIOUS_AND_CURRENT) from the event before to this one. Exactly so long is too long. */
  within(windowTime: DurationLike, withinType: WithinType = 'FIRST_AND_LAST'): this {
    if (withinType === 'PREVIOUS_AND_CURRENT') this.#part.gap = toMillis(windowTime);
    else this.#part.within = toMillis(windowTime);
    return this;
  }

  /** One or more events; the loop goes on and every length matches, unless it is greedy. */
  oneOrMore(): this {
    return this.#quantify('LOOPING', 1, 1);
  }
  /** So many events, or from `from` to `to`; 0 to some is optional. */
  times(from: number, to?: number): this {
    checkUnquantified(this.#part);
    if (to === undefined && !(from > 0)) throw new IllegalArgumentException('You should give a positive number greater than 0.');
    this.#quantify('TIMES', from === 0 ? 1 : from, to ?? from);
    if (from === 0) this.#part.optional = true;
    return this;
  }
  timesOrMore(times: number): this {
    return this.#quantify('LOOPING', times, times);
  }

  #quantify(kind: 'TIMES' | 'LOOPING', from: number, to: number): this {
    checkUnquantified(this.#part);
    this.#part.times = checkTimes(from, to);
    this.#part.kind = kind;
    return this;
  }

  /** It need not come. */
  optional(): this {
    checkOptional(this.#part);
    this.#part.optional = true;
    return this;
  }
  /** Takes as many events as it can before what follows gets one. */
  greedy(): this {
    checkGreedy(this.#part);
    this.#part.greedy = true;
    return this;
  }
  /** Between repetitions there may be events that match, too: every choice of them is a match. */
  allowCombinations(): this {
    checkInner(this.#part, 'Combinations', 'SKIP_TILL_ANY');
    this.#part.inner = 'SKIP_TILL_ANY';
    return this;
  }
  /** Nothing may come between repetitions. */
  consecutive(): this {
    checkInner(this.#part, 'Consecutive', 'STRICT');
    this.#part.inner = 'STRICT';
    return this;
  }

  /** The very next event, or a group that begins with it. */
  next<const N extends string>(name: N): Pattern<T, T, Names | N>;
  next<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  next(next: unknown): Pattern<T> {
    return Pattern.#append(this.#part, next, 'STRICT', this.#skip);
  }
  /** The next event that matches; others in between are passed over. */
  followedBy<const N extends string>(name: N): Pattern<T, T, Names | N>;
  followedBy<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  followedBy(next: unknown): Pattern<T> {
    return Pattern.#append(this.#part, next, 'SKIP_TILL_NEXT', this.#skip);
  }
  /** Every later event that matches, each in a match of its own. */
  followedByAny<const N extends string>(name: N): Pattern<T, T, Names | N>;
  followedByAny<G extends T, N extends string>(group: Pattern<T, G, N>): GroupPattern<T, G, Names | N>;
  followedByAny(next: unknown): Pattern<T> {
    return Pattern.#append(this.#part, next, 'SKIP_TILL_ANY', this.#skip);
  }
  /** The very next event must not match. */
  notNext(name: string): Pattern<T, T, Names>;
  notNext(name: string): Pattern<T> {
    checkNotAfter(this.#part);
    return Pattern.#append(this.#part, name, 'NOT_NEXT', this.#skip);
  }
  /** No event may match until what follows; at the end, until the time of `within` is over. */
  notFollowedBy(name: string): Pattern<T, T, Names>;
  notFollowedBy(name: string): Pattern<T> {
    checkNotAfter(this.#part);
    return Pattern.#append(this.#part, name, 'NOT_FOLLOW', this.#skip);
  }

  static #append<T>(previous: PatternPart | null, next: unknown, contiguity: Contiguity, skip: AfterMatchSkipStrategy): Pattern<T> {
    if (next instanceof Pattern) return new GroupPattern<T>(newPart('GroupPattern', previous, contiguity, next.#part), skip);
    if (typeof next === 'string' && next !== '') return new Pattern<T>(newPart(next, previous, contiguity), skip);
    throw new IllegalArgumentException(`A pattern needs a name, or another pattern as a group, not ${String(next)}.`);
  }
}

/** A sequence that counts as one pattern: it can repeat and be optional, but has no condition of its own. */
export class GroupPattern<T, F extends T = T, Names extends string = string> extends Pattern<T, F, Names> {}

import { NullPointerException } from '../api/errors.ts';
import { AbstractRichFunction } from '../api/rich-functions.ts';
import { type UserFunction, userFunction } from '../api/user-function.ts';
import { isPromise, promiseError } from '../operators/results.ts';

/** What a condition may ask: the time, and what the partial match has so far. */
export interface ConditionContext<T, Names extends string = string> {
  /** Events that the partial match took for the pattern of this name, in order; none for another name. */
  getEventsForPattern(name: Names): readonly T[];
  /** Of the event, ms; in processing time when it came. */
  timestamp(): number;
  /** ms on the job's clock. */
  currentProcessingTime(): number;
}

/** Decides about an event with the partial match so far in view. It is asked more than once about one event. */
export abstract class IterativeCondition<T> {
  abstract filter(value: T, ctx: ConditionContext<T>): boolean;
}

/** The same with `open`, `close` and the runtime context. */
export abstract class RichIterativeCondition<T> extends AbstractRichFunction {
  abstract filter(value: T, ctx: ConditionContext<T>): boolean;
}

/** Decides about an event by itself. */
export abstract class SimpleCondition<T> {
  abstract filter(value: T): boolean;

  static of<T>(filter: (value: T) => boolean): SimpleCondition<T> {
    return new FunctionCondition(filter);
  }
}

class FunctionCondition<T> extends SimpleCondition<T> {
  readonly #filter: (value: T) => boolean;
  constructor(filter: (value: T) => boolean) {
    super();
    this.#filter = filter;
  }
  override filter(value: T): boolean {
    return this.#filter(value);
  }
  /** Two conditions of this class differ by what they were given. */
  get source(): object {
    return this.#filter;
  }
  static given(condition: unknown): unknown {
    return condition instanceof FunctionCondition ? condition.source : condition;
  }
}

/** The class whose instances a pattern takes. */
export type EventClass = abstract new (...args: never[]) => unknown;

/** A condition as data: user functions, and how they are combined. */
export type Term =
  | { readonly kind: 'always' }
  | { readonly kind: 'call'; readonly fn: UserFunction }
  | { readonly kind: 'instance'; readonly of: EventClass }
  | { readonly kind: 'not'; readonly term: Term }
  | { readonly kind: 'and' | 'or'; readonly first: Term; readonly second: Term };

export const ALWAYS: Term = { kind: 'always' };

export const not = (term: Term): Term => ({ kind: 'not', term });
export const and = (first: Term, second: Term): Term => ({ kind: 'and', first, second });
export const or = (first: Term, second: Term): Term => ({ kind: 'or', first, second });

/** What the user passed to `where`, such as "until". Throws NullPointerException and IllegalArgumentException. */
export function conditionOf(condition: unknown, where: string): Term {
  if (condition === null || condition === undefined) {
    throw new NullPointerException('The condition cannot be null.', `Give ${where} a function from the event to true or false.`);
  }
  return { kind: 'call', fn: userFunction(FunctionCondition.given(condition), 'filter', where) };
}

/** Whether the condition holds for an event. Throws what user code throws. */
export function holds(term: Term, event: unknown, ctx: ConditionContext<unknown>): boolean {
  switch (term.kind) {
    case 'always':
      return true;
    case 'instance':
      return event instanceof term.of;
    case 'not':
      return !holds(term.term, event, ctx);
    case 'and':
      return holds(term.first, event, ctx) && holds(term.second, event, ctx);
    case 'or':
      return holds(term.first, event, ctx) || holds(term.second, event, ctx);
    case 'call':
      return verdict(term.fn.call(event, ctx));
  }
}

/** As `filter` takes it: anything true in JavaScript's sense, but no Promise. */
function verdict(result: unknown): boolean {
  if (result === true) return true;
  if (isPromise(result)) throw promiseError('The condition of a pattern');
  return Boolean(result);
}

/** The user functions of a condition. */
export function functionsOf(term: Term): readonly UserFunction[] {
  switch (term.kind) {
    case 'call':
      return [term.fn];
    case 'not':
      return functionsOf(term.term);
    case 'and':
    case 'or':
      return [...functionsOf(term.first), ...functionsOf(term.second)];
    default:
      return [];
  }
}

/** A condition as JSON-safe data; a function is its place in the list. */
export function describeTerm(term: Term, functions: readonly UserFunction[]): unknown {
  switch (term.kind) {
    case 'call':
      return functions.indexOf(term.fn);
    case 'instance':
      return ['instance', term.of.name];
    case 'not':
      return ['not', describeTerm(term.term, functions)];
    case 'and':
    case 'or':
      return [term.kind, describeTerm(term.first, functions), describeTerm(term.second, functions)];
    default:
      return 'always';
  }
}

/** What becomes of matches: the functions that a PatternStream was given, in one form. */
import { IllegalArgumentException, RuntimeException } from '../api/errors.ts';
import type { Collector } from '../api/collector.ts';
import { methodOf, type UserFunction, userFunction } from '../api/user-function.ts';
import { emitReturned, isPromise, promiseError } from '../operators/results.ts';
import type { PatternProcessContext } from './functions.ts';
import type { Match } from './matcher.ts';
import { OutputTag } from '../api/output-tag.ts';

export interface MatchHandler {
  /** Such as "select": which method of PatternStream it comes from. */
  readonly kind: string;
  readonly functions: readonly UserFunction[];
  /** Where timed-out partial matches go; null = to the function, or nowhere. */
  readonly timeoutTag: string | null;
  onMatch(match: Match, ctx: PatternProcessContext, out: Collector<unknown>): void;
  /** null: nobody wants them. */
  readonly onTimeout: ((match: Match, ctx: PatternProcessContext) => void) | null;
}

/** A PatternProcessFunction, or a function. */
export function processHandler(target: unknown): MatchHandler {
  const fn = userFunction(target, 'processMatch', 'process');
  const onTimeout = fn.arrow ? null : methodOf(fn.target, 'processTimedOutMatch');
  return {
    kind: 'process',
    functions: [fn],
    timeoutTag: null,
    onMatch: (match, ctx, out) => emitReturned(fn.call(match, ctx, out), fn, out, 'process'),
    onTimeout: onTimeout && ((match, ctx): void => checkNoPromise(onTimeout(match, ctx), 'processTimedOutMatch')),
  };
}

/** One result each. `timeout` undefined: timed-out partial matches are dropped. */
export function selectHandler(target: unknown, tag: unknown, timeout: unknown): MatchHandler {
  const fn = userFunction(target, 'select', 'select');
  const late = tag === undefined ? null : { tag: checkedTag(tag), fn: userFunction(timeout, 'timeout', 'select') };
  return {
    kind: 'select',
    functions: late === null ? [fn] : [fn, late.fn],
    timeoutTag: late && late.tag.getId(),
    onMatch: (match, _ctx, out) => out.collect(result(fn.call(match), 'select')),
    onTimeout: late && ((match, ctx): void => ctx.output(late.tag, result(late.fn.call(match, ctx.timestamp()), 'timeout'))),
  };
}

/** Any number of results each. */
export function flatSelectHandler(target: unknown, tag: unknown, timeout: unknown): MatchHandler {
  const fn = userFunction(target, 'flatSelect', 'flatSelect');
  const late = tag === undefined ? null : { tag: checkedTag(tag), fn: userFunction(timeout, 'timeout', 'flatSelect') };
  return {
    kind: 'flatSelect',
    functions: late === null ? [fn] : [fn, late.fn],
    timeoutTag: late && late.tag.getId(),
    onMatch: (match, _ctx, out) => emitReturned(fn.call(match, out), fn, out, 'flatSelect'),
    onTimeout:
      late &&
      ((match, ctx): void => {
        const out: Collector<unknown> = { collect: (value) => ctx.output(late.tag, value) };
        emitReturned(late.fn.call(match, ctx.timestamp(), out), late.fn, out, 'timeout');
      }),
  };
}

function checkedTag(tag: unknown): OutputTag<unknown> {
  if (tag instanceof OutputTag) return tag;
  throw new IllegalArgumentException('Timed-out partial matches need an OutputTag to go to.', "For example new OutputTag('timeouts').");
}

function result(value: unknown, what: string): unknown {
  checkNoPromise(value, what);
  if (value === undefined) {
    throw new RuntimeException(`${what} returned undefined.`, 'Return a value for every match; for none or several use flatSelect.');
  }
  return value;
}

function checkNoPromise(value: unknown, what: string): void {
  if (isPromise(value)) throw promiseError(what);
}

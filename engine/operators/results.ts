import { RuntimeException } from '../api/errors.ts';
import type { Collector } from '../api/collector.ts';
import { INSTEAD_OF_WAITING, type UserFunction } from '../api/user-function.ts';
import type { Collect, OperatorContext } from '../runtime/operator.ts';

/** The error for a user function that returned a Promise. */
export function promiseError(what: string): RuntimeException {
  return new RuntimeException(
    `${what} returned a Promise, but user functions are synchronous.`,
    `Remove async or await. ${INSTEAD_OF_WAITING}`,
  );
}

/** What an async function returns; looking for a `then` would cost a search through the prototypes of every record. */
export function isPromise(value: unknown): boolean {
  // Only to recognise one; nothing here waits.
  // oxlint-disable-next-line no-restricted-globals
  return value instanceof Promise;
}

function isIterable(value: unknown): value is Iterable<unknown> & object {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** How `processElement` is called, for a record or a timer's time. */
export type ElementCall = (value: unknown, ctx: unknown, out: Collector<unknown>) => unknown;

/** What a user function emits into: a Collector whose records get the timestamp of what is being processed. */
export class TimestampedCollector implements Collector<unknown> {
  timestamp: number = Number.NaN;
  readonly collect: (record: unknown) => void;
  constructor(collect: Collect) {
    this.collect = (record): void => collect(record, this.timestamp);
  }
}

/**
 * Emits what a user function returned: nothing, or the elements of an iterable (an array, a generator). Objects with a method must
 * use the collector; what they return is not looked at. Errors of generators pass through: call it where user errors are caught.
 */
export function emitReturned(returned: unknown, fn: UserFunction, out: Collector<unknown>, what: string): void {
  if (returned === undefined || returned === null) return;
  if (isPromise(returned)) throw promiseError(what);
  if (!fn.arrow) return;
  if (!isIterable(returned)) {
    throw new RuntimeException(
      `${what} returned ${typeof returned === 'object' ? 'an object' : `a ${typeof returned}`}, not a list of results.`,
      'Return an array or yield results, for example `return [result]`, or call out.collect(result).',
    );
  }
  for (const record of returned) out.collect(record);
}

/** A collector for one operator: counts what is emitted. */
export function countingCollector(context: OperatorContext, collect: Collect): TimestampedCollector {
  const { counters } = context;
  return new TimestampedCollector((record, timestamp) => {
    counters.recordsOut++;
    collect(record, timestamp);
  });
}

import { IllegalArgumentException } from './errors.ts';

/** Any function of user code. */
export type Call = (...args: unknown[]) => unknown;

/** A function argument of the API: an arrow function, an object, or an instance of a class. */
export interface UserFunction {
  /** Calls it; for objects the named method. */
  readonly call: Call;
  /** The argument itself: `open` and `close` are looked for here. */
  readonly target: object;
  /** True for an arrow function, whose returned iterable is its output. */
  readonly arrow: boolean;
  /** Source text: part of the graph's hash (rule 3). */
  readonly source: string;
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function';
}

/** What to do instead of an async function. */
export const INSTEAD_OF_WAITING = 'To wait for something outside of the job, use AsyncDataStream.orderedWait or unorderedWait.';

/** A method of an object, bound to it; null if there is none. */
export function methodOf(target: object, name: string | symbol): Call | null {
  const method: unknown = Reflect.get(target, name);
  return isCall(method) ? (...args): unknown => Reflect.apply(method, target, args) : null;
}

/**
 * Wraps what the user passed to `where`, such as "map". Throws IllegalArgumentException if it is neither a function nor has the method, and for an async one
 * unless it `mayWait`.
 */
export function userFunction(target: unknown, method: string, where: string, mayWait = false): UserFunction {
  if (isCall(target)) {
    if (!mayWait && target.constructor.name === 'AsyncFunction') {
      throw new IllegalArgumentException(`${where} was given an async function, but user functions are synchronous.`, INSTEAD_OF_WAITING);
    }
    return { call: target, target, arrow: true, source: target.toString() };
  }
  if (typeof target === 'object' && target !== null) {
    const bound: unknown = Reflect.get(target, method);
    if (isCall(bound)) return { call: boundTo(target, bound), target, arrow: false, source: sourceOf(target) };
  }
  throw new IllegalArgumentException(
    `${where} needs a function, or an object with a method '${method}', not ${target === null ? 'null' : typeof target}.`,
  );
}

/** A function for an operator with two inputs: an object with a method for the records of each. `call` is that of the first. */
export interface CoFunction extends UserFunction {
  readonly second: Call;
}

/** Wraps what the user passed to `where`. Throws IllegalArgumentException if it is not an object with both methods. */
export function coFunction(target: unknown, first: string, second: string, where: string): CoFunction {
  const fn = typeof target === 'object' && target !== null ? target : null;
  const method: unknown = fn === null ? undefined : Reflect.get(fn, second);
  if (fn === null || !isCall(method) || !(first in fn)) {
    throw new IllegalArgumentException(
      `${where} of connected streams needs an object with the methods '${first}' and '${second}', not ${target === null ? 'null' : typeof target}.`,
    );
  }
  return { ...userFunction(fn, first, where), second: boundTo(fn, method) };
}

/** Calls with one or two arguments go without the array of `...args`: these are made once per record. */
function boundTo(target: object, method: Call): Call {
  switch (method.length) {
    case 1:
      return (a): unknown => method.call(target, a);
    case 2:
      return (a, b): unknown => method.call(target, a, b);
    case 3:
      return (a, b, c): unknown => method.call(target, a, b, c);
    default:
      return (...args) => Reflect.apply(method, target, args);
  }
}

/** Text that stands for the behaviour of an object: its class, or its methods. */
export function sourceOf(target: object): string {
  if (isCall(target)) return target.toString();
  const prototype: unknown = Object.getPrototypeOf(target);
  if (prototype !== Object.prototype && prototype !== null && isCall(target.constructor)) return target.constructor.toString();
  return Object.entries(target)
    .map(([name, value]: [string, unknown]) => `${name}: ${isCall(value) ? value.toString() : typeof value}`)
    .join('\n');
}

import { formatValue } from '../runtime/format-value.ts';
import type { EnvironmentRuntime } from './environment.ts';

/** `Date` of cells: the current time is the step's processing time (rule 8). */
export function cellDate(runtime: EnvironmentRuntime): unknown {
  const CellDate = function (this: unknown, ...args: readonly unknown[]): unknown {
    const target: unknown = new.target;
    if (typeof target !== 'function') return new Date(runtime.now()).toString();
    const made: unknown = Reflect.construct(Date, args.length === 0 ? [runtime.now()] : args, target === CellDate ? Date : target);
    return made;
  };
  Object.defineProperty(CellDate, 'name', { value: 'Date' });
  return Object.assign(CellDate, { prototype: Date.prototype, now: () => runtime.now(), parse: Date.parse, UTC: Date.UTC });
}

/** A copy, as nobody should change ours. */
const PLAIN_MATH: object = Object.freeze(Object.defineProperties({}, Object.getOwnPropertyDescriptors(Math)));

/** `Math` of cells: `random` is seeded (rule 8). */
export function cellMath(runtime: EnvironmentRuntime): unknown {
  return Object.create(PLAIN_MATH, { random: { value: () => runtime.random.nextDouble(), writable: true, configurable: true } });
}

/** `console` of cells: writes to the job's log. */
export function cellConsole(runtime: EnvironmentRuntime): unknown {
  const to =
    (stream: 'stdout' | 'stderr') =>
    (...values: readonly unknown[]): void => {
      for (const line of values.map(formatValue).join(' ').split('\n')) runtime.print(stream, line);
    };
  return { log: to('stdout'), info: to('stdout'), debug: to('stdout'), warn: to('stderr'), error: to('stderr') };
}

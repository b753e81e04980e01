import type { CoFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorSpec } from '../runtime/operator.ts';
import { KeyedContext } from './keyed-context.ts';
import { KeyedOperator, userTimers } from './keyed-operator.ts';
import { mapped } from './map.ts';
import { ProcessOperator } from './process.ts';
import type { ElementCall } from './results.ts';

/** What a function of two inputs does with a record of each, called as processElement is. */
export interface CoWork {
  /** "Map", "FlatMap" or "Process". */
  readonly kind: string;
  readonly fn: CoFunction;
  readonly first: ElementCall;
  readonly second: ElementCall;
  /** The call in messages. */
  readonly what: string;
}

export function coMap(fn: CoFunction): CoWork {
  return {
    kind: 'Map',
    fn,
    first: (value, _ctx, out) => out.collect(mapped(fn.call(value))),
    second: (value, _ctx, out) => out.collect(mapped(fn.second(value))),
    what: 'map',
  };
}

export function coFlatMap(fn: CoFunction): CoWork {
  return {
    kind: 'FlatMap',
    fn,
    first: (value, _ctx, out) => fn.call(value, out),
    second: (value, _ctx, out) => fn.second(value, out),
    what: 'flatMap',
  };
}

export function coProcess(fn: CoFunction): CoWork {
  return { kind: 'Process', fn, first: fn.call, second: fn.second, what: 'process' };
}

/** Records of two inputs, without a key. */
export function coOperator({ kind, fn, first, second, what }: CoWork): OperatorSpec {
  return {
    kind: `co${kind}`,
    config: null,
    functions: [fn],
    create(context, output) {
      const operator = new ProcessOperator(fn, context, output);
      return { ...operator.instance(), collect: operator.input(first, what), collectSecond: operator.input(second, what) };
    },
  };
}

/** Records of two inputs with the same key, which share its state and timers. */
export function keyedCoOperator({ kind, fn, first, second, what }: CoWork, keys1: KeySelection, keys2: KeySelection): OperatorSpec {
  return {
    kind: `keyedCo${kind}`,
    keepsState: true,
    config: [describeSelection(keys1), describeSelection(keys2)],
    functions: [fn],
    create(context, output) {
      const operator = new KeyedOperator(fn, context, output, {
        contextOf: (timers, backend) => new KeyedContext(timers, backend, output),
        onTimer: userTimers(fn),
      });
      return { ...operator.instance(), collect: operator.input(keys1, first, what), collectSecond: operator.input(keys2, second, what) };
    },
  };
}

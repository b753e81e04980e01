import type { RuntimeContext } from '../api/runtime-context.ts';
import type { AsyncRetryPredicate } from '../api/async-retry.ts';
import type { UserFunction } from '../api/user-function.ts';
import { encodeValue } from '../state/stored-value.ts';

/** How a call ended. `retry`: the retry strategy wants another attempt for that. Bytes: `encodeValue` of the list of results. */
export type CallOutcome =
  | { readonly kind: 'results'; readonly results: Uint8Array; readonly retry: boolean }
  | {
      readonly kind: 'error';
      /** Class, message and stack of what was thrown, as text: it is journaled. */
      readonly error: { readonly name: string; readonly message: string; readonly stack: string | null };
      readonly retry: boolean;
    };

/** One call of one subtask of an operator. Numbers of calls go on in a restored job. */
export interface CallPlace {
  readonly operator: number;
  readonly subtask: number;
  readonly call: number;
  /** From 1: a retry is another attempt at the same call. */
  readonly attempt: number;
}

/** Asks for what one subtask wants to know of the world outside. */
export interface CallLane {
  /** Opens the user's function. Throws what `open` throws. */
  open(): void;
  /** Calls the function, after the step under way; the first outcome comes as mail. `input` is the callee's own. */
  call(call: number, attempt: number, input: unknown): void;
  /** The call took too long: lets the function's `timeout` complete it, which comes as mail too. */
  timeout(call: number, attempt: number, input: unknown): void;
  /** Throws what `close` throws. */
  close(): void;
}

/** Who calls, and what. */
export interface CallFunction {
  readonly fn: UserFunction;
  readonly predicate: AsyncRetryPredicate<unknown> | null;
  readonly operator: number;
  readonly subtask: number;
  readonly runtime: RuntimeContext;
}

/** Calls user functions that wait for the world outside: the engine calls none itself. */
export interface Calls {
  lane(called: CallFunction): CallLane;
}

const DEAF: CallLane = { open() {}, call() {}, timeout() {}, close() {} };

/** Calls nobody: for jobs whose answers come from a journal, such as replays. */
export const NO_CALLS: Calls = { lane: () => DEAF };

/** The outcome of a call that gave these results; of one that cannot be kept, the error that says why. */
export function resultsOutcome(results: Iterable<unknown>, predicate: AsyncRetryPredicate<unknown> | null): CallOutcome {
  try {
    const list = [...results];
    return { kind: 'results', results: encodeValue(list), retry: predicate?.resultPredicate?.(list) ?? false };
  } catch (error) {
    return { kind: 'error', error: errorText(error), retry: false };
  }
}

/** The outcome of a call that failed. */
export function errorOutcome(error: unknown, predicate: AsyncRetryPredicate<unknown> | null): CallOutcome {
  try {
    return { kind: 'error', error: errorText(error), retry: predicate?.exceptionPredicate?.(error) ?? false };
  } catch (thrown) {
    return { kind: 'error', error: errorText(thrown), retry: false };
  }
}

function errorText(error: unknown): { name: string; message: string; stack: string | null } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: null };
  const name = error.name === 'Error' ? error.constructor.name : error.name;
  return { name, message: error.message, stack: error.stack ?? null };
}

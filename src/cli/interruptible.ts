import { createContext, Script } from 'node:vm';
import { INTERRUPTED } from './exit-codes.ts';
import { codeOf } from './streams.ts';

/** Ctrl-C came while user code was running. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

const holder: { call: () => unknown } = { call: () => undefined };
const context = createContext(holder);
const script = new Script('call()');

/**
 * Calls `work` so that Ctrl-C ends it even if it never returns: a signal handler would wait for it for ever. Costs some 0.1 ms.
 * Throws InterruptedError, or what `work` throws.
 */
export function interruptible<T>(work: () => T): T {
  let result: { readonly value: T } | null = null;
  holder.call = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { breakOnSigint: true });
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw new InterruptedError('Interrupted');
    throw error;
  }
  return takeResult(result);
}

function takeResult<T>(result: { readonly value: T } | null): T {
  if (result === null) throw new InterruptedError('Interrupted');
  return result.value;
}

/** Ctrl-C between two steps of a job: the first asks the job to stop, a second one ends the process at once. */
export class Interruption {
  requested = false;
  /** User code was cut off in the middle of a record: the job cannot go on. */
  broken = false;
  /** Called by the first request. */
  onRequest: () => void = () => undefined;

  constructor() {
    process.on('SIGINT', this.request);
  }

  /** Ctrl-C came while user code was running. */
  break(): void {
    this.broken = true;
    if (!this.requested) this.request();
  }

  readonly request = (): void => {
    if (this.requested) process.exit(INTERRUPTED);
    this.requested = true;
    this.onRequest();
  };
}

import { AbstractRichFunction } from '../api/rich-functions.ts';
import { methodOf } from '../api/user-function.ts';
import { type CallFunction, type CallLane, type CallOutcome, type Calls, errorOutcome, resultsOutcome } from '../runtime/async-calls.ts';
import type { Mail } from '../runtime/mail.ts';

/** The calls that the asynchronous operators of one attempt at a job have under way. Their outcomes wait here, in the order in which they came, to be delivered as mail. */
export class AsyncCalls implements Calls {
  #answers: Mail[] = [];
  #wake: () => void = () => undefined;

  lane(called: CallFunction): CallLane {
    return new Lane(called, (call, attempt, outcome) => {
      const { operator, subtask } = called;
      this.#answers.push({ kind: 'answer', operator, subtask, call, attempt, outcome });
      this.#wake();
    });
  }

  /** `wake` is called when there is mail. */
  onWork(wake: () => void): void {
    this.#wake = wake;
  }

  get hasAnswers(): boolean {
    return this.#answers.length > 0;
  }

  /** The mail that has come since the last time. */
  take(): readonly Mail[] {
    const taken = this.#answers;
    this.#answers = [];
    return taken;
  }
}

/** Calls the function of one subtask. */
class Lane implements CallLane {
  readonly #called: CallFunction;
  readonly #answer: (call: number, attempt: number, outcome: CallOutcome) => void;
  /** Calls that nobody has completed. */
  readonly #open = new Map<number, Future>();

  constructor(called: CallFunction, answer: (call: number, attempt: number, outcome: CallOutcome) => void) {
    this.#called = called;
    this.#answer = answer;
  }

  open(): void {
    const { fn, runtime } = this.#called;
    AbstractRichFunction.attach(fn.target, runtime);
    if (!fn.arrow) methodOf(fn.target, 'open')?.({ getRuntimeContext: () => runtime });
  }

  call(call: number, attempt: number, input: unknown): void {
    const { fn } = this.#called;
    const future = this.#future(call, attempt);
    // Not inside of the step that asks.
    queueMicrotask(() => {
      void follow(future, () => (fn.arrow ? fn.call(input) : fn.call(input, future)), fn.arrow);
    });
  }

  timeout(call: number, attempt: number, input: unknown): void {
    const timeout = methodOf(this.#called.fn.target, 'timeout');
    // The answer to the call itself still counts, if it comes first.
    const future = this.#open.get(call) ?? this.#future(call, attempt);
    queueMicrotask(() => {
      void follow(future, () => timeout?.(input, future), false);
    });
  }

  close(): void {
    this.#open.clear();
    const { fn } = this.#called;
    if (!fn.arrow) methodOf(fn.target, 'close')?.();
  }

  #future(call: number, attempt: number): Future {
    const { predicate } = this.#called;
    const future = new Future((outcome) => {
      this.#open.delete(call);
      this.#answer(call, attempt, outcome(predicate));
    });
    this.#open.set(call, future);
    return future;
  }
}

type OutcomeOf = (predicate: CallFunction['predicate']) => CallOutcome;

/** Takes the first completion of an attempt. */
class Future {
  #complete: ((outcome: OutcomeOf) => void) | null;

  constructor(complete: (outcome: OutcomeOf) => void) {
    this.#complete = complete;
  }

  complete(results: unknown): void {
    this.#once((predicate) =>
      isIterable(results) ? resultsOutcome(results, predicate) : errorOutcome(new TypeError(NOT_A_LIST), predicate),
    );
  }

  completeExceptionally(error: unknown): void {
    this.#once((predicate) => errorOutcome(error, predicate));
  }

  #once(outcome: OutcomeOf): void {
    const complete = this.#complete;
    this.#complete = null;
    complete?.(outcome);
  }
}

const NOT_A_LIST = 'An asynchronous function has to complete with a list of results: [result], or [] for none.';

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** Calls the user's function; what it throws or rejects with is the end of the call. An arrow function resolves to its results. */
async function follow(future: Future, call: () => unknown, resolvesToResults: boolean): Promise<void> {
  try {
    const returned: unknown = await call();
    if (resolvesToResults) future.complete(returned);
  } catch (error) {
    future.completeExceptionally(error);
  }
}

import { methodOf } from '../api/user-function.ts';
import { type CallFunction, type CallLane, type CallPlace, type Calls, errorOutcome, resultsOutcome } from '../runtime/async-calls.ts';
import type { Mail } from '../runtime/mail.ts';
import { canonical } from './canonical.ts';

/** What a script says of a call: its results, or what its function failed with. */
export type ScriptedOutcome = { readonly results: readonly unknown[] } | { readonly error: unknown };

interface OpenCall {
  readonly place: CallPlace;
  readonly input: unknown;
  readonly called: CallFunction;
}

/** Calls no function: the outcomes come from a script, which names calls by their input. Only the `timeout` of functions is called. */
export class ScriptedCalls implements Calls {
  #open: OpenCall[] = [];
  #answers: Mail[] = [];

  lane(called: CallFunction): CallLane {
    const { operator, subtask, fn } = called;
    return {
      open() {},
      close() {},
      call: (call, attempt, input) => {
        this.#open.push({ place: { operator, subtask, call, attempt }, input, called });
      },
      timeout: (call, attempt, input) => {
        const place = { operator, subtask, call, attempt };
        if (!this.#open.some((open) => isSame(open.place, place))) this.#open.push({ place, input, called });
        methodOf(fn.target, 'timeout')?.(input, {
          complete: (results: readonly unknown[]) => this.#complete(place, { results }),
          completeExceptionally: (error: unknown) => this.#complete(place, { error }),
        });
      },
    };
  }

  /** Inputs of the calls that are under way, in the order of operators, subtasks and calls. */
  get inputs(): readonly unknown[] {
    const order = ({ place: { operator, subtask, call } }: OpenCall): readonly number[] => [operator, subtask, call];
    return [...this.#open].sort((a, b) => compare(order(a), order(b))).map(({ input }) => input);
  }

  /** The outcome of the first call with this input. Throws when there is none. */
  answer(input: unknown, outcome: ScriptedOutcome): Mail {
    const open = this.#open.find((one) => canonical(one.input) === canonical(input));
    if (open === undefined)
      throw new Error(`No call is under way for ${canonical(input)}, only for ${this.inputs.map(canonical).join(' ')}.`);
    this.#complete(open.place, outcome);
    const mail = this.#answers.pop();
    if (mail === undefined) throw new Error('a call is completed once');
    return mail;
  }

  /** Outcomes that handlers of timeouts have given since the last time. */
  take(): readonly Mail[] {
    return this.#answers.splice(0);
  }

  #complete(place: CallPlace, outcome: ScriptedOutcome): void {
    const open = this.#open.find((one) => isSame(one.place, place));
    if (open === undefined) return;
    this.#open = this.#open.filter((one) => one !== open);
    const { predicate } = open.called;
    const given = 'error' in outcome ? errorOutcome(outcome.error, predicate) : resultsOutcome(outcome.results, predicate);
    this.#answers.push({ kind: 'answer', ...place, outcome: given });
  }
}

function isSame(a: CallPlace, b: CallPlace): boolean {
  return a.operator === b.operator && a.subtask === b.subtask && a.call === b.call && a.attempt === b.attempt;
}

function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((value, at) => value - (b[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

import type { UserFunction } from '../api/user-function.ts';
import { describeTerm, functionsOf, type Term } from './conditions.ts';
import type { AfterMatchSkipStrategy } from './skip.ts';

/** TAKE: the event is the match's. IGNORE: it is passed over. PROCEED: the event is shown to the target as well. */
export type Action = 'TAKE' | 'IGNORE' | 'PROCEED';

export interface Transition {
  readonly action: Action;
  readonly source: NfaState;
  readonly target: NfaState;
  /** When the transition may be gone. */
  when: Term;
}

/**
 * A partial match stands in a state. FINAL: it is complete. STOP: an event came that must not. PENDING: it is complete once its time is over, as at the
 * end of a pattern with `notFollowedBy`.
 */
export interface NfaState {
  /** Unique; state refers to it by this name. */
  readonly name: string;
  /** Of the pattern that it belongs to. */
  readonly pattern: string;
  readonly kind: 'NORMAL' | 'FINAL' | 'STOP' | 'PENDING';
  /** Longest time, ms, since the event before; 0 = any. */
  readonly gap: number;
  /** The order counts: it is the order of the matches of one event. */
  readonly transitions: Transition[];
}

/** A pattern as a nondeterministic finite automaton: data and user functions. */
export interface Nfa {
  readonly start: NfaState;
  readonly states: ReadonlyMap<string, NfaState>;
  /** ms from the first event on, in which a match has to be complete; 0 = any. */
  readonly window: number;
  /** The patterns whose events a match has, as they were written. */
  readonly patterns: readonly string[];
  readonly skip: AfterMatchSkipStrategy;
}

/** Every user function of the conditions, each once. */
export function conditionFunctions(nfa: Nfa): readonly UserFunction[] {
  const all = [...nfa.states.values()].flatMap(({ transitions }) => transitions.flatMap(({ when }) => functionsOf(when)));
  return [...new Set(all)];
}

/** Everything that decides what the automaton does, as JSON-safe data; its functions are places in the list. */
export function describeNfa(nfa: Nfa, functions: readonly UserFunction[]): unknown {
  const { kind, pattern, throws } = nfa.skip;
  const states = [...nfa.states.values()].map(({ name, kind: stateKind, gap, transitions }) => [
    name,
    stateKind,
    gap,
    transitions.map(({ action, target, when }) => [action, target.name, describeTerm(when, functions)]),
  ]);
  return { start: nfa.start.name, window: nfa.window, patterns: nfa.patterns, skip: [kind, pattern, throws], states };
}

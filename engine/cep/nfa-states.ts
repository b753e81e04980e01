import { ALWAYS, and, not, type Term } from './conditions.ts';
import type { Action, NfaState, Transition } from './nfa.ts';

/** Adds a transition; without a target it leads back to where it starts. */
export function connect(source: NfaState, action: Action, target: NfaState, when: Term = ALWAYS): void {
  source.transitions.push({ action, source, target, when });
}

/** The states of an automaton while it is put together. */
export class NfaStates {
  readonly all = new Map<string, NfaState>();
  readonly #stops = new Map<string, NfaState>();

  /** `gap`: ms since the event before, 0 = any. */
  create(pattern: string, kind: NfaState['kind'], gap = 0): NfaState {
    let name = pattern;
    for (let copy = 0; this.all.has(name); copy++) name = `${pattern}:${copy}`;
    const state: NfaState = { name, pattern, kind, gap, transitions: [] };
    this.all.set(name, state);
    return state;
  }

  /** Where events end up that a `not` pattern forbids: one state for each of these patterns. */
  stop(pattern: string, forbidden: Term): NfaState {
    const known = this.#stops.get(pattern);
    if (known !== undefined) return known;
    const state = this.create(pattern, 'STOP');
    connect(state, 'TAKE', state, forbidden);
    this.#stops.set(pattern, state);
    return state;
  }

  /** The same state once more: what led back to it leads back to the copy. */
  copy(state: NfaState): NfaState {
    const copy = this.create(state.pattern, state.kind);
    for (const transition of state.transitions) connect(copy, transition.action, retarget(transition, copy), transition.when);
    return copy;
  }
}

/** Where the transition leads in a copy of its source. */
export function retarget({ source, target }: Transition, copy: NfaState): NfaState {
  return target === source ? copy : target;
}

/** Nothing leads on while the greedy pattern before would take the event. */
export function onlyWithout(state: NfaState, greedy: Term): void {
  for (const transition of state.transitions) transition.when = and(transition.when, not(greedy));
}

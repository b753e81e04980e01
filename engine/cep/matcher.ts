/** Runs the automaton of a pattern over the events of a key, as Flink's NFA does: same matches, same order. */
import { IllegalStateException } from '../api/errors.ts';
import { type ConditionContext, holds } from './conditions.ts';
import type { MatchBuffer, Taken } from './match-buffer.ts';
import type { MatchQueue } from './match-queue.ts';
import { type Matches, newQueue, type PartialMatch, startsNotLater, type TakenSoFar } from './matches.ts';
import type { Nfa, NfaState, Transition } from './nfa.ts';
import { type EventPlace, givenUpFor, type MatchPlaces } from './skip.ts';

/** The events of a match by pattern, an empty list where there are none. */
export type Match = Readonly<Record<string, readonly unknown[]>>;

/** A partial match whose time is over, and when that was (ms). */
export interface TimedOut {
  readonly match: Match;
  readonly time: number;
}

/** An event that is being processed; it is buffered when the first partial match takes it. */
interface Arrival {
  readonly value: unknown;
  readonly time: number;
  place: EventPlace | null;
}

/** What a condition is asked with: looks up what the partial match has only when it is asked to. */
class PartialMatchContext implements ConditionContext<unknown> {
  readonly #buffer: MatchBuffer;
  readonly #clock: { readonly now: number };
  #link: number | null = null;
  #time = Number.NaN;
  #taken: readonly Taken[] | null = null;
  constructor(buffer: MatchBuffer, clock: { readonly now: number }) {
    this.#buffer = buffer;
    this.#clock = clock;
  }
  about(link: number | null, time: number): void {
    this.#link = link;
    this.#time = time;
    this.#taken = null;
  }
  getEventsForPattern(name: string): readonly unknown[] {
    this.#taken ??= this.#buffer.path(this.#link);
    return this.#taken.filter(({ pattern }) => pattern === name).map(({ event }) => this.#buffer.value(event));
  }
  timestamp(): number {
    return this.#time;
  }
  currentProcessingTime(): number {
    return this.#clock.now;
  }
}

const UNCHANGED = { found: [], begun: false } as const;
const NOTHING_OVER = { found: [], timedOut: [] } as const;

export class Matcher {
  readonly #nfa: Nfa;
  readonly #buffer: MatchBuffer;
  readonly #ctx: PartialMatchContext;
  readonly #reportsTimeouts: boolean;
  /** What has not started yet. */
  readonly start: PartialMatch;

  /** `reportsTimeouts`: someone wants the partial matches that ran out of time. */
  constructor(nfa: Nfa, buffer: MatchBuffer, clock: { readonly now: number }, reportsTimeouts: boolean) {
    this.#nfa = nfa;
    this.#buffer = buffer;
    this.#reportsTimeouts = reportsTimeouts;
    this.#ctx = new PartialMatchContext(buffer, clock);
    this.start = { state: nfa.start.name, taken: null };
  }

  /** Shows the event to every partial match. Gives the matches it completes, and whether one begins with it. Throws what conditions throw. */
  process(matches: Matches, value: unknown, time: number): { readonly found: readonly Match[]; readonly begun: boolean } {
    const arrival: Arrival = { value, time, place: null };
    const { elements } = matches.partial;
    const complete = newQueue();
    // Most events change nothing: a new queue is only made when one does.
    let next: MatchQueue<PartialMatch> | null = null;
    let begun = false;
    for (const [index, before] of elements.entries()) {
      const after = this.#advance(matches, before, arrival);
      if (after === null) {
        next?.add(before);
        continue;
      }
      next ??= newQueue(elements.slice(0, index));
      begun ||= before.taken === null;
      this.#sort(after, next, complete);
    }
    if (next === null) return UNCHANGED;
    matches.changed = true;
    matches.partial = next;
    const found = this.#emit(matches, complete);
    if (arrival.place !== null) this.#buffer.releaseEvent(arrival.place.event);
    return { found, begun };
  }

  /** No event comes before `time` any more: what takes too long is over. Gives the matches that only waited for this, and those that ran out of time. */
  advanceTime(matches: Matches, time: number): { readonly found: readonly Match[]; readonly timedOut: readonly TimedOut[] } {
    const { elements } = matches.partial;
    if (!elements.some((match) => this.#overSince(match, time) !== null)) return NOTHING_OVER;
    const next = newQueue();
    const complete = newQueue();
    const timedOut: TimedOut[] = [];
    for (const match of elements) {
      const over = this.#overSince(match, time);
      if (over === null) next.add(match);
      else if (this.#state(match.state).kind === 'PENDING') complete.add(match);
      else {
        if (this.#reportsTimeouts) timedOut.push({ match: this.#materialize(this.#path(match)), time: over });
        this.#release(match);
      }
    }
    matches.changed = true;
    matches.partial = next;
    return { found: this.#emit(matches, complete), timedOut };
  }

  /** When the partial match ran out of time, ms; null = it has not. */
  #overSince({ state, taken }: PartialMatch, time: number): number | null {
    if (taken === null) return null;
    const { gap } = this.#state(state);
    const { window } = this.#nfa;
    if (gap > 0 && time - taken.last >= gap) return taken.last + gap;
    return window > 0 && time - taken.time >= window ? taken.time + window : null;
  }

  #sort(after: readonly PartialMatch[], next: MatchQueue<PartialMatch>, complete: MatchQueue<PartialMatch>): void {
    const going: PartialMatch[] = [];
    let stopped = false;
    for (const match of after) {
      const { kind } = this.#state(match.state);
      if (kind === 'FINAL') complete.add(match);
      else if (kind !== 'STOP') going.push(match);
      else {
        stopped = true;
        this.#release(match);
      }
    }
    if (stopped) for (const match of going) this.#release(match);
    else next.addAll(going);
  }

  /** What becomes of a partial match with the event; null: it stays as it is. */
  #advance(matches: Matches, before: PartialMatch, arrival: Arrival): readonly PartialMatch[] | null {
    const { taken } = before;
    this.#ctx.about(taken?.link ?? null, arrival.time);
    const own = this.#state(before.state);
    const transitions = this.#possible(own, arrival.value);
    if (taken === null && transitions.every(({ action }) => action === 'IGNORE')) return null;
    if (transitions.length === 1 && transitions[0]?.action === 'IGNORE' && transitions[0].target === own) return null;
    const after: PartialMatch[] = [];
    for (const transition of transitions) {
      if (transition.action === 'TAKE') this.#take(matches, taken, transition, arrival, after);
      else if (taken !== null) this.#go(after, transition.target, taken);
    }
    if (taken === null) after.push(before);
    else this.#release(before);
    return after;
  }

  #take(matches: Matches, before: TakenSoFar | null, { source, target }: Transition, arrival: Arrival, after: PartialMatch[]): void {
    arrival.place ??= this.#register(matches, arrival);
    const link = matches.nextLink++;
    this.#buffer.addLink(link, source.pattern, arrival.place.event, before?.link ?? null);
    const { event, time } = before ?? arrival.place;
    const taken = { link, event, time, last: arrival.time };
    this.#go(after, target, taken);
    const end = this.#endAfter(target, arrival.value);
    if (end !== null) this.#go(after, end, taken);
  }

  #register(matches: Matches, { value, time }: Arrival): EventPlace {
    const event = matches.nextEvent++;
    this.#buffer.addEvent(event, value, time);
    return { time, event };
  }

  #go(after: PartialMatch[], { name }: NfaState, taken: TakenSoFar): void {
    after.push({ state: name, taken: { ...taken } });
    this.#buffer.hold(taken.link);
  }

  #release({ taken }: PartialMatch): void {
    if (taken !== null) this.#buffer.release(taken.link);
  }

  #path({ taken }: PartialMatch): readonly Taken[] {
    return this.#buffer.path(taken?.link ?? null);
  }

  /** Transitions that the event allows, also those of states it is shown to on the way. */
  #possible(state: NfaState, event: unknown): readonly Transition[] {
    const possible: Transition[] = [];
    const states = [state];
    for (let at = states.pop(); at !== undefined; at = states.pop()) {
      for (const transition of at.transitions) {
        if (!holds(transition.when, event, this.#ctx)) continue;
        if (transition.action === 'PROCEED') states.push(transition.target);
        else possible.push(transition);
      }
    }
    return possible;
  }

  /** The final state, when what comes after `state` may all be left out. */
  #endAfter(state: NfaState, event: unknown): NfaState | null {
    const states = [state];
    for (let at = states.pop(); at !== undefined; at = states.pop()) {
      for (const { action, target, when } of at.transitions) {
        if (action !== 'PROCEED' || !holds(when, event, this.#ctx)) continue;
        if (target.kind === 'FINAL') return target;
        states.push(target);
      }
    }
    return null;
  }

  /** Emits what is complete, earliest start first. With a skip strategy a match waits for partial matches that started before it. */
  #emit(matches: Matches, complete: MatchQueue<PartialMatch>): readonly Match[] {
    const { completed, partial } = matches;
    const { skip } = this.#nfa;
    completed.addAll(complete.elements);
    if (complete.elements.length > 0) matches.changed = true;
    const found: Match[] = [];
    for (let match = completed.first; match !== undefined; match = completed.first) {
      const earliest = partial.first;
      if (skip.kind !== 'NO_SKIP' && earliest !== undefined && !startsNotLater(match, earliest)) break;
      matches.changed = true;
      completed.poll();
      const path = this.#path(match);
      const isGivenUp = givenUpFor(skip, this.#places(path));
      if (isGivenUp !== null) {
        this.#giveUp(partial, isGivenUp);
        this.#giveUp(completed, isGivenUp);
      }
      found.push(this.#materialize(path));
      this.#release(match);
    }
    return found;
  }

  #giveUp(queue: MatchQueue<PartialMatch>, isGivenUp: (start: EventPlace) => boolean): void {
    queue.removeIf((match) => {
      const gone = match.taken !== null && isGivenUp(match.taken);
      if (gone) this.#release(match);
      return gone;
    });
  }

  #places(path: readonly Taken[]): MatchPlaces {
    const places = new Map<string, EventPlace[]>();
    for (const { pattern, event } of path) {
      const list = places.get(pattern) ?? [];
      places.set(pattern, list);
      list.push(this.#buffer.place(event));
    }
    return places;
  }

  #materialize(path: readonly Taken[]): Match {
    return Object.fromEntries(
      this.#nfa.patterns.map((name) => [
        name,
        path.filter(({ pattern }) => pattern === name).map(({ event }) => this.#buffer.value(event)),
      ]),
    );
  }

  /** Throws IllegalStateException for a state of another pattern. */
  #state(name: string): NfaState {
    const state = this.#nfa.states.get(name);
    if (state !== undefined) return state;
    throw new IllegalStateException(
      `State ${name} does not exist in the NFA. NFA has states ${[...this.#nfa.states.keys()].join(', ')}.`,
      'The pattern was changed after the checkpoint was taken. Start without it, or give the pattern an operator with another uid.',
    );
  }
}

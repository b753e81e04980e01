/**
 * Pattern → automaton, as Flink's NFACompiler builds it: from the last part to the first, each part pointing to what was built before. States and
 * transitions are made in Flink's order, on which the order of matches depends.
 */
import { MalformedPatternException } from '../api/errors.ts';
import { ALWAYS, and, not, type Term } from './conditions.ts';
import type { Nfa, NfaState } from './nfa.ts';
import { connect, NfaStates, onlyWithout, retarget } from './nfa-states.ts';
import { type Contiguity, isNot, leavesOf, type PatternPart, type Times } from './part.ts';
import { checkNames, checkSkipTarget } from './pattern-checks.ts';
import type { AfterMatchSkipStrategy } from './skip.ts';

/** No pattern may have this name: it is the state in which a match is complete. */
export const END = '$endState$';

/** The automaton of a pattern, which is given by its last part. Throws MalformedPatternException. */
export function compileNfa(last: PatternPart, skip: AfterMatchSkipStrategy): Nfa {
  checkNames(last, END);
  checkSkipTarget(last, skip);
  return new Compiler().compile(last, skip);
}

class Compiler {
  readonly #states = new NfaStates();
  /** Of groups that repeat: whether their first repetition is being built, which is entered from outside. */
  readonly #atFirst = new Map<PatternPart, boolean>();
  /** What greedy patterns with `until` lead to once the loop has been stopped. */
  readonly #unrestricted = new Map<NfaState, NfaState>();
  #window: number | null = null;
  #group: PatternPart | null = null;
  #following: PatternPart | null = null;

  compile(last: PatternPart, skip: AfterMatchSkipStrategy): Nfa {
    this.#window = last.within;
    const end = this.#states.create(END, 'FINAL');
    const start = this.#sequence(last, end);
    this.#checkTimes(last);
    const patterns = leavesOf(last).filter((part) => !isNot(part));
    return { start, states: this.#states.all, window: this.#window ?? 0, patterns: patterns.map(({ name }) => name), skip };
  }

  #checkTimes(last: PatternPart): void {
    const window = this.#window;
    const gaps = [...this.#states.all.values()].map(({ gap }) => gap);
    if (window !== null && gaps.some((gap) => gap > window)) {
      throw new MalformedPatternException(
        'The window length between the previous and current event cannot be larger than the window length between the first and last event for a Pattern.',
      );
    }
    if (last.contiguity === 'NOT_FOLLOW' && !((last.gap ?? 0) > 0) && (window ?? 0) === 0) {
      throw new MalformedPatternException(
        'NotFollowedBy is not supported without windowTime as a last part of a Pattern!',
        "Say how long to wait, for example .within('10 s'), or what has to follow.",
      );
    }
  }

  /** All parts up to `last`; gives the state of the first. */
  #sequence(last: PatternPart, sink: NfaState): NfaState {
    let part = last;
    let next = sink;
    while (part.previous !== null) {
      next = this.#middle(part, next);
      this.#following = part;
      part = part.previous;
      // The shortest time anywhere holds for the whole match.
      if (part.within !== null && part.within < (this.#window ?? Number.POSITIVE_INFINITY)) this.#window = part.within;
    }
    return this.#part(part, next);
  }

  #middle(part: PatternPart, sink: NfaState): NfaState {
    switch (part.contiguity) {
      case 'NOT_FOLLOW':
        return this.#absence(part, sink);
      case 'NOT_NEXT':
        return this.#notNext(part, sink);
      default:
        return this.#part(part, sink);
    }
  }

  /** In the middle, `notFollowedBy` is only in the transitions around it; at the end it waits until its time is over. */
  #absence(part: PatternPart, sink: NfaState): NfaState {
    if (sink.kind !== 'FINAL' || (part.gap === null && (this.#window ?? 0) === 0)) return sink;
    const forbidden = this.#takes(part);
    const pending = this.#states.create(part.name, 'PENDING', part.gap ?? 0);
    connect(pending, 'PROCEED', this.#states.stop(part.name, forbidden), forbidden);
    connect(pending, 'IGNORE', pending, not(forbidden));
    return pending;
  }

  #notNext(part: PatternPart, sink: NfaState): NfaState {
    const forbidden = this.#takes(part);
    const state = this.#states.create(part.name, 'NORMAL', part.gap ?? 0);
    const stop = this.#states.stop(part.name, forbidden);
    // At the end an event has to come before it is known that it is not the forbidden one.
    connect(state, sink.kind === 'FINAL' ? 'IGNORE' : 'PROCEED', sink, not(forbidden));
    connect(state, 'PROCEED', stop, forbidden);
    return state;
  }

  #part(part: PatternPart, sink: NfaState): NfaState {
    const state = this.#repeated(part, sink);
    for (const { name, forbidden } of this.#absencesBefore(part)) connect(state, 'PROCEED', this.#states.stop(name, forbidden), forbidden);
    return state;
  }

  #repeated(part: PatternPart, sink: NfaState): NfaState {
    const { times } = part;
    if (times === null) {
      return this.#single(part, sink, sink, this.#takes(part), this.#ignores(part, this.#entry(part)), this.#isOptional(part));
    }
    if (part.kind !== 'LOOPING') return this.#times(part, sink, sink, times);
    this.#enterGroup(part, false);
    const loop = this.#loop(part, this.#withoutAbsences(part, sink));
    this.#enterGroup(part, true);
    return this.#times(part, loop, sink, times);
  }

  /** `from` to `to` repetitions, one state after the other. `rest`: where an optional one leads when it is left out. */
  #times(part: PatternPart, sink: NfaState, rest: NfaState, { from, to }: Times): NfaState {
    this.#enterGroup(part, false);
    const takes = this.#takesUntil(part);
    const ignores = this.#ignoresUntil(part);
    if (part.greedy && from !== to) this.#restrict(part, sink, takes);
    let next = sink;
    for (let i = from; i < to; i++) next = this.#repetition(part, next, rest, takes, ignores, true);
    for (let i = 1; i < from; i++) next = this.#repetition(part, next, null, takes, ignores, false);
    this.#enterGroup(part, true);
    return this.#single(part, next, rest, takes, this.#ignores(part, this.#entry(part)), part.optional);
  }

  #repetition(part: PatternPart, sink: NfaState, rest: NfaState | null, takes: Term, ignores: Term | null, optional: boolean): NfaState {
    const state = this.#single(part, sink, rest, takes, ignores, optional);
    this.#stopLoop(state);
    return state;
  }

  /** While a greedy pattern takes the event, what follows does not. */
  #restrict(part: PatternPart, sink: NfaState, takes: Term): void {
    if (part.until !== null) this.#unrestricted.set(sink, this.#states.copy(sink));
    onlyWithout(sink, takes);
  }

  /** One event of a pattern, or a whole group. An optional one has a second state, so that what it leads on to is entered only once. */
  #single(part: PatternPart, sink: NfaState, rest: NfaState | null, takes: Term, ignores: Term | null, optional: boolean): NfaState {
    if (part.group !== null) return this.#groupOnce(part, part.group, sink, optional ? rest : null);
    const state = this.#states.create(part.name, 'NORMAL', part.times === null ? (part.gap ?? 0) : 0);
    const after = this.#withoutAbsences(part, sink);
    connect(state, 'TAKE', after, takes);
    // The first state of a group is left through the group's own transition.
    if (optional && rest !== null && !this.#isHead(part)) this.#leave(part, state, rest);
    if (ignores === null) return state;
    if (!optional) {
      connect(state, 'IGNORE', state, ignores);
      return state;
    }
    const waiting = this.#states.create(part.name, 'NORMAL');
    connect(waiting, 'TAKE', after, takes);
    connect(waiting, 'IGNORE', waiting, ignores);
    for (const { name, forbidden } of this.#absencesBefore(part))
      connect(waiting, 'PROCEED', this.#states.stop(name, forbidden), forbidden);
    connect(state, 'IGNORE', waiting, ignores);
    return state;
  }

  /** On to what follows a pattern that may be left out, or a loop that may go on. */
  #leave(part: PatternPart, state: NfaState, rest: NfaState): void {
    const always = this.#always();
    if (!part.greedy || part.until === null) {
      connect(state, 'PROCEED', rest, always);
      return;
    }
    const free = this.#unrestricted.get(rest);
    if (free !== undefined) connect(state, 'PROCEED', free, and(always, part.until));
    connect(state, 'PROCEED', rest, and(always, not(part.until)));
  }

  #loop(part: PatternPart, sink: NfaState): NfaState {
    if (part.group !== null) return this.#groupLoop(part, part.group, sink);
    const takes = this.#takesUntil(part);
    const ignores = this.#ignoresUntil(part);
    const loop = this.#states.create(part.name, 'NORMAL');
    if (part.greedy && part.until !== null) this.#unrestricted.set(sink, this.#states.copy(sink));
    this.#leave(part, loop, sink);
    if (part.greedy) onlyWithout(sink, this.#takes(part));
    connect(loop, 'TAKE', loop, takes);
    this.#stopLoop(loop);
    if (ignores === null) return loop;
    const waiting = this.#states.create(part.name, 'NORMAL');
    connect(waiting, 'TAKE', loop, takes);
    connect(waiting, 'IGNORE', waiting, ignores);
    connect(loop, 'IGNORE', waiting, ignores);
    this.#stopLoop(waiting);
    return loop;
  }

  #groupOnce(part: PatternPart, last: PatternPart, sink: NfaState, rest: NfaState | null): NfaState {
    const always = this.#always();
    return this.#inside(part, () => {
      const first = this.#sequence(last, sink);
      if (rest !== null) connect(first, 'PROCEED', rest, always);
      return first;
    });
  }

  #groupLoop(part: PatternPart, last: PatternPart, sink: NfaState): NfaState {
    const always = this.#always();
    const again = this.#states.create(part.name, 'NORMAL');
    return this.#inside(part, () => {
      const first = this.#sequence(last, again);
      connect(first, 'PROCEED', sink, always);
      connect(again, 'PROCEED', first, always);
      return first;
    });
  }

  #inside(group: PatternPart, build: () => NfaState): NfaState {
    const [outer, following] = [this.#group, this.#following];
    this.#group = group;
    const state = build();
    this.#group = outer;
    this.#following = following;
    return state;
  }

  #enterGroup(part: PatternPart, atFirst: boolean): void {
    if (part.group !== null) this.#atFirst.set(part, atFirst);
  }

  /** `notFollowedBy` directly before a part, or before optional ones: what it forbids. */
  #absencesBefore(part: PatternPart): readonly { readonly name: string; readonly forbidden: Term }[] {
    const absences: { name: string; forbidden: Term }[] = [];
    for (let before = part.previous; before !== null; before = before.previous) {
      if (before.contiguity === 'NOT_FOLLOW') absences.push({ name: before.name, forbidden: this.#takes(before) });
      else if (!before.optional) break;
    }
    return absences;
  }

  /** Once an optional part has taken an event, what was forbidden before it no longer is. */
  #withoutAbsences(part: PatternPart, sink: NfaState): NfaState {
    const names = this.#absencesBefore(part).map(({ name }) => name);
    if (names.length === 0 || !part.optional) return sink;
    const copy = this.#states.create(sink.pattern, sink.kind);
    for (const transition of sink.transitions) {
      const { action, target, when } = transition;
      if (action !== 'PROCEED') connect(copy, action, retarget(transition, copy), when);
      else if (target.kind !== 'STOP') connect(copy, action, this.#withoutAbsences(part, target), when);
      else if (!names.includes(target.pattern)) connect(copy, action, target, when);
    }
    return copy;
  }

  /** A loop also ends with what `notFollowedBy` after it forbids. */
  #stopLoop(state: NfaState): void {
    const following = this.#following;
    if (following?.contiguity !== 'NOT_FOLLOW') return;
    const forbidden = this.#takes(following);
    connect(state, 'PROCEED', this.#states.stop(following.name, forbidden), forbidden);
  }

  #isHead(part: PatternPart): boolean {
    return this.#group !== null && part.previous === null;
  }

  #groupAtFirst(): boolean {
    return this.#group === null || (this.#atFirst.get(this.#group) ?? true);
  }

  #isOptional(part: PatternPart): boolean {
    return this.#group !== null && this.#isHead(part) ? this.#groupAtFirst() && this.#group.optional : part.optional;
  }

  /** How the part follows what is before it; the first of a group follows as the group does. */
  #entry(part: PatternPart): Contiguity {
    if (this.#group === null || !this.#isHead(part)) return part.contiguity;
    return this.#groupAtFirst() ? this.#group.contiguity : this.#group.inner;
  }

  /** Which events are passed over while the part waits; null = none. */
  #ignores(part: PatternPart, contiguity: Contiguity): Term | null {
    if (contiguity === 'STRICT') return null;
    return this.#unlessGroupEnds(contiguity === 'SKIP_TILL_NEXT' ? not(part.condition ?? ALWAYS) : ALWAYS);
  }

  #ignoresUntil(part: PatternPart): Term | null {
    const ignores = this.#ignores(part, this.#group !== null && this.#isHead(part) ? this.#group.inner : part.inner);
    return part.until === null || ignores === null ? ignores : and(not(part.until), ignores);
  }

  #takes(part: PatternPart): Term {
    return this.#unlessGroupEnds(part.condition ?? ALWAYS);
  }

  #takesUntil(part: PatternPart): Term {
    const takes = this.#takes(part);
    return part.until === null ? takes : and(not(part.until), takes);
  }

  #always(): Term {
    return this.#unlessGroupEnds(ALWAYS);
  }

  #unlessGroupEnds(term: Term): Term {
    const until = this.#group?.until ?? null;
    return until === null ? term : and(not(until), term);
  }
}

/** What a pattern means, without an automaton: every choice of events is tried. For patterns that are neither greedy nor in groups. */
import { Pattern } from '../../../engine/cep/pattern.ts';
import type { Event } from './matching.ts';

export type Contiguous = 'next' | 'followedBy' | 'followedByAny';

export interface Repeats {
  readonly from: number;
  readonly to: number;
}

export interface Step {
  readonly contiguity: Contiguous;
  /** The kinds of events that match, a letter each. */
  readonly kinds: string;
  readonly repeats: Repeats;
  readonly inner: Contiguous;
  readonly optional: boolean;
  /**
   * Forbidden before this step: as the next event, or until the step. Not before the first, nor next to an optional one; and not after one that repeats,
   * as the forbidden event also ends the repetition.
   */
  readonly forbidden: { readonly kind: string; readonly only: 'next' | 'until' } | null;
}

const name = (index: number): string => `p${index}`;

function forbiddenAt(steps: readonly Step[], index: number): Step['forbidden'] {
  const [before, step] = [steps[index - 1], steps[index]];
  if (before === undefined || step === undefined || before.optional || step.optional || before.repeats.to > 1) return null;
  return step.forbidden;
}

/** The same as a Pattern. */
export function patternOf(steps: readonly Step[], within: number | null): Pattern<Event> {
  let pattern: Pattern<Event> | null = null;
  for (const [index, step] of steps.entries()) {
    if (pattern === null) pattern = Pattern.begin<Event>(name(index));
    else {
      const forbidden = forbiddenAt(steps, index);
      if (forbidden !== null) {
        const not: Pattern<Event> = forbidden.only === 'next' ? pattern.notNext(`not ${index}`) : pattern.notFollowedBy(`not ${index}`);
        pattern = not.where((event) => event.kind === forbidden.kind);
      }
      pattern = pattern[step.contiguity](name(index));
    }
    pattern.where((event) => step.kinds.includes(event.kind));
    quantify(pattern, step);
  }
  if (pattern === null) throw new Error('no steps');
  return within === null ? pattern : pattern.within(within);
}

function quantify(pattern: Pattern<Event>, { repeats: { from, to }, inner, optional }: Step): void {
  if (to === Number.POSITIVE_INFINITY) pattern.timesOrMore(from);
  else if (to > 1) pattern.times(from, to);
  if (to > 1 && inner === 'next') pattern.consecutive();
  if (to > 1 && inner === 'followedByAny') pattern.allowCombinations();
  if (optional) pattern.optional();
}

/** Matches as sorted texts, "p0:a1 p1:b2,b3". */
export function bruteForce(steps: readonly Step[], within: number | null, input: readonly Event[]): readonly string[] {
  const found: string[] = [];

  /** All ways to go on with step `index`, when `taken` are the events so far and `last` is the place of the newest. */
  const go = (index: number, taken: readonly (readonly Event[])[], last: number, first: Event | null): void => {
    const step = steps[index];
    if (step === undefined) {
      if (last >= 0)
        found.push(taken.flatMap((list, at) => (list.length === 0 ? [] : [`${name(at)}:${list.map(({ id }) => id).join(',')}`])).join(' '));
      return;
    }
    if (step.optional) go(index + 1, [...taken, []], last, first);
    repeat(step, index, taken, [], last, first);
  };

  const repeat = (
    step: Step,
    index: number,
    taken: readonly (readonly Event[])[],
    list: readonly Event[],
    last: number,
    first: Event | null,
  ): void => {
    if (list.length >= step.repeats.from) go(index + 1, [...taken, list], last, first);
    if (list.length === step.repeats.to) return;
    const contiguity = list.length === 0 ? step.contiguity : step.inner;
    for (let at = last + 1; at < input.length; at++) {
      const event = input[at];
      if (event === undefined) break;
      const matches = step.kinds.includes(event.kind);
      const inTime = within === null || first === null || event.time - first.time < within;
      if (matches && inTime && (list.length > 0 || isAllowed(index, last, at)))
        repeat(step, index, taken, [...list, event], at, first ?? event);
      // The first event of a match may be anywhere.
      if (first !== null && (contiguity === 'next' || (contiguity === 'followedBy' && matches))) break;
    }
  };

  const isAllowed = (index: number, last: number, at: number): boolean => {
    const forbidden = last < 0 ? null : forbiddenAt(steps, index);
    if (forbidden === null) return true;
    const between = forbidden.only === 'next' ? input.slice(last + 1, last + 2) : input.slice(last + 1, at);
    return between.every(({ kind }) => kind !== forbidden.kind);
  };

  go(0, [], -1, null);
  return found.sort();
}

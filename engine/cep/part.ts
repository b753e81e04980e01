import type { Term } from './conditions.ts';

/** How an event may follow the one before it: `next`, `followedBy`, `followedByAny`, `notNext`, `notFollowedBy`. */
export type Contiguity = 'STRICT' | 'SKIP_TILL_NEXT' | 'SKIP_TILL_ANY' | 'NOT_NEXT' | 'NOT_FOLLOW';

/** How often a pattern repeats: `from` to `to` times, or in a LOOPING one `from` times or more (`to` is then `from`). */
export interface Times {
  readonly from: number;
  readonly to: number;
}

/** One named pattern, or a group, of a sequence: what the methods of `Pattern` have said about it. */
export interface PatternPart {
  readonly name: string;
  readonly previous: PatternPart | null;
  readonly contiguity: Contiguity;
  /** The last part of a group's own sequence; null for a pattern that takes events itself. */
  readonly group: PatternPart | null;
  kind: 'SINGLE' | 'TIMES' | 'LOOPING';
  /** Between repetitions. */
  inner: Contiguity;
  times: Times | null;
  optional: boolean;
  greedy: boolean;
  /** null: any event. */
  condition: Term | null;
  until: Term | null;
  /** ms between the first and the last event of the match; null = any. */
  within: number | null;
  /** ms between the event before and the one of this pattern; null = any. */
  gap: number | null;
}

export function newPart(name: string, previous: PatternPart | null, contiguity: Contiguity, group: PatternPart | null = null): PatternPart {
  return {
    name,
    previous,
    contiguity,
    group,
    kind: 'SINGLE',
    inner: 'SKIP_TILL_NEXT',
    times: null,
    optional: false,
    greedy: false,
    condition: null,
    until: null,
    within: null,
    gap: null,
  };
}

export function isNot({ contiguity }: PatternPart): boolean {
  return contiguity === 'NOT_NEXT' || contiguity === 'NOT_FOLLOW';
}

/** A sequence from its first part to `last`. */
export function sequenceOf(last: PatternPart): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  for (let part: PatternPart | null = last; part !== null; part = part.previous) parts.push(part);
  return parts.reverse();
}

/** The parts that take events or forbid them, in order, with those of groups. */
export function leavesOf(last: PatternPart): readonly PatternPart[] {
  return sequenceOf(last).flatMap((part) => (part.group === null ? [part] : leavesOf(part.group)));
}

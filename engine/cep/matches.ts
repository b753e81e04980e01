import { MatchQueue } from './match-queue.ts';
import { comparePlaces } from './skip.ts';

/** A match on its way: where in the automaton, and what it has taken. Plain data. */
export interface PartialMatch {
  /** Name of the state in which it stands. */
  readonly state: string;
  /** What it has taken. */
  readonly taken: TakenSoFar | null;
}

/** Numbers only: two partial matches never share an object, which would be stored as shared. */
export interface TakenSoFar {
  /** The newest link. */
  readonly link: number;
  /** The first event, and its time in ms. */
  readonly event: number;
  readonly time: number;
  /** ms of the event taken last. */
  readonly last: number;
}

/** What is kept of one key, in the order of Flink's queues. Plain data. */
export interface KeptMatches {
  readonly partial: readonly PartialMatch[];
  /** Complete, but not emitted yet: an earlier partial match may still make them skipped. */
  readonly completed: readonly PartialMatch[];
  readonly nextEvent: number;
  readonly nextLink: number;
}

/** Earliest start first; what has not started comes last. */
function compareStarts(first: PartialMatch, second: PartialMatch): number {
  if (first.taken === null || second.taken === null) return Number(first.taken === null) - Number(second.taken === null);
  return comparePlaces(first.taken, second.taken);
}

export function startsNotLater(first: PartialMatch, second: PartialMatch): boolean {
  return compareStarts(first, second) <= 0;
}

export function newQueue(heap: readonly PartialMatch[] = []): MatchQueue<PartialMatch> {
  return new MatchQueue(compareStarts, heap);
}

/** The matches of the current key while they are worked on. */
export class Matches {
  partial: MatchQueue<PartialMatch>;
  readonly completed: MatchQueue<PartialMatch>;
  nextEvent: number;
  nextLink: number;
  /** Something is different from what was kept. */
  changed = false;

  /** `kept` null: only the start. */
  constructor(kept: KeptMatches | null, start: PartialMatch) {
    this.partial = newQueue(kept?.partial ?? [start]);
    this.completed = newQueue(kept?.completed);
    this.nextEvent = kept?.nextEvent ?? 0;
    this.nextLink = kept?.nextLink ?? 0;
  }

  /** What to keep; null when nothing has started. */
  kept(): KeptMatches | null {
    const { partial, completed, nextEvent, nextLink } = this;
    if (completed.elements.length === 0 && partial.elements.every(({ taken }) => taken === null)) return null;
    return { partial: partial.elements, completed: completed.elements, nextEvent, nextLink };
  }
}

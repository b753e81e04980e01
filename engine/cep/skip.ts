import { FlinkRuntimeException, IllegalArgumentException } from '../api/errors.ts';

export type SkipKind = 'NO_SKIP' | 'SKIP_PAST_LAST_EVENT' | 'SKIP_TO_NEXT' | 'SKIP_TO_FIRST' | 'SKIP_TO_LAST';

/** Place of an event among the events of its key: by time, then as they were taken. */
export interface EventPlace {
  readonly time: number;
  readonly event: number;
}

/** Below 0 when the first is earlier. */
export function comparePlaces(first: EventPlace, second: EventPlace): number {
  if (first.time !== second.time) return first.time < second.time ? -1 : 1;
  return first.event - second.event;
}

/** The events of a match, by pattern; patterns without events are missing. */
export type MatchPlaces = ReadonlyMap<string, readonly EventPlace[]>;

/** Which other matches and partial matches are given up once a match is found: those that started up to an event of it. */
export class AfterMatchSkipStrategy {
  /** For the engine. */
  readonly kind: SkipKind;
  /** For the engine: the pattern that is skipped to. */
  readonly pattern: string | null;
  /** For the engine. */
  readonly throws: boolean;

  protected constructor(kind: SkipKind, pattern: string | null, throws = false) {
    this.kind = kind;
    this.pattern = pattern;
    this.throws = throws;
  }

  /** Every match is emitted. The default. */
  static noSkip(): AfterMatchSkipStrategy {
    return new AfterMatchSkipStrategy('NO_SKIP', null);
  }
  /** Gives up what started before the match ended. */
  static skipPastLastEvent(): AfterMatchSkipStrategy {
    return new AfterMatchSkipStrategy('SKIP_PAST_LAST_EVENT', null);
  }
  /** Gives up what started with the same event. */
  static skipToNext(): AfterMatchSkipStrategy {
    return new AfterMatchSkipStrategy('SKIP_TO_NEXT', null);
  }
  /** Gives up what started before the first event of a pattern. */
  static skipToFirst(patternName: string): SkipToElementStrategy {
    return SkipToElementStrategy.to('SKIP_TO_FIRST', patternName);
  }
  /** Gives up what started before the last event of a pattern. */
  static skipToLast(patternName: string): SkipToElementStrategy {
    return SkipToElementStrategy.to('SKIP_TO_LAST', patternName);
  }
}

/** Skips to an event of a named pattern; when the match has none, nothing is skipped. */
export class SkipToElementStrategy extends AfterMatchSkipStrategy {
  static to(kind: 'SKIP_TO_FIRST' | 'SKIP_TO_LAST', patternName: unknown): SkipToElementStrategy {
    if (typeof patternName === 'string') return new SkipToElementStrategy(kind, patternName);
    throw new IllegalArgumentException(`The pattern to skip to is a name, not ${String(patternName)}.`);
  }
  /** Fails the job when the match has no such event, or begins with it. */
  throwExceptionOnMiss(): SkipToElementStrategy {
    return new SkipToElementStrategy(this.kind, this.pattern, true);
  }
}

/**
 * Whether something that started at `start` is given up for a match; null when the match gives up nothing. Throws FlinkRuntimeException as
 * `throwExceptionOnMiss` says.
 */
export function givenUpFor({ kind, pattern, throws }: AfterMatchSkipStrategy, match: MatchPlaces): ((start: EventPlace) => boolean) | null {
  const all = [...match.values()].flat();
  switch (kind) {
    case 'NO_SKIP':
      return null;
    case 'SKIP_PAST_LAST_EVENT':
      return upTo(
        all.reduce((last, place) => (comparePlaces(place, last) > 0 ? place : last)),
        true,
      );
    case 'SKIP_TO_NEXT':
      return upTo(firstOf(all), true);
    case 'SKIP_TO_FIRST':
    case 'SKIP_TO_LAST': {
      const target = match.get(pattern ?? '')?.at(kind === 'SKIP_TO_FIRST' ? 0 : -1);
      if (throws) checkTarget(target, all, pattern ?? '', match);
      return target === undefined ? null : upTo(target, false);
    }
  }
}

function firstOf(places: readonly EventPlace[]): EventPlace {
  return places.reduce((first, place) => (comparePlaces(place, first) < 0 ? place : first));
}

function upTo(limit: EventPlace, inclusive: boolean): (start: EventPlace) => boolean {
  return (start) => {
    const order = comparePlaces(start, limit);
    return order < 0 || (inclusive && order === 0);
  };
}

function checkTarget(target: EventPlace | undefined, all: readonly EventPlace[], pattern: string, match: MatchPlaces): void {
  if (target === undefined) {
    throw new FlinkRuntimeException(
      `Could not skip to ${pattern}. No such element in the found match of ${[...match.keys()].join(', ')}`,
      'Leave out throwExceptionOnMiss() if a match may come without it.',
    );
  }
  if (comparePlaces(target, firstOf(all)) === 0) {
    throw new FlinkRuntimeException(
      'Could not skip to first element of a match.',
      'The same match would be found again. Skip to a later pattern, or leave out throwExceptionOnMiss().',
    );
  }
}

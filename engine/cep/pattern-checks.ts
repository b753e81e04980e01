import { IllegalArgumentException, MalformedPatternException, UnsupportedOperationException } from '../api/errors.ts';
import { isNot, leavesOf, type PatternPart, sequenceOf, type Times } from './part.ts';
import type { AfterMatchSkipStrategy } from './skip.ts';

/** Every name once, and none that is taken. Throws MalformedPatternException. */
export function checkNames(last: PatternPart, taken: string): void {
  const names = new Set([taken]);
  for (const { name } of leavesOf(last).toReversed()) {
    if (names.has(name)) throw new MalformedPatternException(`Duplicate pattern name: ${name}. Names must be unique.`);
    names.add(name);
  }
}

/** The pattern to skip to is part of the sequence. Throws MalformedPatternException. */
export function checkSkipTarget(last: PatternPart, { pattern }: AfterMatchSkipStrategy): void {
  const names = sequenceOf(last).map(({ name }) => name);
  if (pattern === null || names.includes(pattern)) return;
  throw new MalformedPatternException(
    'The pattern name specified in AfterMatchSkipStrategy can not be found in the given Pattern',
    `The pattern has ${names.join(', ')}, and no ${pattern}.`,
  );
}

/** Throws IllegalArgumentException. */
export function checkTimes(from: number, to: number): Times {
  if (!Number.isInteger(from) || from <= 0) throw new IllegalArgumentException('The from should be a positive number greater than 0.');
  if (!Number.isInteger(to) || to < from) {
    throw new IllegalArgumentException(`The to should be a number greater than or equal to from: ${from}.`);
  }
  return { from, to };
}

/** Throws MalformedPatternException for a second quantifier, and on a pattern with `not`. */
export function checkUnquantified(part: PatternPart): void {
  checkPositive(part);
  if (part.kind === 'SINGLE') return;
  const { from, to } = part.times ?? { from: 1, to: 1 };
  throw new MalformedPatternException(
    `Already applied quantifier to this Pattern. Current quantifier is: ${part.kind === 'LOOPING' ? `${from} or more` : `${from} to ${to}`}`,
  );
}

export function checkPositive(part: PatternPart): void {
  if (isNot(part)) throw new MalformedPatternException('Option not applicable to NOT pattern');
}

/** Throws UnsupportedOperationException where `notNext` or `notFollowedBy` would come after an optional pattern. */
export function checkNotAfter({ optional }: PatternPart): void {
  if (!optional) return;
  throw new UnsupportedOperationException(
    'Specifying a pattern with an optional path to NOT condition is not supported yet. You can simulate such pattern with two independent patterns, one with and the other without the optional part.',
  );
}

export function checkOptional(part: PatternPart): void {
  if (part.previous?.greedy === true) throw new MalformedPatternException('Optional pattern cannot be preceded by greedy pattern');
  if (part.optional) throw new MalformedPatternException('Optional already applied!');
  if (isNot(part)) throw new MalformedPatternException('NOT pattern cannot be optional');
}

export function checkGreedy(part: PatternPart): void {
  checkPositive(part);
  if (part.group !== null) throw new MalformedPatternException('Option not applicable to group pattern');
  if (part.inner === 'SKIP_TILL_ANY') throw new MalformedPatternException('Option not applicable to FollowedByAny pattern');
  if (part.kind === 'SINGLE') throw new MalformedPatternException('Option not applicable to singleton quantifier');
}

/** `what`: "Combinations" or "Consecutive". */
export function checkInner(part: PatternPart, what: string, inner: 'STRICT' | 'SKIP_TILL_ANY'): void {
  if (part.kind === 'SINGLE') {
    throw new MalformedPatternException(`${what} not applicable to a pattern that does not repeat!`, 'Call oneOrMore or times before it.');
  }
  if (part.inner === inner) throw new MalformedPatternException(`${what} already applied!`);
  if (part.inner !== 'SKIP_TILL_NEXT') {
    throw new MalformedPatternException('You can apply apply either combinations or consecutive, not both!');
  }
}

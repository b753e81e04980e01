import type { Position, Range } from './types.ts';

/** Offsets at which lines start, as editors and terminals count lines: after \n, \r\n or \r. */
export function lineStarts(text: string): readonly number[] {
  return startsAfter(text, /\r\n|\n|\r/g);
}

/** Offsets at which lines start as JavaScript counts them (ECMA-262, 12.3): also after U+2028 and U+2029. */
export function scriptLineStarts(text: string): readonly number[] {
  return startsAfter(text, /\r\n|[\n\r\u2028\u2029]/g);
}

function startsAfter(text: string, lineEnd: RegExp): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(lineEnd)) starts.push(match.index + match[0].length);
  return starts;
}

/** The 1-based line and column of an offset; offsets outside the text are moved to its ends. */
export function positionAt(text: string, offset: number, starts: readonly number[] = lineStarts(text)): Position {
  const inside = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= inside) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: inside - (starts[low] ?? 0) + 1 };
}

/** The range between two offsets, `end` excluded. */
export function rangeAt(text: string, start: number, end: number): Range {
  const starts = lineStarts(text);
  return { start: positionAt(text, start, starts), end: positionAt(text, Math.max(start, end), starts) };
}

import type { FieldSource } from './chart-fields.ts';
import type { ChartMark } from './types.ts';

/** Width of the only bar of a chart over time, ms. */
const LONE_BAR = 1_000;

/** Bars that fit beside each other. */
const MAX_BARS = 300;

/** Windows as points at their start, where that was asked for; else points are drawn at the end. */
export function pointsOf(marks: readonly ChartMark[], from: FieldSource['from']): readonly ChartMark[] {
  return from === '$window.start' ? marks.map((mark) => ({ ...mark, end: mark.start })) : marks;
}

/** Bars of overlapping windows: before their end, as wide as windows are apart. */
export function barsBeforeEnd(marks: readonly ChartMark[]): readonly ChartMark[] {
  const slide = leastGap(marks.map(({ end }) => end)) ?? Number.POSITIVE_INFINITY;
  return marks.map((mark) => ({ ...mark, start: Math.max(mark.start, mark.end - slide) }));
}

/** Steps of time of `step` ms as bars, as wide as the closest of them are apart. */
export function barsFromStart(marks: readonly ChartMark[], step: number): readonly ChartMark[] {
  const width = barWidth(marks.map(({ start }) => start)) ?? Math.max(step, LONE_BAR);
  return marks.map((mark) => ({ ...mark, end: mark.start + width }));
}

/** The width of bars at these places: as far as the closest are apart, but never too thin to be seen; null when there are no two places. */
export function barWidth(places: readonly number[]): number | null {
  const gap = leastGap(places);
  return gap === null ? null : Math.max(gap, (Math.max(...places) - Math.min(...places)) / MAX_BARS);
}

/** The smallest distance between two different places; null when there are no two. */
function leastGap(places: readonly number[]): number | null {
  const inOrder = Array.from(new Set(places)).sort((a, b) => a - b);
  return inOrder.slice(1).reduce<number | null>((least, place, index) => {
    const gap = place - (inOrder[index] ?? place);
    return least === null ? gap : Math.min(least, gap);
  }, null);
}

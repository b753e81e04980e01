import { OTHERS_SLOT } from '../output/slots.ts';
import type { ChartData } from '../output/types.ts';

/** After so many windows the picture no longer changes by itself. */
export const SETTLED_WINDOWS = 3;

/** "Others" larger than the named keys together by this factor would press them flat. */
const DWARFS = 2;

/** How many windows with a final result the chart shows. */
export function firedWindows(chart: ChartData): number {
  return new Set(chart.marks.filter((mark) => !mark.open).map((mark) => mark.end)).size;
}

/** Whether the stack of "others" is so high that nobody could read the keys below it. Only where values stack: bars of windows. */
export function othersDwarf(chart: ChartData): boolean {
  if (chart.kind !== 'window-bars') {
    return false;
  }
  let named = 0;
  let others = 0;
  for (const { slot, value } of chart.marks) {
    if (slot === OTHERS_SLOT) {
      others += Math.abs(value);
    } else {
      named += Math.abs(value);
    }
  }
  return named > 0 && others > named * DWARFS;
}

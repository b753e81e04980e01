/** What a chart over time draws besides its marks. */
import { plotOf } from '../output/plot.ts';
import { timeText } from '../output/text.ts';
import type { ChartData } from '../output/types.ts';
import type { ChartLayout, PlacedMark } from './chart-layout.ts';
import { STRINGS } from './strings.ts';

export const DAY = 86_400_000;

/** Values of the parameters of a plot that is `width` pixels wide. */
export function timeParameters(
  chart: ChartData,
  { x0, x1, watermark, narrowest }: ChartLayout,
  [yMin, yMax]: readonly [number, number],
  width: number,
): Readonly<Record<string, unknown>> {
  const barWidth = (width * (narrowest ?? x1 - x0)) / (x1 - x0);
  const isCategory = plotOf(chart)?.axis === 'category';
  return {
    x0,
    x1,
    yMin,
    yMax,
    gap: Math.max(0, Math.min(2, barWidth * 0.06)),
    xTicks: Math.max(2, Math.floor(width / 100)),
    xFormat: x1 - x0 > 3 * DAY ? '%b %d' : x1 - x0 > DAY / 2 ? '%b %d, %H:%M' : '%H:%M:%S',
    xLabelLimit: Math.max(40, width / (x1 - x0) - 8),
    labels: isCategory ? chart.categories.map(({ label }) => label) : [],
    labelAlign: watermark !== null && watermark - x0 > (x1 - x0) * 0.3 ? 'right' : 'left',
  };
}

/** The row of the watermark; none while it is not on the axis. */
export function clockRows({ x0, x1, watermark }: ChartLayout): readonly object[] {
  return watermark === null
    ? []
    : [{ watermark, to: x1, label: STRINGS.chart.watermark(timeText(Math.floor(watermark / 1_000) * 1_000, x1 - x0 > DAY)) }];
}

/** The marks; `last` is true for the newest final one of a series. */
export function markRows({ marks }: ChartLayout): readonly (PlacedMark & { readonly last: boolean })[] {
  const lastOf = new Map(marks.filter((mark) => !mark.open).map((mark) => [mark.slot, mark.end]));
  return marks.map((mark) => ({ ...mark, last: lastOf.get(mark.slot) === mark.end }));
}

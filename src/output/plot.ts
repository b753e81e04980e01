import type { ChartData, Plot } from './types.ts';

/** A chart as marks over an x axis; null when it has no such axis. */
export function plotOf({ kind, plot }: Pick<ChartData, 'kind' | 'plot'>): Plot | null {
  switch (kind) {
    case 'window-bars':
      return { mark: 'bar', axis: 'event-time' };
    case 'lines':
      return { mark: 'line', axis: 'event-time' };
    case 'plot':
      return plot ?? null;
    default:
      return null;
  }
}

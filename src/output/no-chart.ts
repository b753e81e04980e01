import * as l10n from '@vscode/l10n';
import type { ChartData } from './types.ts';

/** The chart of an output whose results are none to draw. */
export function noChart(): ChartData {
  return {
    kind: 'none',
    x: null,
    y: null,
    colour: null,
    series: [],
    marks: [],
    categories: [],
    windowSize: null,
    others: 0,
    missed: 0,
    reason: l10n.t('A preview shows the first records as a table.'),
  };
}

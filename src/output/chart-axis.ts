import { type ChartRow, type FieldSource, isAt, numberAt, valueAt } from './chart-fields.ts';
import { isTimeOf, most } from './infer-chart.ts';
import type { Plot } from './types.ts';

/** What an x axis of these values is. */
export function axisOf(sample: readonly ChartRow[], source: FieldSource): Plot['axis'] {
  switch (source.from) {
    case '$timestamp':
    case '$window.start':
    case '$window.end':
      return 'event-time';
    case 'field':
      return axisOfField(sample, source);
    default:
      return 'category';
  }
}

function axisOfField(sample: readonly ChartRow[], source: Extract<FieldSource, { readonly from: 'field' }>): Plot['axis'] {
  const rows = sample.filter((row) => isAt(source, row));
  if (rows.every((row) => row.timestamp !== null && numberAt(source, row) === row.timestamp)) {
    return 'event-time';
  }
  if (rows.every((row) => valueAt(source, row) instanceof Date || isTimeOf(row, source.name))) {
    return 'time';
  }
  return most(rows, (row) => numberAt(source, row) !== null) ? 'number' : 'category';
}

/** Outputs in words: for screen readers, and as the text/plain fallback of a notebook output. */
import { jsonFieldOf } from './columns.ts';
import { errorText } from './failure.ts';
import { countText, durationText, fullNumber, rangeText, sizeText, timeText, valueText } from './text.ts';
import type { ChartData, OutputState, TableRow } from './types.ts';

/** Rows of the text/plain fallback. */
const PLAIN_ROWS = 20;

/** What the chart shows, in a few sentences. */
export function chartSummary(state: OutputState): string {
  const { chart } = state;
  switch (chart.kind) {
    case 'none':
      return chart.reason ?? 'No chart yet.';
    case 'single-number':
      return chart.categories.map(({ label, value }) => `${label}: ${fullNumber(value)}.`).join(' ');
    case 'category-bars':
      return `Bars of ${chart.x ?? 'values'} per ${chart.y ?? 'key'}. ${listed(chart.categories.slice(0, 6).map(({ label, value }) => `${label} ${fullNumber(value)}`))}.`;
    default:
      return windowSummary(state, chart);
  }
}

/** The whole output as plain text: error, phase, and the newest rows as tab-separated lines. */
export function plainText(state: OutputState): string {
  const parts: string[] = [];
  if (state.error !== null) {
    parts.push(errorText(state.error));
  }
  if (state.rows.length > 0) {
    parts.push(`${state.name}: ${countText(state.totalRows, 'result')}`, rowsText(state));
  }
  parts.push(...state.log.slice(-PLAIN_ROWS).map(({ line }) => line));
  return parts.length === 0 ? `${state.name}: no results` : parts.join('\n');
}

/** "Live", "Finished in 0.4 s", "Stopped after 4 m 02 s", "Failed after 37 s" …: the phase and its clock. */
export function phaseText(state: OutputState): string {
  const { phase, elapsed } = state.status;
  const clock = durationText(elapsed);
  switch (phase) {
    case 'compiling':
      return `Compiling, ${clock}`;
    case 'starting':
      return `Starting, ${clock}`;
    case 'running':
      return 'Live';
    case 'finished':
      return `Finished in ${clock}`;
    case 'failed':
      return `Failed after ${clock}`;
    case 'stopped':
      return `Stopped after ${clock}`;
    case 'unresponsive':
      return `No answer from the job, ${clock}`;
  }
}

/** Whether the watermark passed the window before the row came, or the input ended: null firedAt of a window row is the end of the input. */
export function firedAtText(row: TableRow, withDate = false): string {
  if (row.firedAt !== null) {
    return timeText(row.firedAt, withDate);
  }
  return row.window === null ? '' : 'end of input';
}

function windowSummary(state: OutputState, chart: ChartData): string {
  const { status } = state;
  const windows = (open: boolean): number => new Set(chart.marks.filter((mark) => mark.open === open).map((mark) => mark.end)).size;
  const lines = chart.kind === 'lines';
  const size = chart.windowSize === null ? '' : ` per ${sizeText(chart.windowSize)} window`;
  const parts = [`${lines ? 'Lines' : chart.series.length > 1 ? 'Stacked bars' : 'Bars'} of ${chart.y ?? 'values'}${size}.`];
  if (chart.windowSize !== null) {
    parts.push(
      `${countText(windows(false), 'window has', 'windows have')} fired, ${fullNumber(windows(true))} ${windows(true) === 1 ? 'is' : 'are'} open.`,
    );
  }
  const last = chart.marks
    .filter((mark) => !mark.open)
    .reduce<ChartData['marks'][number] | null>((newest, mark) => (newest === null || mark.end > newest.end ? mark : newest), null);
  const values = chart.series
    .filter((series) => series.lastFired !== null)
    .map(({ label, lastFired }) => `${label} ${fullNumber(lastFired ?? 0)}`.trim());
  if (last !== null && values.length > 0) {
    parts.push(
      `${chart.windowSize === null ? 'Last values' : `In the last fired window, ${rangeText(last.start, last.end)}`}: ${listed(values)}.`,
    );
  }
  if (status.watermark !== null) {
    parts.push(`Watermark ${timeText(status.watermark)}.`);
  }
  const late = status.lateDropped + status.lateCounted;
  if (late > 0) {
    parts.push(`${countText(late, 'late record')}, ${fullNumber(status.lateDropped)} of them dropped.`);
  }
  return parts.join(' ');
}

function rowsText(state: OutputState): string {
  const windowed = state.rows.some((row) => row.window !== null);
  const names = state.columns.map((column) => column.name);
  const lines = state.rows.slice(-PLAIN_ROWS).map((row) => {
    const cells = names.map((name) => valueText(jsonFieldOf(row.value, name)));
    return [...(windowed ? [row.window === null ? '' : rangeText(row.window.start, row.window.end)] : []), ...cells].join('\t');
  });
  return [[...(windowed ? ['window'] : []), ...names].join('\t'), ...lines].join('\n');
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

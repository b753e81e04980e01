/** Outputs in words: for screen readers, and as the text/plain fallback of a notebook output. */
import * as l10n from '@vscode/l10n';
import { jsonFieldOf } from './columns.ts';
import { errorText } from './failure.ts';
import { plotOf } from './plot.ts';
import { countText, durationText, fullNumber, rangeText, sizeText, timeText, valueText } from './text.ts';
import type { ChartData, OutputState, Plot, TableRow } from './types.ts';

/** Rows of the text/plain fallback. */
const PLAIN_ROWS = 20;

/** What the chart shows, in a few sentences. */
export function chartSummary(state: OutputState): string {
  const { chart } = state;
  switch (chart.kind) {
    case 'none':
      return chart.reason ?? l10n.t('No chart yet.');
    case 'single-number':
      return chart.categories.map(({ label, value }) => l10n.t('{0}: {1}.', label, fullNumber(value))).join(' ');
    case 'category-bars':
      return l10n.t(
        'Bars of {0} per {1}. {2}.',
        chart.x ?? l10n.t('values'),
        chart.y ?? l10n.t('key'),
        listed(chart.categories.slice(0, 6).map(({ label, value }) => `${label} ${fullNumber(value)}`)),
      );
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
    parts.push(l10n.t('{0}: {1}', state.name, countText(state.totalRows, 'result')), rowsText(state));
  }
  parts.push(...state.log.slice(-PLAIN_ROWS).map(({ line }) => line));
  return parts.length === 0 ? l10n.t('{0}: no results', state.name) : parts.join('\n');
}

/** "Live", "Finished in 0.4 s", "Stopped after 4 m 02 s", "Failed after 37 s" …: the phase and its clock. */
export function phaseText(state: OutputState): string {
  const { phase, elapsed } = state.status;
  const clock = durationText(elapsed);
  switch (phase) {
    case 'compiling':
      return l10n.t('Compiling, {0}', clock);
    case 'starting':
      return l10n.t('Starting, {0}', clock);
    case 'running':
      return l10n.t('Live');
    case 'finished':
      return l10n.t('Finished in {0}', clock);
    case 'failed':
      return l10n.t('Failed after {0}', clock);
    case 'stopped':
      return l10n.t('Stopped after {0}', clock);
    case 'unresponsive':
      return l10n.t('No answer from the job, {0}', clock);
  }
}

/** Whether the watermark passed the window before the row came, or the input ended: null firedAt of a window row is the end of the input. */
export function firedAtText(row: TableRow, withDate = false): string {
  if (row.firedAt !== null) {
    return timeText(row.firedAt, withDate);
  }
  return row.window === null ? '' : l10n.t('end of input');
}

function windowSummary(state: OutputState, chart: ChartData): string {
  const { status } = state;
  const windows = (open: boolean): number => new Set(chart.marks.filter((mark) => mark.open === open).map((mark) => mark.end)).size;
  const parts = [whatIsDrawn(chart)];
  if (chart.windowSize !== null) {
    parts.push(firedText(windows(false), windows(true)));
  }
  const last = chart.marks
    .filter((mark) => !mark.open)
    .reduce<ChartData['marks'][number] | null>((newest, mark) => (newest === null || mark.end > newest.end ? mark : newest), null);
  const values = chart.series
    .filter((series) => series.lastFired !== null)
    .map(({ label, lastFired }) => `${label} ${fullNumber(lastFired ?? 0)}`.trim());
  if (last !== null && values.length > 0) {
    parts.push(
      chart.windowSize === null
        ? l10n.t('Last values: {0}.', listed(values))
        : l10n.t('In the last fired window, {0}: {1}.', rangeText(last.start, last.end), listed(values)),
    );
  }
  if (status.watermark !== null) {
    parts.push(l10n.t('Watermark {0}.', timeText(status.watermark)));
  }
  const late = status.lateDropped + status.lateCounted;
  if (late > 0) {
    parts.push(l10n.t('{0}, {1} of them dropped.', countText(late, 'late record'), fullNumber(status.lateDropped)));
  }
  return parts.join(' ');
}

function whatIsDrawn(chart: ChartData): string {
  const values = chart.y ?? l10n.t('values');
  const mark = plotOf(chart)?.mark ?? 'bar';
  if (chart.windowSize !== null) {
    return perWindow(mark, values, sizeText(chart.windowSize), chart.series.length > 1);
  }
  if (chart.kind === 'plot') {
    return overPlaces(mark, values, chart.x ?? '');
  }
  return mark === 'line'
    ? l10n.t('Lines of {0}.', values)
    : chart.series.length > 1
      ? l10n.t('Stacked bars of {0}.', values)
      : l10n.t('Bars of {0}.', values);
}

function perWindow(mark: Plot['mark'], values: string, size: string, stacked: boolean): string {
  switch (mark) {
    case 'line':
      return l10n.t('Lines of {0} per {1} window.', values, size);
    case 'area':
      return l10n.t('Areas of {0} per {1} window.', values, size);
    case 'point':
      return l10n.t('Points of {0} per {1} window.', values, size);
    case 'bar':
      return stacked ? l10n.t('Stacked bars of {0} per {1} window.', values, size) : l10n.t('Bars of {0} per {1} window.', values, size);
  }
}

function overPlaces(mark: Plot['mark'], values: string, places: string): string {
  switch (mark) {
    case 'line':
      return l10n.t('Lines of {0} over {1}.', values, places);
    case 'area':
      return l10n.t('Areas of {0} over {1}.', values, places);
    case 'point':
      return l10n.t('Points of {0} over {1}.', values, places);
    case 'bar':
      return l10n.t('Bars of {0} over {1}.', values, places);
  }
}

/** The numbers of windows that have fired and that are open. */
function firedText(fired: number, open: number): string {
  if (fired === 1) {
    return open === 1 ? l10n.t('1 window has fired, 1 is open.') : l10n.t('1 window has fired, {0} are open.', open);
  }
  return open === 1 ? l10n.t('{0} windows have fired, 1 is open.', fired) : l10n.t('{0} windows have fired, {1} are open.', fired, open);
}

function rowsText(state: OutputState): string {
  const windowed = state.rows.some((row) => row.window !== null);
  const names = state.columns.map((column) => column.name);
  const lines = state.rows.slice(-PLAIN_ROWS).map((row) => {
    const cells = names.map((name) => valueText(jsonFieldOf(row.value, name)));
    return [...(windowed ? [row.window === null ? '' : rangeText(row.window.start, row.window.end)] : []), ...cells].join('\t');
  });
  return [[...(windowed ? [l10n.t('window')] : []), ...names].join('\t'), ...lines].join('\n');
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? l10n.t('nothing') : texts.join(', ');
}

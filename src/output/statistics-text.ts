import * as l10n from '@vscode/l10n';
import type { CheckpointHistoryEntry, CheckpointStatistics, FigureSummary } from '../../engine/checkpoint/statistics.ts';
import { fullNumber, timeText } from './text.ts';

/** The statistics of a run's checkpoints as a text in columns, for people; times in their time zone. */
export function statisticsText(title: string, { counts, summary, latest, history }: CheckpointStatistics): string {
  const { restored } = latest;
  return [
    title,
    l10n.t('{0} triggered, {1} completed, {2} failed', counts.total, counts.completed, counts.failed),
    ...(restored === null ? [] : [l10n.t('Restored from run {0}, checkpoint {1}', restored.run, restored.checkpoint)]),
    '',
    ...columns([
      ['', 'min', 'avg', 'p50', 'p90', 'p95', 'p99', 'max'],
      [l10n.t('End to end, ms'), ...figures(summary.end_to_end_duration)],
      [l10n.t('State, bytes'), ...figures(summary.state_size)],
      [l10n.t('Written, bytes'), ...figures(summary.checkpointed_size)],
    ]),
    '',
    ...columns([
      [
        '',
        l10n.t('Type'),
        l10n.t('Triggered'),
        l10n.t('End to end, ms'),
        l10n.t('Pause, ms'),
        l10n.t('State, bytes'),
        l10n.t('Written, bytes'),
      ],
      ...history.map(row),
    ]),
    '',
  ].join('\n');
}

function figures({ min, avg, p50, p90, p95, p99, max }: FigureSummary): readonly string[] {
  return [min, avg, p50, p90, p95, p99, max].map((figure) => fullNumber(Math.round(figure)));
}

function row(entry: CheckpointHistoryEntry): readonly string[] {
  const { id, is_savepoint, trigger_timestamp, end_to_end_duration, sync_duration, state_size, checkpointed_size } = entry;
  const begin = [String(id), is_savepoint ? l10n.t('savepoint') : l10n.t('checkpoint'), timeText(trigger_timestamp, true)];
  if (entry.failure_message !== null) return [...begin, l10n.t('failed: {0}', entry.failure_message)];
  return [...begin, ...[end_to_end_duration, sync_duration, state_size, checkpointed_size].map((figure) => fullNumber(Math.round(figure)))];
}

/** Cells below each other, as wide as the widest; the first row has the heads. What stands last in a shorter row may be of any length. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const count = rows[0]?.length ?? 0;
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((cells) => (at < cells.length - 1 || cells.length === count ? (cells[at]?.length ?? 0) : 0))),
  );
  return rows.map((cells) =>
    cells
      .map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

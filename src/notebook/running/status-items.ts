import type { Pace } from '../../../engine/runtime/pace.ts';
import { bytesText } from '../../checkpoints/bytes-text.ts';
import type { JobProgress } from '../../host/protocol.ts';
import type { OutputState, ReplayStatus } from '../../output/types.ts';
import { durationText, fullNumber, shortNumber, timeText } from '../../output/text.ts';
import type { CellView, Localizer, StatusItem } from '../../platform/ports.ts';
import { shortPaceLabel } from './pace-choice.ts';
import type { ActiveRun, RunEnd } from './run-reducer.ts';

/** How a cell's runs stand. */
export interface RunStatus {
  readonly active: ActiveRun | null;
  /** How the last run of this window ended. */
  readonly end: RunEnd | null;
  readonly progress: JobProgress | null;
  /** A debugger holds the job. */
  readonly paused: boolean;
  /** Wall-clock ms since the run was asked for; null when nothing runs. */
  readonly elapsed: number | null;
  readonly error: OutputState['error'];
  /** The cell or one it depends on changed after the run. */
  readonly outOfDate: boolean;
}

/** What the status bar of a cell is made from. */
export interface CellStatus extends RunStatus {
  readonly cell: CellView;
  readonly pace: Pace;
}

/** A cell that this window has not run. */
export const NEVER_RUN: RunStatus = {
  active: null,
  end: null,
  progress: null,
  paused: false,
  elapsed: null,
  error: null,
  outOfDate: false,
};

/** The status bar of a `ts` cell, left to right: phase · elapsed · records · watermark · late · last checkpoint, and the pace at the right. */
export function statusItems(l10n: Localizer, status: CellStatus): readonly StatusItem[] {
  const { progress, cell } = status;
  const items: StatusItem[] = [phaseItem(l10n, status)];
  if (status.active?.stage !== 'queued' && progress !== null && (status.active !== null || status.end !== null)) {
    items.push(text(durationText(status.active === null ? progress.elapsed : (status.elapsed ?? progress.elapsed))));
    items.push(text(l10n.t('in {0} · out {1}', shortNumber(progress.recordsIn), shortNumber(progress.recordsOut))));
    if (progress.watermark !== null) {
      items.push(
        text(
          l10n.t('watermark {0}', timeText(Math.floor(progress.watermark / 1000) * 1000)),
          l10n.t('No record before this event time is expected.'),
        ),
      );
    }
    if (progress.lateDropped > 0) {
      const tooltip = l10n.t('Records that came behind the watermark and were dropped.');
      items.push(text(l10n.t('$(warning) late {0}', shortNumber(progress.lateDropped)), tooltip));
    }
    if (progress.checkpoint !== null) items.push(checkpointItem(l10n, progress.checkpoint, progress.stateBytes));
  }
  if (status.outOfDate && status.active === null) {
    const tooltip = l10n.t('The cell, or a cell it depends on, is not what it was when it ran.');
    items.push(text(l10n.t('$(history) changed after this run'), tooltip));
  }
  items.push({
    text: shortPaceLabel(l10n, status.pace),
    tooltip: l10n.t('How fast bounded input is played. Choose another pace.'),
    side: 'right',
    command: { id: 'streambook.setPace', args: [cell.uri] },
  });
  return items;
}

function checkpointItem(l10n: Localizer, { number, time }: NonNullable<JobProgress['checkpoint']>, stateBytes: number): StatusItem {
  return {
    text: l10n.t('checkpoint {0}', number),
    tooltip: l10n.t(
      'The newest checkpoint, taken at {0}. State now: about {1}. Show the checkpoints.',
      timeText(time),
      bytesText(stateBytes),
    ),
    side: 'left',
    command: { id: 'streambook.checkpoints.focus', args: [] },
  };
}

function phaseItem(l10n: Localizer, status: CellStatus): StatusItem {
  const { active, end, progress, cell } = status;
  if (active === null) {
    return text(end === null ? l10n.t('Not run yet') : endLabel(l10n, end), end === 'failed' ? (status.error?.title ?? null) : null);
  }
  if (status.paused)
    return text(l10n.t('$(debug-pause) Paused in debugger'), l10n.t('Checkpoints and a new pace wait until the job goes on.'));
  if (active.silent) {
    return {
      text: l10n.t('$(warning) Does not respond'),
      tooltip: l10n.t('Code in the cell has not returned for some seconds. Kill the job.'),
      side: 'left',
      command: { id: 'streambook.killJob', args: [cell.uri] },
    };
  }
  if (active.stopping) {
    return {
      text: l10n.t('$(debug-stop) Stopping'),
      tooltip: l10n.t('Kill the job.'),
      side: 'left',
      command: { id: 'streambook.killJob', args: [cell.uri] },
    };
  }
  switch (active.stage) {
    case 'queued':
      return text(
        l10n.t('$(clock) Waiting for another job to end'),
        l10n.t('The setting streambook.maxRunningJobs limits how many run at once.'),
      );
    case 'compiling':
      return text(l10n.t('$(tools) Compiling'));
    case 'starting':
      return text(l10n.t('$(rocket) Starting'));
    case 'running': {
      if (progress !== null && progress.replay !== null) return replayItem(l10n, progress.replay);
      if (progress?.status === 'RESTARTING')
        return text(l10n.t('$(sync) Restarting'), l10n.t('The job has failed and waits for its restart. The Jobs view says why.'));
      const percent = progress?.fraction == null ? null : Math.floor(progress.fraction * 100);
      if (percent === null) return text(l10n.t('$(broadcast) Running'));
      const left = progress?.timeLeft ?? null;
      return text(
        left === null
          ? l10n.t('$(broadcast) Running {0} %', percent)
          : l10n.t('$(broadcast) Running {0} %, {1} left', percent, durationText(Math.ceil(left / 1000) * 1000)),
        l10n.t('How much of the bounded input has been read, and about how long the rest takes at this pace.'),
      );
    }
  }
}

function replayItem(l10n: Localizer, { state, record, last, atEnd }: ReplayStatus): StatusItem {
  const where = atEnd ? l10n.t('at the end') : l10n.t('record {0} of {1}', fullNumber(record), fullNumber(last));
  const icon = { playing: '$(play)', paused: '$(debug-pause)', moving: '$(sync)' }[state];
  return text(
    l10n.t('{0} Replay, {1}', icon, where),
    l10n.t('A recorded run is shown. Nothing is read or written outside of it. Stop it to leave.'),
  );
}

function endLabel(l10n: Localizer, end: RunEnd): string {
  switch (end) {
    case 'finished':
      return l10n.t('Finished');
    case 'failed':
      return l10n.t('Failed');
    case 'stopped':
      return l10n.t('Stopped');
  }
}

function text(label: string, tooltip: string | null = null): StatusItem {
  return { text: label, tooltip, side: 'left', command: null };
}

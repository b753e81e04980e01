import { type ExceptionEntry, withException } from '../../../engine/failover/exception-history.ts';
import type { JobExceptionView } from '../../checkpoints/jobs-tree.ts';
import { describeFailure } from '../../output/failure.ts';
import type { Localizer } from '../../platform/ports.ts';
import type { ProgramCell } from '../../program/types.ts';

/** The newest failures of a run with another one, newest first. */
export function withShownException(
  shown: readonly JobExceptionView[],
  entry: ExceptionEntry,
  cells: readonly ProgramCell[],
  l10n: Localizer,
): readonly JobExceptionView[] {
  return withException(shown, {
    time: entry.timestamp,
    error: describeFailure(entry.failure, cells),
    consequence: consequenceOf(entry, l10n),
  });
}

function consequenceOf({ decision }: ExceptionEntry, l10n: Localizer): string {
  if (decision.kind === 'restart') return l10n.t('restart {0} after {1} ms', decision.attempt, Math.round(decision.delay));
  switch (decision.reason) {
    case 'none':
      return l10n.t('not restarted: restart-strategy.type is none');
    case 'exhausted':
      return l10n.t('not restarted: the restart strategy allows no more');
    case 'repeated':
      return l10n.t('not restarted: it came back at the same record');
    case 'suppressed':
      return l10n.t('not restarted: the error says that it would not help');
  }
}

import * as l10n from '@vscode/l10n';
import type { OperatorCompatibility } from '../../engine/checkpoint/compatibility.ts';

/** Operators that are named; more are counted. */
const MAX_NAMED = 5;

/** What became of the state of a restored job where it is not simply there again, a line for each operator. */
export function changesOfState(compatibility: readonly OperatorCompatibility[] | null): readonly string[] {
  const changes = (compatibility ?? []).flatMap((one) => {
    const change = changeOf(one);
    return change === null ? [] : [change];
  });
  const more = changes.length - MAX_NAMED;
  return more > 0 ? [...changes.slice(0, MAX_NAMED), l10n.t('and {0} more', more)] : changes;
}

function changeOf({ fate, saved, operator, reason }: OperatorCompatibility): string | null {
  const was = saved?.label ?? '';
  const is = operator?.label ?? '';
  switch (fate) {
    case 'converted':
      return was === is
        ? l10n.t('{0} goes on with its state. {1}', is, reason)
        : l10n.t('{0} goes on with the state of {1}. {2}', is, was, reason);
    case 'reset':
      return l10n.t('{0} begins without state. {1}', is, reason);
    case 'dropped':
      return l10n.t('The state of {0} was left behind. {1}', was, reason);
    case 'kept':
    case 'refused':
      return null;
  }
}

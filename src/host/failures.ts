import * as l10n from '@vscode/l10n';
import type { JobFailure } from '../../engine/runtime/job.ts';
import { plainFailure } from '../../engine/runtime/plain-failure.ts';

/** Anything that was thrown, as a failure. */
export function failureOfError(thrown: unknown): JobFailure {
  if (!(thrown instanceof Error)) {
    return plainFailure('', l10n.t('The code threw {0}.', describe(thrown)));
  }
  return { ...plainFailure(thrown.name, thrown.message), stack: thrown.stack ?? null };
}

function describe(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? JSON.stringify(thrown.slice(0, 200)) : String(thrown).slice(0, 200);
  } catch {
    return l10n.t('something of type {0}', typeof thrown);
  }
}

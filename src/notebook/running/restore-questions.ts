import type { RestoreQuestion } from '../../../engine/runtime/job.ts';
import type { Dialogs, Localizer } from '../../platform/ports.ts';

/** Picked for a state that no operator takes over. */
const NOBODY = Symbol('nobody');

/**
 * Asks which operators take over the states of a checkpoint, where that is not clear. Gives the answers as `streambook.state-recovery.match` has them;
 * null when the user gave up.
 */
export async function askWhoTakesOver(questions: readonly RestoreQuestion[], dialogs: Dialogs, l10n: Localizer): Promise<string | null> {
  const answers: string[] = [];
  const taken = new Set<string>();
  for (const { saved, candidates } of questions) {
    const states = saved.states.length === 0 ? '' : ` (${saved.states.join(', ')})`;
    const title = l10n.t('The pipeline was changed. Which operator goes on with the state of {0}{1}?', titleOf(saved), states);
    const open = candidates.filter(({ label }) => !taken.has(label));
    const answer = await dialogs.pick<string | typeof NOBODY>(title, [
      ...open.map(({ label, name }) => ({ label, description: name === label ? null : name, value: label })),
      { label: l10n.t('None: leave this state behind'), description: null, value: NOBODY },
    ]);
    if (answer === null) return null;
    if (answer !== NOBODY) taken.add(answer);
    answers.push(`${saved.label}=${answer === NOBODY ? '' : answer}`);
  }
  return answers.join(',');
}

function titleOf({ label, name }: RestoreQuestion['saved']): string {
  return name === label ? label : `${label}, ${name}`;
}

import type { Executor } from '../runtime/job.ts';
import type { JournalEntry } from '../runtime/mail.ts';

/** More steps than any journal needs. */
const MAX_STEPS = 100_000_000;

/**
 * Feeds a fresh executor of the same program with a journal: each mail at the turn at which it was delivered, then to the end of what can be
 * done. Afterwards state bytes and output equal those of the recorded run (rule 7). Throws when the program takes other turns than the recorded one.
 */
export function replay(executor: Executor, journal: readonly JournalEntry[]): void {
  for (const { turn, mail } of journal) {
    for (let steps = 0; executor.turnCount < turn; steps++) {
      const kind = executor.step(turn - executor.turnCount);
      if (kind === 'finished' || kind === 'failed' || steps > MAX_STEPS) {
        throw new Error(`The replay is ${kind} at turn ${executor.turnCount}, but the recorded run got mail at turn ${turn}.`);
      }
    }
    executor.deliver(mail);
  }
  for (let steps = 0; executor.step(4_096) === 'progress'; steps++)
    if (steps > MAX_STEPS) throw new Error('The replay does not come to rest.');
}

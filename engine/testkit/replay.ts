import type { Executor } from '../runtime/job.ts';
import type { JournalEntry } from '../runtime/mail.ts';

/** More steps than any script needs: a job that makes progress for ever is a bug, not a long test. */
const MAX_STEPS = 1_000_000;

/** Lets the job run until it waits for mail, has finished or has failed. Throws when it does not come to rest. */
export function drain(executor: Executor): void {
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    if (executor.step(1024) !== 'progress') return;
  }
  throw new Error(`The job did not come to rest within ${MAX_STEPS} steps.`);
}

/**
 * Feeds a fresh executor of the same program with a journal, each mail at its position, and runs it as far as the recorded run got.
 * Contract: afterwards state bytes and outputs equal those of the recorded run at its end (docs/architecture.md, rule 7).
 */
export function replayJournal(executor: Executor, journal: readonly JournalEntry[]): void {
  for (const { record, turn, mail } of journal) {
    for (let steps = 0; executor.recordCount < record || executor.turnCount < turn; steps++) {
      if (steps === MAX_STEPS) throw new Error(`The replay did not reach record ${record} within ${MAX_STEPS} steps.`);
      const before = [executor.recordCount, executor.turnCount].join();
      const kind = executor.step(1);
      if (kind !== 'progress' && [executor.recordCount, executor.turnCount].join() === before) {
        throw new Error(`The replay came to rest at record ${executor.recordCount}, but the recorded run got mail at record ${record}.`);
      }
    }
    executor.deliver(mail);
  }
  drain(executor);
}

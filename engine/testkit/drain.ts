import type { Executor } from '../runtime/job.ts';

/** More steps than any script needs: a job that makes progress for ever is a bug, not a long test. */
const MAX_STEPS = 1_000_000;

/** Lets the job run until it waits for mail, has finished or has failed. Throws when it does not come to rest. */
export function drain(executor: Executor): void {
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    if (executor.step(1024) !== 'progress') return;
  }
  throw new Error(`The job did not come to rest within ${MAX_STEPS} steps.`);
}

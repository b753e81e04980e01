import { hintOf } from '../api/errors.ts';
import type { JobFailure } from '../runtime/job.ts';

/** Something outside of the operators as the failure of a job. */
export function jobFailure(error: unknown): JobFailure {
  return {
    errorName: error instanceof Error ? error.name : 'Error',
    message: error instanceof Error ? error.message : String(error),
    operator: null,
    location: null,
    record: null,
    recordNumber: null,
    source: null,
    file: null,
    hint: hintOf(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
  };
}

import type { JobFailure } from './job.ts';

/** The failure of a job outside of any operator: nothing is known of a place or a record. */
export function plainFailure(errorName: string, message: string, hint: string | null = null): JobFailure {
  return {
    errorName,
    message,
    operator: null,
    location: null,
    record: null,
    recordNumber: null,
    source: null,
    file: null,
    hint,
    stack: null,
  };
}

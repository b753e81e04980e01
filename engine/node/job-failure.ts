import { hintOf, OutOfMemoryError } from '../api/errors.ts';
import type { JobFailure } from '../runtime/job.ts';
import { plainFailure } from '../runtime/plain-failure.ts';

/** Something outside of the operators as the failure of a job. */
export function jobFailure(error: unknown): JobFailure {
  if (!(error instanceof Error)) return plainFailure('Error', String(error), hintOf(error));
  const failure = { ...plainFailure(error.name, error.message, hintOf(error)), stack: error.stack ?? null };
  return error instanceof OutOfMemoryError ? { ...failure, suppressesRestarts: true } : failure;
}

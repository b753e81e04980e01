/**
 * The exceptions of Flink that user code can meet, under Flink's names: `error.name` is what error messages show.
 * `hint` is one sentence about what to do.
 */
abstract class FlinkError extends Error {
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

export class IllegalArgumentException extends FlinkError {
  override readonly name = 'IllegalArgumentException';
}

export class IllegalStateException extends FlinkError {
  override readonly name = 'IllegalStateException';
}

export class UnsupportedOperationException extends FlinkError {
  override readonly name = 'UnsupportedOperationException';
}

export class NullPointerException extends FlinkError {
  override readonly name = 'NullPointerException';
}

/** Java's RuntimeException, for the few cases where Flink throws it directly. */
export class RuntimeException extends FlinkError {
  override readonly name = 'RuntimeException';
}

/** Something outside of the job did not answer in time. */
export class TimeoutException extends FlinkError {
  override readonly name = 'TimeoutException';
}

/** A failure of Flink's own at run time. */
export class FlinkRuntimeException extends FlinkError {
  override readonly name = 'FlinkRuntimeException';
}

/** A pattern of complex event processing that cannot be. */
export class MalformedPatternException extends FlinkError {
  override readonly name = 'MalformedPatternException';
}

/** State of a checkpoint cannot be taken over by what the program now says of it. */
export class StateMigrationException extends FlinkError {
  override readonly name = 'StateMigrationException';
}

/** What Flink itself throws where something at run time is wrong. */
export class FlinkException extends FlinkError {
  override readonly name = 'FlinkException';
}

/** A record does not have the field that it is aggregated by. */
export class InvalidFieldReferenceException extends FlinkError {
  override readonly name = 'InvalidFieldReferenceException';
}

export class JobException extends FlinkError {
  override readonly name = 'JobException';
}

/** A user function threw it on purpose: fails the job without a restart. */
export class SuppressRestartsException extends Error {
  override readonly name = 'SuppressRestartsException';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The state of the job has outgrown its limit: it would again after a restart. */
export class StateTooLargeException extends FlinkError {
  override readonly name = 'StateTooLargeException';
}

/** The job uses more memory than it may, in its state or past it: it would again after a restart. */
export class OutOfMemoryError extends FlinkError {
  override readonly name = 'OutOfMemoryError';
}

/** The hint of an error, if it has one. */
export function hintOf(error: unknown): string | null {
  return error instanceof FlinkError ? error.hint : null;
}

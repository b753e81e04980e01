import type { SinkPlace } from '../connectors/user-sink.ts';

/** A writer or committer of the user's has failed. */
export class UserSinkError extends Error {
  override readonly name = 'UserSinkError';
  readonly place: SinkPlace;
  /** The record that was being written; undefined when there was none. */
  readonly record: unknown;

  constructor(place: SinkPlace, cause: unknown, record: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.place = place;
    this.record = record;
  }
}

/**
 * Where copies of a job's checkpoints go: set with `env.configure({ 'execution.checkpointing.storage': new MyStorage() })`. A checkpoint counts as complete,
 * and the sinks commit, once its copy is durable; a job can be restored from the storage alone.
 */
export interface CheckpointStorage {
  /** What messages and `env.getConfiguration()` call it. */
  readonly name: string;
  /** Reaches what the storage holds: once per run, before the first attempt. What it rejects with fails the job. */
  createCheckpointStorage(parameters: CheckpointStorageParameters): CheckpointStorageAccess | Promise<CheckpointStorageAccess>;
}

export interface CheckpointStorageParameters {
  /** The cell's `id=`, else its first declared name, else its ordinal. */
  readonly jobName: string;
  /** Name of the notebook's file. */
  readonly notebook: string;
}

/**
 * Files by name: letters, digits, `-`, `.` and `/`. Calls come one at a time. Each settles when it is done: what it wrote is durable then, and seen by every
 * call after it, from wherever. One that rejects may have been done or not, but never by half. Neither side changes bytes that it gave or was given.
 */
export interface CheckpointStorageAccess {
  /** The whole file; null or undefined when there is none. */
  read(name: string): Promise<Uint8Array | null | undefined>;
  /** Replaces a file of this name: whoever reads finds the old bytes or the new ones. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Makes a file, unless there is one of this name: of several that come at once, from wherever, one is told true and the others false, for good. It is small,
   * and says for people who has the name; `write` may replace it.
   */
  create(name: string, bytes: Uint8Array): Promise<boolean>;
  /** Does nothing when there is no such file. */
  delete(name: string): Promise<void>;
  /** The names of all files that begin with `prefix`, in any order. */
  list(prefix: string): Promise<readonly string[]>;
  /** The run has ended. Called once; what is in the storage stays. */
  dispose(): void | Promise<void>;
}

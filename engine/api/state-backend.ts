/**
 * Where keyed state is kept: set with `env.configure({ 'state.backend.type': new MyBackend() })`. Everything is synchronous. What it keeps is
 * working state only: checkpoints hold all of it in their own format, and a store always begins empty.
 */
export interface StateBackend {
  /** What messages and `env.getConfiguration()` call it. */
  readonly name: string;
  /** A new, empty store, once per keyed operator and subtask of each attempt; the engine puts back what a checkpoint holds. */
  createKeyedStateBackend(parameters: KeyedStateBackendParameters): KeyedStateBackend;
}

export interface KeyedStateBackendParameters {
  readonly jobName: string;
  /** Number of the run, from 1. */
  readonly run: number;
  /** Name of the operator, for messages. */
  readonly operatorName: string;
  /** The operator's number in the job. */
  readonly operator: number;
  readonly subtask: number;
  /** The key groups of the subtask. */
  readonly keyGroupRange: KeyGroupRange;
}

/** Both ends included. */
export interface KeyGroupRange {
  readonly startKeyGroup: number;
  readonly endKeyGroup: number;
}

/**
 * The keyed state of one operator in one subtask: bytes by bytes, in the order of unsigned bytes, a prefix first. What values mean, caches, checkpoints and
 * limits are the engine's. Neither side changes bytes that it gave or was given. What a method throws fails the job.
 */
export interface KeyedStateBackend {
  /** Null or undefined when there is no such key. */
  get(key: Uint8Array): Uint8Array | null | undefined;
  put(key: Uint8Array, value: Uint8Array): void;
  /** Does nothing when there is no such key. */
  delete(key: Uint8Array): void;
  /** The first `limit` entries with `from` ≤ key < `to`, in order, as they are now. All are taken before anything else is called. */
  scan(from: Uint8Array, to: Uint8Array, limit: number): Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** The job no longer needs the store and what is in it. Called once. */
  dispose(): void;
}

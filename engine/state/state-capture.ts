import type { TypeDescription } from './state-type.ts';

/**
 * What a checkpoint takes of keyed state, in three steps (rule 4): at the barrier an operator hands out captures, which costs next to nothing;
 * entries are encoded afterwards, each before its first change; then each capture gives sorted bytes.
 *
 * An entry is a pair of byte strings. Its key is `entryKey` (entry-codec.ts): key group, key, namespace, user key, so that the order of bytes is
 * the canonical order (rule 2) and nothing but the bytes is needed to show, compare, restore or rescale state. Its value is `encodeValue`.
 */

/** What a checkpoint says of a state beside its entries. */
export type AboutState = Pick<EncodedState, 'next' | 'type'>;

/** What kind of state it is; users see these words. */
export type StateKind =
  | 'value'
  | 'list'
  | 'map'
  | 'reducing'
  | 'aggregating'
  | 'reduce'
  | 'window'
  | 'event-time timers'
  | 'processing-time timers';

/** Entries of one key group, in the order of their key bytes, each key once. `values[i]` null: the entry is gone since the last capture. */
export interface EncodedGroup {
  readonly keyGroup: number;
  readonly keys: readonly Uint8Array[];
  readonly values: readonly (Uint8Array | null)[];
}

/** One keyed state of one subtask in a checkpoint. */
export interface EncodedState {
  readonly name: string;
  readonly kind: StateKind;
  /** 'full': all entries. 'delta': those changed or gone since the last capture of the same table. */
  readonly mode: 'full' | 'delta';
  /** In ascending order; groups without entries are left out. Each is sorted when it is come to, so that long work can be cut into turns: go through once. */
  readonly groups: Iterable<EncodedGroup>;
  /** Entries in the state as it was at the barrier, and their exact size in bytes (keys and values), also for a delta. */
  readonly entries: number;
  readonly bytes: number;
  /** Of timers: the earliest time, ms. Absent where there is none. */
  readonly next?: number;
  /** Of each value. Absent where values describe themselves. */
  readonly type?: TypeDescription;
}

/** One keyed state as it was at a barrier. */
export interface StateCapture {
  readonly name: string;
  readonly kind: StateKind;
  /** Entries not encoded yet. */
  readonly remaining: number;
  /**
   * Encodes at most `budget` entries more; gives how many are left. Throws StateEncodingError for a value that cannot be stored
   * (cyclic, a function, an instance of a class), naming the state and the key.
   */
  encode(budget: number): number;
  /** The bytes, once nothing remains. Ends the capture. */
  finish(): EncodedState;
  /** The checkpoint was called off. Ends the capture; the next one has to be full. */
  release(): void;
}

/** One keyed state of a checkpoint as an operator gets it back: only entries of its own key groups, in canonical order, none gone. */
export interface RestoredState {
  readonly name: string;
  readonly kind: StateKind;
  /** Of each value. Absent where values describe themselves, and in checkpoints from before types were kept. */
  readonly type?: TypeDescription;
  readonly entries: Iterable<readonly [key: Uint8Array, value: Uint8Array]>;
}

/** A value in state cannot be stored. */
export class StateEncodingError extends Error {
  override readonly name = 'StateEncodingError';
}

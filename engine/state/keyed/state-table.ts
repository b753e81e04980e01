import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { RestoredState, StateCapture, StateKind } from '../state-capture.ts';
import type { TypeDescription } from '../state-type.ts';
import type { StateSpec } from './state-spec.ts';

/** One keyed state, as a checkpoint takes it. */
export interface KeptState {
  readonly name: string;
  readonly kind: StateKind;
  /** Bytes as a checkpoint would store them: exact for what the last one had and has not changed since, an estimate for the rest. */
  readonly estimatedBytes: number;
  capture(full: boolean): StateCapture;
  writeState(writer: ByteWriter): void;
}

/** One registered keyed state: what user code uses, and what a checkpoint takes. */
export interface StateTable extends KeptState {
  /** The handle of user code: a ValueState, ListState, MapState, ReducingState or AggregatingState. */
  readonly state: object;
  /** Every key that has this state, in canonical order (rule 2), as it is now. */
  keys(): readonly unknown[];
  /** What is kept for a key, at most `limit` entries; looking at it does not count as a change. */
  view(keyGroup: number, key: unknown, limit: number): KeyedStateView;
  /** The same for each window in which the key has something. */
  windowViews(keyGroup: number, key: unknown, limit: number): readonly KeyedStateView[];
}

/** State of a checkpoint that the program has not asked for: kept, and part of the next checkpoints, until it is. */
export interface UnclaimedState extends KeptState {
  /** Of each value; null where that is not known. */
  readonly type: TypeDescription | null;
  /** The state, now that its kind is known to be the one asked for. Ends the unclaimed one. */
  claim(spec: StateSpec): StateTable;
}

/** Makes the keyed states of an operator in one subtask: on the heap, or in a store. */
export interface StateTables {
  create(spec: StateSpec): StateTable;
  keep(state: RestoredState): UnclaimedState;
}

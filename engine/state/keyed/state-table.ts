import type { KeyedStateView } from '../../observe/keyed-state-view.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { EntrySlots } from '../entry-slots.ts';
import type { RestoredState } from '../state-capture.ts';

/** One registered keyed state: what user code uses, and what a checkpoint takes. */
export interface StateTable {
  readonly slots: EntrySlots;
  /** The handle of user code: ValueState, ListState, MapState. */
  readonly state: object;
  /** What is kept for a key, at most `limit` entries; looking at it does not count as a change. */
  view(keyGroup: number, key: unknown, limit: number): KeyedStateView;
  restore(state: RestoredState): void;
  writeState(writer: ByteWriter): void;
}

import type { ByteWriter } from '../byte-writer.ts';
import type { EntrySlots } from '../entry-slots.ts';
import type { RestoredState } from '../state-capture.ts';

/** One registered keyed state: what user code uses, and what a checkpoint takes. */
export interface StateTable {
  readonly slots: EntrySlots;
  /** The handle of user code: ValueState, ListState, MapState. */
  readonly state: object;
  restore(state: RestoredState): void;
  writeState(writer: ByteWriter): void;
}

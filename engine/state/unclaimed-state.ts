import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import { writeEntries } from './keyed-table.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import type { StateAccount } from './state-memory.ts';
import { decodeValue, encodeValue } from './stored-value.ts';

/** State of a checkpoint that the program has not asked for: kept, and part of the next checkpoints, until it is. */
export class UnclaimedState {
  readonly slots: EntrySlots;

  constructor(state: RestoredState, account: StateAccount) {
    this.slots = new EntrySlots(state.name, state.kind, account);
    for (const [bytes, value] of state.entries) {
      const { keyGroup, key, namespace, userKey } = decodeEntryKey(bytes);
      this.slots.add(keyGroup, key, namespace, userKey, decodeValue(value));
    }
  }

  get kind(): StateKind {
    return this.slots.kind;
  }

  /** Its entries, for who takes them over. */
  restored(): RestoredState {
    const { slots } = this;
    const entries = slots.sorted().map(({ slot, key }) => [key, encodeValue(slots.peek(slot))] as const);
    slots.handOver();
    return { name: slots.name, kind: slots.kind, entries };
  }

  capture(full: boolean): StateCapture {
    return this.slots.capture(full);
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import type { StateSpec } from './keyed/state-spec.ts';
import { checkTtl } from './keyed/time-to-live.ts';
import type { StateTable, UnclaimedState } from './keyed/state-table.ts';
import { writeEntries } from './keyed-table.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import type { StateAccount } from './state-memory.ts';
import { decodeValue, encodeValue } from './stored-value.ts';

/** Unclaimed state on the heap. */
export class HeapUnclaimedState implements UnclaimedState {
  readonly slots: EntrySlots;

  readonly #claim: (spec: StateSpec, state: RestoredState) => StateTable;

  constructor(state: RestoredState, account: StateAccount, claim: (spec: StateSpec, state: RestoredState) => StateTable) {
    this.#claim = claim;
    this.slots = new EntrySlots(state.name, state.kind, account);
    for (const [bytes, value] of state.entries) {
      const { keyGroup, key, namespace, userKey } = decodeEntryKey(bytes);
      this.slots.add(keyGroup, key, namespace, userKey, decodeValue(value));
    }
  }

  get name(): string {
    return this.slots.name;
  }
  get kind(): StateKind {
    return this.slots.kind;
  }
  get estimatedBytes(): number {
    return this.slots.estimatedBytes;
  }

  claim(spec: StateSpec): StateTable {
    const { slots } = this;
    const first = slots.first();
    if (first !== null) checkTtl(spec, slots.peek(first));
    const entries = slots.sorted().map(({ slot, key }) => [key, encodeValue(slots.peek(slot))] as const);
    slots.handOver();
    return this.#claim(spec, { name: slots.name, kind: slots.kind, entries });
  }

  capture(full: boolean): StateCapture {
    return this.slots.capture(full);
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.slots);
  }
}

import type { ByteWriter } from './byte-writer.ts';
import { decodeEntryKey } from './entry-codec.ts';
import { EntrySlots } from './entry-slots.ts';
import type { StateSpec } from './keyed/state-spec.ts';
import { checkTtl } from './keyed/time-to-live.ts';
import type { StateTable, UnclaimedState } from './keyed/state-table.ts';
import { writeEntries } from './keyed-table.ts';
import type { RestoredState, StateCapture, StateKind } from './state-capture.ts';
import type { StateAccount } from './state-memory.ts';
import type { TypeDescription } from './state-type.ts';
import { decodeValue } from './stored-value.ts';

/** Makes the table of entries that are there already, in the form that `type` was stored in. */
type Adopt = (spec: StateSpec, slots: EntrySlots, type: TypeDescription | null) => StateTable;

/**
 * Unclaimed state on the heap. It is decoded at once and once: what it takes of the memory must not depend on when it is claimed, and who claims it takes
 * its slots over.
 */
export class HeapUnclaimedState implements UnclaimedState {
  readonly type: TypeDescription | null;
  readonly #slots: EntrySlots;
  readonly #adopt: Adopt;

  constructor(state: RestoredState, account: StateAccount, adopt: Adopt) {
    this.type = state.type ?? null;
    this.#adopt = adopt;
    this.#slots = new EntrySlots(state.name, state.kind, account);
    for (const [bytes, value] of state.entries) {
      const { keyGroup, key, namespace, userKey } = decodeEntryKey(bytes);
      this.#slots.add(keyGroup, key, namespace, userKey, decodeValue(value));
    }
  }

  get name(): string {
    return this.#slots.name;
  }
  get kind(): StateKind {
    return this.#slots.kind;
  }
  get estimatedBytes(): number {
    return this.#slots.estimatedBytes;
  }

  claim(spec: StateSpec): StateTable {
    const first = this.#slots.first();
    if (first !== null) checkTtl(spec, this.#slots.peek(first));
    return this.#adopt(spec, this.#slots, this.type);
  }

  capture(full: boolean): StateCapture {
    return this.#slots.capture(full, this.type === null ? {} : { type: this.type });
  }

  writeState(writer: ByteWriter): void {
    writeEntries(writer, this.#slots);
  }
}

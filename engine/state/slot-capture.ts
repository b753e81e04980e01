import { EntryBuffer } from './entry-buffer.ts';
import type { EntryKey } from './entry-codec.ts';
import type { EncodedState, StateCapture, StateKind } from './state-capture.ts';

/** What a capture asks of the table. */
interface SlotSource {
  /** Adds the slot to `buffer`; gives how many bytes the state has grown by. */
  encode(slot: number, buffer: EntryBuffer): number;
  /** The capture has ended. */
  over(released: boolean): void;
}

/** The slots that a checkpoint wants: those marked in `wanted`, `count` of them, and the keys of entries that are gone. */
export class SlotCapture implements StateCapture {
  readonly name: string;
  readonly kind: StateKind;
  readonly #state: Omit<EncodedState, 'groups' | 'bytes'>;
  readonly #wanted: Uint8Array;
  readonly #source: SlotSource;
  readonly #buffer = new EntryBuffer();
  readonly #gone: readonly EntryKey[];
  /** Slots still wanted. */
  #remaining: number;
  #goneAt = 0;
  #bytes: number;
  #at = 0;
  #error: Error | null = null;
  #over = false;

  constructor(
    state: Omit<EncodedState, 'groups' | 'bytes'>,
    wanted: Uint8Array,
    count: number,
    gone: readonly EntryKey[],
    bytes: number,
    source: SlotSource,
  ) {
    this.name = state.name;
    this.kind = state.kind;
    this.#state = state;
    this.#wanted = wanted;
    this.#remaining = count;
    this.#bytes = bytes;
    this.#source = source;
    this.#gone = gone;
  }

  get remaining(): number {
    return this.#remaining + this.#gone.length - this.#goneAt;
  }

  /** The slot is about to change. Never throws: what cannot be stored fails the checkpoint, not the record. */
  touch(slot: number): void {
    if (this.#wanted[slot] !== 1) return;
    try {
      this.#take(slot);
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #take(slot: number): void {
    this.#wanted[slot] = 0;
    this.#remaining--;
    this.#bytes += this.#source.encode(slot, this.#buffer);
  }

  encode(budget: number): number {
    if (this.#error !== null) throw this.#error;
    const wanted = this.#wanted;
    let left = budget;
    for (; left > 0 && this.#goneAt < this.#gone.length; left--) {
      const gone = this.#gone[this.#goneAt++];
      if (gone !== undefined) this.#buffer.add(gone.keyGroup, gone.key, gone.namespace, gone.userKey, null);
    }
    for (; left > 0 && this.#remaining > 0; this.#at++) {
      if (wanted[this.#at] !== 1) continue;
      this.#take(this.#at);
      left--;
    }
    return this.remaining;
  }

  finish(): EncodedState {
    if (this.#error !== null) throw this.#error;
    this.#end(false);
    return this.#buffer.finish({ ...this.#state, bytes: this.#bytes });
  }

  release(): void {
    this.#end(true);
  }

  #end(released: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.over(released);
  }
}

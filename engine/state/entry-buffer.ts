import { ByteWriter, compareBytes, compareParts } from './byte-writer.ts';
import { writeEntryKey } from './entry-codec.ts';
import type { EncodedGroup, EncodedState } from './state-capture.ts';

/** Entries are kept in pieces of about this many bytes, so that growing never copies much. */
const PIECE_BYTES = 1 << 20;
/** All keys of a group begin with its number. */
const KEY_GROUP_BYTES = 2;
/** As many bytes as a number holds exactly. */
const PREFIX_BYTES = 6;
const NOTHING = new Uint8Array(0);

/** Encoded entries on their way into a checkpoint: collected in any order, given out sorted. */
export class EntryBuffer {
  readonly #writer = new ByteWriter();
  readonly #pieces: Uint8Array[] = [];
  /** Entries by key group: piece, start of key, start of value, end; an end of −1 stands for an entry that is gone. */
  readonly #groups = new Map<number, number[]>();

  /**
   * Adds an entry; `write` appends its value, null = the entry is gone. Gives the bytes of key and value. Throws StateEncodingError, naming the key,
   * and UnusableKeyError; the entry is then not added.
   */
  add(keyGroup: number, key: unknown, namespace: unknown, userKey: unknown, write: ((writer: ByteWriter) => void) | null): number {
    const writer = this.#writer;
    const start = writer.length;
    try {
      writeEntryKey(writer, keyGroup, key, namespace, userKey);
      const middle = writer.length;
      write?.(writer);
      this.#note(keyGroup, start, middle, write === null ? -1 : writer.length);
    } catch (error) {
      writer.truncate(start);
      throw error;
    }
    const bytes = writer.length - start;
    this.#fill();
    return bytes;
  }

  /** Adds an entry that is encoded already; `value` null = the entry is gone. */
  addEncoded(keyGroup: number, key: Uint8Array, value: Uint8Array | null): void {
    const writer = this.#writer;
    const start = writer.length;
    writer.bytes(key);
    const middle = writer.length;
    if (value !== null) writer.bytes(value);
    this.#note(keyGroup, start, middle, value === null ? -1 : writer.length);
    this.#fill();
  }

  /** Puts a piece aside that has become large enough. */
  #fill(): void {
    if (this.#writer.length < PIECE_BYTES) return;
    this.#pieces.push(this.#writer.finish());
    this.#writer.truncate(0);
  }

  #note(keyGroup: number, start: number, middle: number, end: number): void {
    let group = this.#groups.get(keyGroup);
    if (group === undefined) {
      group = [];
      this.#groups.set(keyGroup, group);
    }
    group.push(this.#pieces.length, start, middle, end);
  }

  /** Everything, each group sorted when it is come to. Ends the buffer. */
  finish(state: Omit<EncodedState, 'groups'>): EncodedState {
    this.#pieces.push(this.#writer.finish());
    const groups = [...this.#groups].sort(([a], [b]) => a - b);
    const sorted = (keyGroup: number, places: readonly number[]): EncodedGroup => this.#group(keyGroup, places);
    return {
      ...state,
      groups: {
        *[Symbol.iterator]() {
          for (const [keyGroup, places] of groups) yield sorted(keyGroup, places);
        },
      },
    };
  }

  #group(keyGroup: number, places: readonly number[]): EncodedGroup {
    const keys: Uint8Array[] = [];
    const values: (Uint8Array | null)[] = [];
    for (const at of this.#order(places)) {
      const [key, value] = [this.#key(places, at), this.#value(places, at)];
      const last = keys.length - 1;
      const before = keys[last];
      if (before !== undefined && compareBytes(before, key) === 0) {
        // An entry that went and came back between two captures was added twice: what it holds counts, not that it was gone.
        values[last] = values[last] ?? value;
        continue;
      }
      keys.push(key);
      values.push(value);
    }
    return { keyGroup, keys, values };
  }

  /** The entries of a group in the order of their keys, as places of their first number. Most keys differ in their first bytes, which are compared as one number. */
  #order(places: readonly number[]): readonly number[] {
    const prefixes = new Float64Array(places.length >> 2);
    const order: number[] = [];
    for (let at = 0; at < places.length; at += 4) {
      const piece = this.#pieces[places[at] ?? 0];
      const [start = 0, middle = 0] = [places[at + 1], places[at + 2]];
      let prefix = 0;
      for (let byte = start + KEY_GROUP_BYTES; byte < start + KEY_GROUP_BYTES + PREFIX_BYTES; byte++)
        prefix = prefix * 256 + (byte < middle ? (piece?.[byte] ?? 0) : 0);
      prefixes[at >> 2] = prefix;
      order.push(at);
    }
    return order.sort((a, b) => (prefixes[a >> 2] ?? 0) - (prefixes[b >> 2] ?? 0) || this.#compareKeys(places, a, b));
  }

  #compareKeys(places: readonly number[], a: number, b: number): number {
    const [left, right] = [this.#pieces[places[a] ?? 0] ?? NOTHING, this.#pieces[places[b] ?? 0] ?? NOTHING];
    return compareParts(left, places[a + 1] ?? 0, places[a + 2] ?? 0, right, places[b + 1] ?? 0, places[b + 2] ?? 0);
  }

  #key(places: readonly number[], at: number): Uint8Array {
    return (this.#pieces[places[at] ?? 0] ?? NOTHING).subarray(places[at + 1], places[at + 2]);
  }

  #value(places: readonly number[], at: number): Uint8Array | null {
    const end = places[at + 3] ?? 0;
    return end < 0 ? null : (this.#pieces[places[at] ?? 0] ?? NOTHING).subarray(places[at + 2], end);
  }
}

import { ByteWriter, compareBytes } from './byte-writer.ts';
import { writeEntryKey } from './entry-codec.ts';
import type { EncodedGroup, EncodedState } from './state-capture.ts';

/** Entries are kept in pieces of about this many bytes, so that growing never copies much. */
const PIECE_BYTES = 1 << 20;

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
    if (writer.length >= PIECE_BYTES) {
      this.#pieces.push(writer.finish());
      writer.truncate(0);
    }
    return bytes;
  }

  #note(keyGroup: number, start: number, middle: number, end: number): void {
    let group = this.#groups.get(keyGroup);
    if (group === undefined) {
      group = [];
      this.#groups.set(keyGroup, group);
    }
    group.push(this.#pieces.length, start, middle, end);
  }

  /** Everything, sorted. Ends the buffer. */
  finish(state: Omit<EncodedState, 'groups'>): EncodedState {
    this.#pieces.push(this.#writer.finish());
    const groups = [...this.#groups].sort(([a], [b]) => a - b).map(([keyGroup, places]) => this.#group(keyGroup, places));
    return { ...state, groups };
  }

  #group(keyGroup: number, places: readonly number[]): EncodedGroup {
    const entries: { readonly key: Uint8Array; readonly value: Uint8Array | null }[] = [];
    for (let at = 0; at < places.length; at += 4) {
      const piece = this.#pieces[places[at] ?? 0] ?? new Uint8Array(0);
      const [start = 0, middle = 0, end = 0] = [places[at + 1], places[at + 2], places[at + 3]];
      entries.push({ key: piece.subarray(start, middle), value: end < 0 ? null : piece.subarray(middle, end) });
    }
    entries.sort((a, b) => compareBytes(a.key, b.key));
    // An entry that went and came back between two captures was added twice: what it holds counts, not that it was gone.
    const kept = entries.filter(({ key, value }, at) => {
      const [before, after] = [entries[at - 1], entries[at + 1]];
      return value !== null || !(isSame(before, key) || isSame(after, key));
    });
    return { keyGroup, keys: kept.map(({ key }) => key), values: kept.map(({ value }) => value) };
  }
}

function isSame(entry: { readonly key: Uint8Array } | undefined, key: Uint8Array): boolean {
  return entry !== undefined && compareBytes(entry.key, key) === 0;
}

import type { Committable } from '../checkpoint/snapshot.ts';
import type { FileEncoder } from '../formats/record-encoder.ts';
import type { PartRef, PartWrites } from './part-writes.ts';

/** Bytes that are handed over at once, at least, so that a record does not cost an object. */
const PIECE = 65_536;
const FIRST_BUFFER = 4_096;

const utf8 = new TextEncoder();

/** A part file that a sink is writing. Its bytes are kept until there are enough of them to hand over. */
export class OpenPart {
  readonly ref: PartRef;
  /** ms of the job's clock. */
  readonly created: number;
  updated: number;
  readonly #encoder: FileEncoder;
  readonly #parts: PartWrites;
  readonly #gzip: boolean;
  #buffer = new Uint8Array(FIRST_BUFFER);
  #length = 0;
  #handedOver = 0;
  /** Of what was handed over: fewer when it was compressed. */
  #bytes = 0;

  constructor(ref: PartRef, encoder: FileEncoder, parts: PartWrites, gzip: boolean, now: number) {
    this.ref = ref;
    this.created = now;
    this.updated = now;
    this.#encoder = encoder;
    this.#parts = parts;
    this.#gzip = gzip;
    this.#append(encoder.header);
  }

  /** Bytes so far, before they are compressed: when a part is full must not depend on how well that works. */
  get size(): number {
    return this.#handedOver + this.#length;
  }

  /** Throws IllegalArgumentException for a record that the format cannot take; the part is as before then. */
  write(record: unknown, now: number): void {
    this.#append(this.#encoder.encode(record));
    this.updated = now;
    if (this.#length >= PIECE) this.#handOver();
  }

  /** No more records. */
  close(): Committable {
    this.#handOver();
    this.#parts.close(this.ref);
    return { ...this.ref, bytes: this.#bytes };
  }

  #append(text: string): void {
    // A UTF-16 unit takes three bytes at most.
    this.#reserve(text.length * 3);
    this.#length += utf8.encodeInto(text, this.#buffer.subarray(this.#length)).written;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }

  #handOver(): void {
    if (this.#length === 0) return;
    const piece = this.#buffer.slice(0, this.#length);
    const bytes = this.#gzip ? this.#parts.gzip(piece) : piece;
    this.#parts.write(this.ref, bytes);
    this.#bytes += bytes.length;
    this.#handedOver += this.#length;
    this.#length = 0;
  }
}

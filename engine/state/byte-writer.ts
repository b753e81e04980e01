/** Of writers that are kept for later. */
const MAX_SPARE_BYTES = 65_536;

let spare: ByteWriter | null = null;

/** Appends bytes to a growing buffer. The encodings built on it are canonical: equal values give equal bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Unsigned 32 bits, big-endian, so that byte order is number order. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  /** IEEE 754, big-endian. Every NaN is written as the same NaN. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, Number.isNaN(value) ? Number.NaN : value);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Length, then the UTF-16 code units: unlike UTF-8 this keeps lone surrogates apart. */
  text(value: string): void {
    this.uint32(value.length);
    this.#reserve(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      this.#view.setUint16(this.#length, value.charCodeAt(i));
      this.#length += 2;
    }
  }

  /** Length, then one byte for each code unit, which has to be below 128. */
  ascii(value: string): void {
    this.uint32(value.length);
    this.#reserve(value.length);
    const bytes = this.#bytes;
    for (let i = 0; i < value.length; i++) bytes[this.#length++] = value.charCodeAt(i);
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value);
    this.#length += 2;
  }

  /** Forgets what was written behind `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Bytes that it can take before it has to grow. */
  get capacity(): number {
    return this.#bytes.length;
  }
}

/** An empty writer for one short value, to be ended with `finishShort`: an entry does not need a buffer of its own while it is encoded. */
export function shortWriter(): ByteWriter {
  const writer = spare ?? new ByteWriter();
  // What is written may run code of users, which may write, too.
  spare = null;
  return writer;
}

/** A copy of what was written; the writer must not be used any more. */
export function finishShort(writer: ByteWriter): Uint8Array {
  const written = writer.finish();
  writer.truncate(0);
  if (writer.capacity <= MAX_SPARE_BYTES) spare = writer;
  return written;
}

/** Lexicographic order of unsigned bytes; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return compareParts(a, 0, a.length, b, 0, b.length);
}

/** `compareBytes` of the bytes [aStart, aEnd) and [bStart, bEnd). */
export function compareParts(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < shared; i++) {
    const difference = (a[aStart + i] ?? 0) - (b[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

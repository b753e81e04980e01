/** Bytes that are not what they should be. */
export class StateDecodingError extends Error {
  override readonly name = 'StateDecodingError';
}

/** For one number at a time: a view of the bytes themselves would be made for every entry, and gives short arrays a buffer of their own outside the heap. */
const scratch = new Uint8Array(8);
const scratchView = new DataView(scratch.buffer);

/** Reads what a ByteWriter wrote. Every read is checked: malformed bytes give a StateDecodingError, never a wrong value or a large allocation. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #take(count: number): number {
    if (count > this.remaining) throw new StateDecodingError(`The bytes end ${count - this.remaining} too early.`);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** The next byte, which stays. */
  peek(): number {
    const at = this.#take(1);
    this.#at = at;
    return this.#bytes[at] ?? 0;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  uint16(): number {
    return this.#load(2).getUint16(0);
  }

  uint32(): number {
    return this.#load(4).getUint32(0);
  }

  float64(): number {
    return this.#load(8).getFloat64(0);
  }

  #load(count: number): DataView {
    const bytes = this.#bytes;
    const at = this.#take(count);
    for (let i = 0; i < count; i++) scratch[i] = bytes[at + i] ?? 0;
    return scratchView;
  }

  /** A view, not a copy. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** A number of things that take at least `size` bytes each. */
  count(size: number): number {
    const count = this.uint32();
    if (count * size > this.remaining) throw new StateDecodingError(`The bytes say ${count} elements, but end before.`);
    return count;
  }
}

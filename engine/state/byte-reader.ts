/** Bytes that are not what they should be. */
export class StateDecodingError extends Error {
  override readonly name = 'StateDecodingError';
}

/** Reads what a ByteWriter wrote. Every read is checked: malformed bytes give a StateDecodingError, never a wrong value or a large allocation. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    return this.#view.getUint16(this.#take(2));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8));
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

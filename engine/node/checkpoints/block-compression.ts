import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Level 1: a third of the time of the default for nearly the same size, as entries of one state are much alike. */
const LEVEL = 1;

/** A block of a segment, compressed (deflate); null when that would not make it smaller. */
export function compressBlock(bytes: Uint8Array): Uint8Array | null {
  const packed = deflateRawSync(bytes, { level: LEVEL });
  return packed.length < bytes.length ? packed : null;
}

/** Throws for bytes that are no deflate stream, or would become more than `length`. */
export function inflateBlock(bytes: Uint8Array, length: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: Math.max(1, length) });
}

/** What the first byte of a stored value says it is. Part of the format of checkpoints: numbers are never given another meaning. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  number: 4,
  /** An integer of 32 bits, but not −0. */
  integer: 5,
  bigint: 6,
  /** Text whose code units are all below 128, one byte each. */
  ascii: 7,
  /** Any other text, two bytes per code unit: lone surrogates survive. */
  text: 8,
  date: 9,
  bytes: 10,
  array: 11,
  map: 12,
  set: 13,
  object: 14,
  /** A value with a time to live, behind the time of its last access. */
  expiring: 15,
  /** What a serializer of the user's own wrote, behind its version. */
  serialized: 16,
} as const;

/** Deeper values are refused: they are not state but data structures, possibly endless. */
export const MAX_DEPTH = 64;

/** Views on memory that can be stored, in the order of their numbers in the bytes. */
export const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

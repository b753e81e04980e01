/**
 * Which subtask works on which key: Flink's `KeyGroupRangeAssignment` and `MathUtils.murmurHash`, over hash codes equal to Java's,
 * so that a key is in the same key group as in a real cluster. Integers within 32 bits hash as Integer, larger ones and bigints as Long,
 * other numbers as Double; tuples, and lists, as Flink's tuples; a plain object as the tuple of its fields in the order of their names; a Date as
 * java.util.Date, bytes as java.util.Arrays has it.
 */
export const DEFAULT_MAX_PARALLELISM = 128;
export const UPPER_BOUND_MAX_PARALLELISM = 32_768;

const scratch = new DataView(new ArrayBuffer(8));

function hashLong(value: bigint): number {
  const bits = BigInt.asUintN(64, value);
  return Number(BigInt.asIntN(32, bits ^ (bits >> 32n)));
}

function hashNumber(value: number): number {
  if ((value | 0) === value) return value | 0;
  if (Number.isSafeInteger(value)) return hashLong(BigInt(value));
  scratch.setFloat64(0, Number.isNaN(value) ? Number.NaN : value);
  return scratch.getInt32(0) ^ scratch.getInt32(4);
}

function hashString(value: string): number {
  let hash = 0;
  for (let i = 0; i < value.length; i++) hash = (Math.imul(31, hash) + value.charCodeAt(i)) | 0;
  return hash;
}

/** Java's `hashCode()` of a key, a signed 32-bit integer. */
export function hashCode(key: unknown): number {
  switch (typeof key) {
    case 'string':
      return hashString(key);
    case 'number':
      return hashNumber(key);
    case 'boolean':
      return key ? 1231 : 1237;
    case 'bigint':
      return hashLong(key);
    default:
      return typeof key === 'object' && key !== null ? hashObject(key) : 0;
  }
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 1;
  for (const byte of bytes) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0;
  return hash;
}

function hashObject(key: object): number {
  if (key instanceof Date) return hashLong(BigInt(key.getTime() || 0));
  return key instanceof Uint8Array ? hashBytes(key) : hashFields(key);
}

function hashFields(key: object): number {
  let fields: readonly unknown[];
  if (Array.isArray(key)) fields = key;
  else
    fields = Object.entries(key)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, field]): unknown => field);
  let hash = 0;
  for (const field of fields) hash = (Math.imul(31, hash) + hashCode(field)) | 0;
  return hash;
}

/** Flink's `MathUtils.murmurHash`: a non-negative 32-bit integer. */
export function murmurHash(code: number): number {
  let hash = Math.imul(code, 0xcc9e2d51);
  hash = (hash << 15) | (hash >>> 17);
  hash = Math.imul(hash, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  hash ^= 4;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  if (hash >= 0) return hash;
  return hash === -0x8000_0000 ? 0 : -hash;
}

/** The key group of a key, in [0, maxParallelism). */
export function keyGroupOf(key: unknown, maxParallelism: number): number {
  return murmurHash(hashCode(key)) % maxParallelism;
}

/** The subtask that owns a key group. */
export function subtaskOfKeyGroup(keyGroup: number, maxParallelism: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** The key groups of a subtask, both ends included. */
export function keyGroupRange(
  subtask: number,
  maxParallelism: number,
  parallelism: number,
): { readonly start: number; readonly end: number } {
  return {
    start: Math.floor((subtask * maxParallelism + parallelism - 1) / parallelism),
    end: Math.floor(((subtask + 1) * maxParallelism - 1) / parallelism),
  };
}

/** Flink's default: 1.5 × parallelism, rounded up to a power of two, at least 128 and at most 32768. */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  let power = 1;
  while (power < wanted) power *= 2;
  return Math.min(Math.max(power, DEFAULT_MAX_PARALLELISM), UPPER_BOUND_MAX_PARALLELISM);
}

/**
 * How much memory a value takes: a model, the same on every machine and for every way the value came about, so that a limit is reached at the same
 * record in a run, its replay and a restored job. Numbers were taken from V8 on 64 bits, rounded up.
 */
const OBJECT = 32;
const FIELD = 16;
const DATE = 48;
const ARRAY = 32;
const ELEMENT = 8;
const MAP = 96;
const MAP_ENTRY = 40;
const SET_ENTRY = 24;
const VIEW = 128;
const TEXT = 16;
const OTHER = 64;

/** From so many fields on, V8 keeps an object as a dictionary, with the names. */
const DICTIONARY_FIELDS = 64;
const DICTIONARY_FIELD = 32;

/** Elements of a list that are looked at, by how deep the list is; of a longer one they stand for all. */
const SAMPLES = [64, 16, 8, 4, 2];
const FEWEST_SAMPLES = 1;

/** Deeper values are cut off: none can be stored (stored-format.ts), and a cycle has to end. */
const DEEPEST = 64;

/** Bytes that text or a bigint takes beside its place; 0 for what fits into the place. */
export function primitiveMemory(value: unknown): number {
  if (typeof value === 'string') return TEXT + value.length;
  if (typeof value === 'bigint') return TEXT + Math.ceil(value.toString(16).length / 2);
  return 0;
}

/**
 * Bytes that a value takes beside its place, with all that it holds; what it holds twice counts twice, as it would after a restore. A list, map or set
 * with more than a few dozen elements is estimated from a sample that is spread evenly (lists) or comes first (maps, sets), so that the cost is bounded;
 * of an object all names are gone through.
 */
export function memoryOf(value: unknown): number {
  // Whole numbers: their sums do not depend on the order.
  return Math.ceil(depthMemory(value, 0));
}

function depthMemory(value: unknown, depth: number): number {
  if (typeof value === 'number' || value === null || value === undefined || typeof value === 'boolean') return 0;
  if (typeof value === 'object') return depth > DEEPEST ? OBJECT : objectMemory(value, depth);
  if (typeof value === 'string' || typeof value === 'bigint') return primitiveMemory(value);
  return OTHER;
}

function objectMemory(value: object, depth: number): number {
  if (Array.isArray(value)) return ARRAY + value.length * ELEMENT + sampledList(value, depth);
  if (value instanceof Date) return DATE;
  if (value instanceof Map) return MAP + value.size * MAP_ENTRY + sampledEntries(value, value.size, depth);
  if (value instanceof Set) return MAP + value.size * SET_ENTRY + sampledEntries(value, value.size, depth);
  if (ArrayBuffer.isView(value)) return VIEW + value.byteLength;
  if (value instanceof ArrayBuffer) return VIEW + value.byteLength;
  return fieldsMemory(value, depth);
}

function samplesAt(depth: number): number {
  return SAMPLES[depth] ?? FEWEST_SAMPLES;
}

function sampledList(list: readonly unknown[], depth: number): number {
  const { length } = list;
  const samples = samplesAt(depth);
  let bytes = 0;
  if (length <= samples) {
    for (let i = 0; i < length; i++) bytes += depthMemory(list[i], depth + 1);
    return bytes;
  }
  for (let i = 0; i < samples; i++) bytes += depthMemory(list[Math.floor(((i + 0.5) * length) / samples)], depth + 1);
  return (bytes / samples) * length;
}

/** Entries of a map are pairs: lists of two. */
function sampledEntries(entries: Iterable<unknown>, size: number, depth: number): number {
  const samples = Math.min(size, samplesAt(depth));
  let bytes = 0;
  let seen = 0;
  for (const entry of entries) {
    if (seen++ === samples) break;
    if (Array.isArray(entry)) for (const part of entry) bytes += depthMemory(part, depth + 1);
    else bytes += depthMemory(entry, depth + 1);
  }
  return samples === 0 ? 0 : (bytes / samples) * size;
}

/** A record is gone through as it is; names as a list are only needed where there are many. */
function fieldsMemory(value: object, depth: number): number {
  let count = 0;
  let bytes = 0;
  for (const name in value) {
    if (++count === DICTIONARY_FIELDS) return dictionaryMemory(value, depth);
    // SAFETY: reading a field by its own name.
    bytes += depthMemory((value as Readonly<Record<string, unknown>>)[name], depth + 1);
  }
  return OBJECT + count * FIELD + bytes;
}

function dictionaryMemory(value: object, depth: number): number {
  const names = Object.keys(value);
  const samples = Math.min(names.length, samplesAt(depth));
  let bytes = 0;
  for (let i = 0; i < samples; i++) {
    const name = names[Math.floor(((i + 0.5) * names.length) / samples)] ?? '';
    bytes += depthMemory(Reflect.get(value, name), depth + 1) + TEXT + name.length;
  }
  return OBJECT + names.length * DICTIONARY_FIELD + (bytes / samples) * names.length;
}

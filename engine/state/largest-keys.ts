import { compareKeys } from './key-codec.ts';
import { hashCode, murmurHash } from './key-groups.ts';
import { KeyMap } from './key-map.ts';
import type { StateAccount } from './state-memory.ts';

/** A key with the memory of all its entries, bytes. */
interface KeyMemory {
  readonly key: unknown;
  bytes: number;
}

const BUCKETS = 1 << 16;
/** Buckets whose keys are told apart. */
const FINE_BUCKETS = 64;
const MAX_FINE_KEYS = 4_096;

/**
 * The `count` keys of an operator that take the most memory, and its number of entries. Without a table of all keys, for which there may be no memory any
 * more: keys are added up by their hash first, then one by one where most is. Keys of equal size come in canonical order.
 */
export function largestKeys(
  accounts: readonly StateAccount[],
  count: number,
): { readonly entries: number; readonly keys: readonly KeyMemory[] } {
  const buckets = new Float64Array(BUCKETS);
  let entries = 0;
  for (const account of accounts) {
    account.walk((key, bytes) => {
      entries++;
      const bucket = murmurHash(hashCode(key)) % BUCKETS;
      buckets[bucket] = (buckets[bucket] ?? 0) + bytes;
    });
  }
  const threshold = buckets.slice().sort()[BUCKETS - FINE_BUCKETS] ?? 0;
  const fine = new KeyMap<KeyMemory>();
  for (const account of accounts) {
    account.walk((key, bytes) => {
      const bucket = buckets[murmurHash(hashCode(key)) % BUCKETS] ?? 0;
      if (bucket < threshold) return;
      const known = fine.get(key);
      if (known !== undefined) known.bytes += bytes;
      else if (fine.size < MAX_FINE_KEYS) fine.set(key, { key, bytes });
    });
  }
  const sorted = [...fine.values()].sort((a, b) => b.bytes - a.bytes || compareKeys(a.key, b.key));
  return { entries, keys: sorted.slice(0, count) };
}

/** Colours for series of their own; the slot after them stands for all others. */
export const TOP_SLOTS = 5;
export const OTHERS_SLOT = 6;

/** A series keeps its slot while it is among so many. */
const KEEP_WITHIN = 20;

/**
 * Which keys stand out. Slots are stable, so that colours do not jump: a key keeps its slot while it is in the top 20,
 * and a slot that becomes free goes to the best key without one.
 */
export class SlotTable {
  readonly #keys: (string | null)[] = Array.from({ length: TOP_SLOTS }, () => null);

  /** Renews the slots for a ranking, best first (only its first 20 matter). */
  rank(ranking: readonly string[]): void {
    const known = new Set(ranking.slice(0, KEEP_WITHIN));
    const free: number[] = [];
    for (const [at, key] of this.#keys.entries()) {
      if (key === null || !known.has(key)) {
        this.#keys[at] = null;
        free.push(at);
      }
    }
    const held = new Set(this.#keys);
    for (const key of ranking) {
      const at = held.has(key) ? undefined : free.shift();
      if (at !== undefined) {
        this.#keys[at] = key;
        held.add(key);
      }
    }
  }

  /** Forgets all slots: until some windows have fired, the ranking is only a guess. */
  clear(): void {
    this.#keys.fill(null);
  }

  /** Keys that have a slot, with it (1 … 5), in order. */
  entries(): readonly { readonly slot: number; readonly key: string }[] {
    return this.#keys.flatMap((key, at) => (key === null ? [] : [{ slot: at + 1, key }]));
  }

  slotOf(key: string): number {
    const at = this.#keys.indexOf(key);
    return at < 0 ? OTHERS_SLOT : at + 1;
  }
}

/** The best `limit` of pairs of key and weight, best first; ties by the key, so that the order never depends on arrival. */
export function topKeys(weights: Iterable<readonly [string, number]>, limit: number = KEEP_WITHIN): string[] {
  const best: { key: string; weight: number }[] = [];
  for (const [key, weight] of weights) {
    const last = best[best.length - 1];
    if (best.length < limit || (last !== undefined && before(key, weight, last))) {
      const at = best.findIndex((entry) => before(key, weight, entry));
      best.splice(at < 0 ? best.length : at, 0, { key, weight });
      best.length = Math.min(best.length, limit);
    }
  }
  return best.map((entry) => entry.key);
}

function before(key: string, weight: number, other: { readonly key: string; readonly weight: number }): boolean {
  return weight > other.weight || (weight === other.weight && key < other.key);
}

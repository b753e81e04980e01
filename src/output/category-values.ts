import { topKeys } from './slots.ts';
import type { ChartData } from './types.ts';

/** Bars that leave the job; the rest is counted. */
const MAX_CATEGORIES = 50;

/** Keys whose last value is remembered. */
const MAX_KEYS = 10_000;

/** The last value per key. */
export class CategoryValues {
  readonly #values = new Map<string, number>();
  readonly #ignored = new Set<string>();

  /** The newest value of a key, or null to withdraw it (−D). */
  set(key: string, value: number | null): void {
    if (value === null) {
      this.#values.delete(key);
    } else if (this.#values.size < MAX_KEYS || this.#values.has(key)) {
      this.#values.set(key, value);
    } else if (this.#ignored.size < MAX_KEYS) {
      this.#ignored.add(key);
    }
  }

  chart(): Pick<ChartData, 'categories' | 'others'> {
    const categories = topKeys(this.#values, MAX_CATEGORIES).map((label) => ({ label, value: this.#values.get(label) ?? 0 }));
    return { categories, others: this.#values.size + this.#ignored.size - categories.length };
  }
}

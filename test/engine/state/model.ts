import type { TtlSettings } from '../../../engine/api/state-ttl-config.ts';

/** A value with the time of its last access. */
interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** What a state with a time to live does, said once more and as plainly as can be. `ttl` null: nothing expires. */
class Expiry {
  now = 0;
  readonly #ttl: TtlSettings | null;
  constructor(ttl: TtlSettings | null) {
    this.#ttl = ttl;
  }
  keep<T>(value: T): Kept<T> {
    return { value, at: this.now };
  }
  isGone({ at }: Kept<unknown>): boolean {
    return this.#ttl !== null && at + this.#ttl.ttl <= this.now;
  }
  get refreshes(): boolean {
    return this.#ttl?.updateType === 'OnReadAndWrite';
  }
  get returnsGone(): boolean {
    return this.#ttl?.visibility === 'ReturnExpiredIfNotCleanedUp';
  }
  /** Reads an entry of a map of entries. */
  read<T>(entries: Map<string, Kept<T>>, key: string): T | null {
    const kept = entries.get(key);
    if (kept === undefined) return null;
    if (this.isGone(kept)) {
      entries.delete(key);
      return this.returnsGone ? kept.value : null;
    }
    if (this.refreshes) entries.set(key, this.keep(kept.value));
    return kept.value;
  }
}

/** All states of all keys, each kind under its own name, as one naive thing. */
export class Model {
  readonly expiry: Expiry;
  readonly #values = new Map<string, Kept<number>>();
  readonly #sums = new Map<string, Kept<number>>();
  readonly #texts = new Map<string, Kept<string>>();
  readonly #lists = new Map<string, Kept<number>[]>();
  readonly #maps = new Map<string, Map<string, Kept<number>>>();

  constructor(ttl: TtlSettings | null) {
    this.expiry = new Expiry(ttl);
  }

  value(key: string): number | null {
    return this.expiry.read(this.#values, key);
  }
  update(key: string, n: number | null): void {
    if (n === null) this.#values.delete(key);
    else this.#values.set(key, this.expiry.keep(n));
  }

  reduced(key: string): number | null {
    return this.expiry.read(this.#sums, key);
  }
  reduce(key: string, n: number): void {
    const before = this.#sums.get(key);
    const counts = before !== undefined && (!this.expiry.isGone(before) || this.expiry.returnsGone);
    this.#sums.set(key, this.expiry.keep(counts ? before.value + n : n));
  }

  aggregated(key: string): string | null {
    const text = this.expiry.read(this.#texts, key);
    return text === null ? null : `<${text}>`;
  }
  aggregate(key: string, n: number): void {
    const before = this.#texts.get(key);
    const counts = before !== undefined && (!this.expiry.isGone(before) || this.expiry.returnsGone);
    this.#texts.set(key, this.expiry.keep(`${counts ? before.value : ''}${n}`));
  }

  list(key: string): readonly number[] {
    const all = this.#lists.get(key) ?? [];
    const alive = all.filter((kept) => !this.expiry.isGone(kept));
    if (alive.length === 0) this.#lists.delete(key);
    else if (this.expiry.refreshes)
      this.#lists.set(
        key,
        alive.map(({ value }) => this.expiry.keep(value)),
      );
    return (this.expiry.returnsGone ? all : alive).map(({ value }) => value);
  }
  add(key: string, numbers: readonly number[]): void {
    if (numbers.length > 0) this.#lists.set(key, [...(this.#lists.get(key) ?? []), ...numbers.map((n) => this.expiry.keep(n))]);
  }
  replace(key: string, numbers: readonly number[]): void {
    this.#lists.delete(key);
    this.add(key, numbers);
  }

  #map(key: string): Map<string, Kept<number>> {
    const map = this.#maps.get(key) ?? new Map<string, Kept<number>>();
    this.#maps.set(key, map);
    return map;
  }
  get(key: string, userKey: string): number | null {
    return this.expiry.read(this.#map(key), userKey);
  }
  put(key: string, userKey: string, n: number): void {
    this.#map(key).set(userKey, this.expiry.keep(n));
  }
  remove(key: string, userKey: string): void {
    this.#map(key).delete(userKey);
  }
  entries(key: string): readonly (readonly [string, number])[] {
    return [...this.#map(key).keys()].sort().flatMap((userKey): [string, number][] => {
      const n = this.get(key, userKey);
      return n === null ? [] : [[userKey, n]];
    });
  }

  clear(key: string): void {
    for (const all of [this.#values, this.#sums, this.#texts, this.#lists, this.#maps]) all.delete(key);
  }
}

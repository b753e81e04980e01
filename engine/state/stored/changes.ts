/** Beyond so many bytes of changed entries the next checkpoint writes everything instead. */
const MAX_CHANGED_BYTES = 64 * 2 ** 20;

/** A key that has changed since the last capture. */
export interface Change {
  readonly key: Uint8Array;
  /** What it is now; null = it is gone. */
  value: Uint8Array | null;
  /** The last capture had it. */
  readonly isKnown: boolean;
}

/** What has changed since the last capture, with the bytes themselves: a delta needs no look into the store, and later writes cannot disturb it. */
export class Changes {
  readonly #changes = new Map<string, Change>();
  #bytes = 0;

  get isTooLarge(): boolean {
    return this.#bytes > MAX_CHANGED_BYTES;
  }

  note(identity: string, key: Uint8Array, value: Uint8Array | null, isKnown: boolean): void {
    const before = this.#changes.get(identity);
    this.#bytes += (value?.length ?? 0) - (before?.value?.length ?? 0);
    if (before !== undefined) {
      before.value = value;
      return;
    }
    this.#bytes += key.length;
    this.#changes.set(identity, { key, value, isKnown });
  }

  /** Those that a checkpoint has to hold: an entry that came and went in between is none. */
  list(): readonly Change[] {
    return [...this.#changes.values()].filter(({ value, isKnown }) => value !== null || isKnown);
  }
}

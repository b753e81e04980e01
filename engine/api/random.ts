/** Seeded random numbers: the same in every run and replay. */
export interface Random {
  /** In [0, 1). */
  nextDouble(): number;
  /** An integer in [0, bound). */
  nextInt(bound: number): number;
  nextBoolean(): boolean;
  /** Mean 0, standard deviation 1. */
  nextGaussian(): number;
}

/** Mulberry32 over a mixed seed: small, fast, good enough for samples and shuffles; not for cryptography. */
export class SeededRandom implements Random {
  #state: number;
  #spare: number | null = null;

  /** Equal parts give equal sequences; neighbouring ones give unrelated sequences. */
  constructor(...parts: readonly number[]) {
    let state = 0x9e3779b9;
    for (const part of parts) {
      state = Math.imul(state ^ (part | 0), 0x85ebca6b);
      state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35) ^ (state >>> 16);
    }
    this.#state = state | 0;
  }

  /** The whole state of the generator, to be put back with `restore`. */
  save(): { readonly state: number; readonly spare: number | null } {
    return { state: this.#state, spare: this.#spare };
  }
  restore(saved: { readonly state: number; readonly spare: number | null }): void {
    this.#state = saved.state;
    this.#spare = saved.spare;
  }

  nextDouble(): number {
    return (this.#next() * 0x20_0000 + (this.#next() >>> 11)) / 0x20_0000_0000_0000;
  }
  nextInt(bound: number): number {
    return Math.floor(this.nextDouble() * bound);
  }
  nextBoolean(): boolean {
    return this.#next() >= 0x8000_0000;
  }
  /** Marsaglia's polar method. */
  nextGaussian(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.nextDouble() - 1;
      const y = 2 * this.nextDouble() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

/** Figures of one run, by their names with units. */
export type Figures = Readonly<Record<string, number>>;

/** One of several that take turns. */
export interface Contestant {
  readonly name: string;
  measure(): Promise<Figures>;
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What contestants came to that took turns: a busy machine hurts all alike. */
export class Rounds {
  readonly #figures = new Map<string, Figures[]>();

  /** One round before, which does not count, warms up. */
  static async play(contestants: readonly Contestant[], rounds: number): Promise<Rounds> {
    const played = new Rounds();
    for (let round = 0; round <= rounds; round++) {
      for (const { name, measure } of contestants) {
        const figures = await measure();
        if (round > 0) played.#of(name).push(figures);
      }
    }
    return played;
  }

  #of(name: string): Figures[] {
    const found = this.#figures.get(name) ?? [];
    this.#figures.set(name, found);
    return found;
  }

  medians(name: string): Figures {
    const all = this.#of(name);
    return Object.fromEntries(Object.keys(all[0] ?? {}).map((figure) => [figure, median(all.map((one) => one[figure] ?? Number.NaN))]));
  }

  /** Median of the quotients round by round. */
  ratio(name: string, base: string, figure: string): number {
    const bases = this.#of(base);
    return median(this.#of(name).map((one, round) => (one[figure] ?? Number.NaN) / (bases[round]?.[figure] ?? Number.NaN)));
  }
}

/** Prints what is measured: lines of text as they come, or all of it as JSON at the end. */
export class Report {
  readonly #json: boolean;
  readonly #results: { readonly what: string; readonly backend: string; readonly figures: Figures }[] = [];

  constructor(json: boolean) {
    this.#json = json;
  }

  add(what: string, backend: string, figures: Figures): void {
    this.#results.push({ what, backend, figures });
    if (this.#json) return;
    const texts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 3)}`);
    console.log(`${what} [${backend}]\n    ${texts.join('   ')}`);
  }

  end(settings: Figures): void {
    if (this.#json) console.log(JSON.stringify({ settings, results: this.#results }));
  }
}

/** Printed lines that were not taken yet; beyond the maximum the oldest give way. */
export class PrintBuffer {
  readonly #maximum: number;
  #lines: { readonly stream: 'stdout' | 'stderr'; readonly line: string }[] = [];
  #total = 0;
  constructor(maximum: number) {
    this.#maximum = maximum;
  }
  /** Lines that there have been in all. */
  get total(): number {
    return this.#total;
  }
  add(stream: 'stdout' | 'stderr', line: string): void {
    this.#total++;
    this.#lines.push({ stream, line });
    if (this.#lines.length >= 2 * this.#maximum) this.#lines = this.#lines.slice(-this.#maximum);
  }
  take(): readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[] {
    const lines = this.#lines.length > this.#maximum ? this.#lines.slice(-this.#maximum) : this.#lines;
    this.#lines = [];
    return lines;
  }
}

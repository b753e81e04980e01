/** Printed lines that were not taken yet; beyond the maximum the oldest give way. */
export class PrintBuffer {
  readonly #maximum: number;
  #lines: { readonly stream: 'stdout' | 'stderr'; readonly line: string }[] = [];
  constructor(maximum: number) {
    this.#maximum = maximum;
  }
  add(stream: 'stdout' | 'stderr', line: string): void {
    this.#lines.push({ stream, line });
    if (this.#lines.length >= 2 * this.#maximum) this.#lines = this.#lines.slice(-this.#maximum);
  }
  take(): readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[] {
    const lines = this.#lines.length > this.#maximum ? this.#lines.slice(-this.#maximum) : this.#lines;
    this.#lines = [];
    return lines;
  }
}

/** There is no key: `undefined` and `null` could be read as one. */
export const NO_KEY: unique symbol = Symbol('no key');

/**
 * Where the record that is being processed came out of: side data that rides along with it, never part of the value. An operator
 * with keys sets it around what it emits, stateless operators leave it alone, channels carry it.
 */
export class Ambient {
  /** [windowStart, windowEnd) in ms; NaN when the record did not come out of a window. */
  windowStart: number = Number.NaN;
  windowEnd: number = Number.NaN;
  key: unknown = NO_KEY;

  clear(): void {
    this.windowStart = Number.NaN;
    this.windowEnd = Number.NaN;
    this.key = NO_KEY;
  }

  set(windowStart: number, windowEnd: number, key: unknown): void {
    this.windowStart = windowStart;
    this.windowEnd = windowEnd;
    this.key = key;
  }
}

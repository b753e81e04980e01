/** A set of records that are aggregated together. */
export abstract class Window {
  /** The last ms that belongs to the window; the timestamp of its results. */
  abstract maxTimestamp(): number;
}

/** [start, end) in ms. */
export class TimeWindow extends Window {
  readonly start: number;
  readonly end: number;
  constructor(start: number, end: number) {
    super();
    this.start = start;
    this.end = end;
  }
  getStart(): number {
    return this.start;
  }
  getEnd(): number {
    return this.end;
  }
  override maxTimestamp(): number {
    return this.end - 1;
  }
  /** Touching windows intersect, as in Flink. */
  intersects(other: TimeWindow): boolean {
    return this.start <= other.end && this.end >= other.start;
  }
  cover(other: TimeWindow): TimeWindow {
    return new TimeWindow(Math.min(this.start, other.start), Math.max(this.end, other.end));
  }
  override toString(): string {
    return `TimeWindow{start=${this.start}, end=${this.end}}`;
  }
}

/** The one window of all records that are in no other. */
export class GlobalWindow extends Window {
  static readonly #only = new GlobalWindow();
  static get(): GlobalWindow {
    return GlobalWindow.#only;
  }
  /** Infinity. */
  override maxTimestamp(): number {
    return Number.POSITIVE_INFINITY;
  }
  override toString(): string {
    return 'GlobalWindow';
  }
}

/** Start of the window of `timestamp` (Flink's `TimeWindow.getWindowStartWithOffset`); correct for negative timestamps. */
export function windowStart(timestamp: number, offset: number, size: number): number {
  const remainder = (timestamp - offset) % size;
  return remainder < 0 ? timestamp - (remainder + size) : timestamp - remainder;
}

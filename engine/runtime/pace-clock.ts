import type { Pace } from './pace.ts';

/** Event times between which the input lies, in ms. */
export interface EventTimeRange {
  readonly min: number;
  readonly max: number;
}

/** What a pace is measured along: event time in ms, source records, the share of the input that has been read (0 to 1), or nothing ('none': at full speed). */
export type PaceAxis = 'none' | 'event-time' | 'records' | 'share';

/** An axis and how far one ms of wall-clock time moves along it. */
export interface PacePlan {
  readonly axis: PaceAxis;
  readonly rate: number;
}

/**
 * How to play an input. `range` is known when its event times are in order, more or less; `hasShare` when its size is known.
 * An input that tells neither is played at full speed.
 */
export function planPace(pace: Pace, range: EventTimeRange | null, hasShare: boolean): PacePlan {
  if (pace.kind === 'speed' && pace.factor > 0 && Number.isFinite(pace.factor)) return { axis: 'event-time', rate: pace.factor };
  if (pace.kind === 'records' && pace.perSecond > 0 && Number.isFinite(pace.perSecond))
    return { axis: 'records', rate: pace.perSecond / 1_000 };
  if (pace.kind === 'duration' && pace.milliseconds > 0) {
    if (range !== null && range.max > range.min) return { axis: 'event-time', rate: (range.max - range.min) / pace.milliseconds };
    if (hasShare) return { axis: 'share', rate: 1 / pace.milliseconds };
  }
  return { axis: 'none', rate: 0 };
}

/** How far an input may have been played at a moment: a straight line from where it started. Reads no clock; `now` is any clock in ms. */
export class PaceClock {
  readonly plan: PacePlan;
  #position: number | null = null;
  #since = 0;

  constructor(plan: PacePlan) {
    this.plan = plan;
  }

  get started(): boolean {
    return this.#position !== null;
  }

  /** From `now` on, playing goes on from `position`. */
  start(position: number, now: number): void {
    this.#position = position;
    this.#since = now;
  }

  /** Where playing may be: −Infinity before the start, Infinity at full speed. */
  limit(now: number): number {
    if (this.plan.axis === 'none') return Number.POSITIVE_INFINITY;
    return this.#position === null ? Number.NEGATIVE_INFINITY : this.#position + (now - this.#since) * this.plan.rate;
  }

  /** When `position` may be played, on the clock of `now`. */
  dueAt(position: number): number {
    if (this.plan.axis === 'none' || this.#position === null) return Number.NEGATIVE_INFINITY;
    return this.#since + (position - this.#position) / this.plan.rate;
  }
}

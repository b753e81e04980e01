import type { Executor } from '../runtime/job.ts';
import { PaceClock, planPace, type EventTimeRange, type PaceAxis } from '../runtime/pace-clock.ts';
import type { Pace } from '../runtime/pace.ts';

/** Records come in groups this far apart, in ms: smooth for the eye, few wake-ups. */
const FRAME = 33;

/** Longest time, in ms, for which nothing is looked at while playing waits for the next record. */
const MAX_WAIT = 1_000;

/** Plays the input of one job at a pace: tells the executor how far in event time, and the runner how many records, it may go (rule 11). */
export class Pacer {
  readonly #executor: Executor;
  readonly #fraction: () => number | null;
  #range: EventTimeRange | null = null;
  #clock: PaceClock;
  #pace: Pace;
  /** Last limit the executor was told. */
  #told = Number.POSITIVE_INFINITY;

  /** `fraction`: share of the input that has been read, or null. */
  constructor(executor: Executor, pace: Pace, fraction: () => number | null) {
    this.#executor = executor;
    this.#fraction = fraction;
    this.#pace = pace;
    this.#clock = new PaceClock(planPace(pace, null, false));
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Plans anew and goes on from where the input is now. `range`: null when it is not known or of no use. */
  setPace(pace: Pace, range: EventTimeRange | null, now: number): void {
    const before = this.#clock;
    const limit = before.plan.axis === 'event-time' ? before.limit(now) : Number.POSITIVE_INFINITY;
    this.#pace = pace;
    this.#range = pace.kind === 'duration' ? range : null;
    this.#clock = new PaceClock(planPace(pace, this.#range, this.#fraction() !== null));
    if (!Number.isFinite(limit)) return;
    const next = this.#executor.nextTimestamp() ?? limit;
    if (this.#axis === 'event-time') this.#clock.start(Math.min(limit, next), now);
  }

  /** Tells the executor how far it may go now. `settled`: every source has what it needs to show its next record. */
  advance(now: number, settled: boolean): void {
    if (!this.#clock.started && this.#axis !== 'none') this.#start(now, settled);
    const limit = this.#eventTimeLimit(now);
    if (limit === this.#told) return;
    this.#told = limit;
    this.#executor.deliver({ kind: 'pace', until: limit });
  }

  /** Records that may be read now, at most `most`. */
  allowance(now: number, most: number): number {
    if (this.#axis === 'records') return Math.max(0, Math.min(most, Math.floor(this.#clock.limit(now)) - this.#executor.recordCount));
    if (this.#axis !== 'share') return most;
    const read = this.#fraction() ?? 1;
    const ahead = this.#clock.limit(now) - read;
    if (read >= 1) return most;
    if (ahead <= 0) return 0;
    const records = this.#executor.recordCount;
    return records === 0 || read === 0 ? 1 : Math.max(1, Math.min(most, Math.floor((ahead * records) / read)));
  }

  /** Ms until playing can go on; Infinity when it does not wait for the pace. */
  waitTime(now: number): number {
    if (this.#axis === 'none') return Number.POSITIVE_INFINITY;
    if (this.#axis === 'records') return Math.min(MAX_WAIT, Math.max(FRAME, this.#clock.dueAt(this.#executor.recordCount + 1) - now));
    if (!this.#clock.started) return this.#executor.nextTimestamp() === null ? Number.POSITIVE_INFINITY : 0;
    const next = this.#axis === 'share' ? this.#fraction() : this.#executor.nextTimestamp();
    if (next === null) return FRAME;
    const until = this.#range === null ? next : Math.min(next, this.#range.max);
    return Math.min(MAX_WAIT, Math.max(FRAME, this.#clock.dueAt(until) - now));
  }

  /** Ms that playing the rest takes at this pace; null when that depends on something else. */
  timeLeft(now: number): number | null {
    if (!this.#clock.started) return null;
    if (this.#axis === 'share') return Math.max(0, this.#clock.dueAt(1) - now);
    if (this.#axis === 'event-time' && this.#range !== null) return Math.max(0, this.#clock.dueAt(this.#range.max) - now);
    return null;
  }

  #eventTimeLimit(now: number): number {
    if (this.#axis !== 'event-time') return Number.POSITIVE_INFINITY;
    const limit = this.#clock.limit(now);
    // The time is over: what comes now, such as a record with a time far in the future, must not hold up the rest.
    return this.#range !== null && limit > this.#range.max ? Number.POSITIVE_INFINITY : limit;
  }

  get #axis(): PaceAxis {
    return this.#clock.plan.axis;
  }

  /** An axis of event time starts at the first record that comes with a time, unless that lies before the range like a stray. */
  #start(now: number, settled: boolean): void {
    if (this.#axis === 'share') {
      this.#clock.start(this.#fraction() ?? 0, now);
      return;
    }
    if (this.#axis === 'records') {
      this.#clock.start(this.#executor.recordCount, now);
      return;
    }
    const first = settled ? this.#executor.nextTimestamp() : null;
    if (first !== null) this.#clock.start(Math.max(first, this.#range?.min ?? first), now);
  }
}

import { IllegalArgumentException } from './errors.ts';

const UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    1: ['ms', 'milli', 'millis', 'millisecond', 'milliseconds', ''],
    1_000: ['s', 'sec', 'second', 'seconds'],
    60_000: ['m', 'min', 'minute', 'minutes'],
    3_600_000: ['h', 'hour', 'hours'],
    86_400_000: ['d', 'day', 'days'],
  }).flatMap(([millis, names]) => names.map((name): [string, number] => [name, Number(millis)])),
);

const ISO = /^(-?)P(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?$/i;

/** A Duration, a number of milliseconds, or text such as '10 s', '100ms', '5 min', '1 day', 'PT5S'. */
export type DurationLike = Duration | number | string;

/** A length of time, as java.time.Duration. Immutable, millisecond resolution. */
export class Duration {
  readonly #millis: number;
  private constructor(millis: number) {
    this.#millis = millis;
  }

  static of(millis: number, written: unknown = millis): Duration {
    const rounded = Math.round(millis);
    // 0.1 * 3 s is a whole number of milliseconds up to floating point; anything coarser is a mistake.
    if (!Number.isSafeInteger(rounded) || Math.abs(rounded - millis) > 1e-6) {
      throw new IllegalArgumentException(
        `A duration is a whole number of milliseconds, not ${String(written)}.`,
        "Write for example '10 s'.",
      );
    }
    return new Duration(rounded + 0);
  }

  static ofMillis(millis: number): Duration {
    return Duration.of(millis);
  }
  static ofSeconds(seconds: number): Duration {
    return Duration.of(seconds * 1_000, `${seconds} s`);
  }
  static ofMinutes(minutes: number): Duration {
    return Duration.of(minutes * 60_000, `${minutes} min`);
  }
  static ofHours(hours: number): Duration {
    return Duration.of(hours * 3_600_000, `${hours} h`);
  }
  static ofDays(days: number): Duration {
    return Duration.of(days * 86_400_000, `${days} d`);
  }

  /** Reads '5 s', '100ms', '2 h' or ISO-8601 'PT5S'. Throws IllegalArgumentException. */
  static parse(text: string): Duration {
    const trimmed = text.trim();
    const simple = /^(-?\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(trimmed);
    const unit = simple && UNITS.get((simple[2] ?? '').toLowerCase());
    if (simple && unit !== undefined && unit !== null) return Duration.of(Number(simple[1]) * unit, `'${text}'`);
    const iso = ISO.exec(trimmed);
    if (iso && /\d/.test(trimmed) && !/T$/i.test(trimmed)) {
      const [days, hours, minutes, seconds] = iso.slice(2).map((part: string | undefined) => Number(part ?? 0));
      const millis = (days ?? 0) * 86_400_000 + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1_000;
      return Duration.of(iso[1] === '-' ? -millis : millis, `'${text}'`);
    }
    throw new IllegalArgumentException(
      `'${text}' is not a duration.`,
      "Write a number and a unit, for example '10 s', '100 ms', '5 min', '1 day'.",
    );
  }

  static between(startInclusive: number, endExclusive: number): Duration {
    return Duration.of(endExclusive - startInclusive);
  }

  static get ZERO(): Duration {
    return ZERO;
  }

  toMillis(): number {
    return this.#millis;
  }
  plus(other: DurationLike): Duration {
    return Duration.of(this.#millis + toMillis(other));
  }
  minus(other: DurationLike): Duration {
    return Duration.of(this.#millis - toMillis(other));
  }
  multipliedBy(factor: number): Duration {
    return Duration.of(this.#millis * factor);
  }
  negated(): Duration {
    return Duration.of(-this.#millis);
  }

  /** ISO-8601 as java.time.Duration writes it: 'PT5S', 'PT1H30M', 'PT-0.5S'. */
  toString(): string {
    if (this.#millis === 0) return 'PT0S';
    const hours = Math.trunc(this.#millis / 3_600_000);
    const minutes = Math.trunc((this.#millis % 3_600_000) / 60_000);
    const seconds = (this.#millis % 60_000) / 1_000;
    return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  }
}

const ZERO = Duration.ofMillis(0);

/** Milliseconds of anything that api.d.ts accepts as a duration. Throws IllegalArgumentException. */
export function toMillis(duration: DurationLike): number {
  if (duration instanceof Duration) return duration.toMillis();
  if (typeof duration === 'number') return Duration.ofMillis(duration).toMillis();
  if (typeof duration === 'string') return Duration.parse(duration).toMillis();
  throw new IllegalArgumentException(`${String(duration)} is not a duration.`, "Write for example Duration.ofSeconds(10) or '10 s'.");
}

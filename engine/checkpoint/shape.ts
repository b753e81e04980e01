/** Tells why a value is not as it should be: the place in it and what is wrong; null when it is. `at`: where the value stands. */
export type Check = (value: unknown, at: string) => string | null;

/** A check as a type guard. The check has to see to everything of `T` that is relied on. */
export function guardOf<T>(check: Check): (value: unknown) => value is T {
  return (value): value is T => check(value, '') === null;
}

/** A text of at most `max` characters. */
export function text(max = 10_000): Check {
  return (value, at) => {
    if (typeof value !== 'string') return `${at} is no text`;
    return value.length > max ? `${at} has more than ${max} characters` : null;
  };
}

/** A text in which `pattern` is found; `what` says what that is. */
export function matching(pattern: RegExp, what: string): Check {
  return (value, at) => (typeof value === 'string' && pattern.test(value) ? null : `${at} is no ${what}`);
}

/** Any number but NaN and infinities, which JSON does not have. */
export const finite: Check = (value, at) => (typeof value === 'number' && Number.isFinite(value) ? null : `${at} is no number`);

/** A whole number from `min` to `max`. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER): Check {
  return (value, at) => (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max ? null : `${at} is out of range`);
}

export const flag: Check = (value, at) => (typeof value === 'boolean' ? null : `${at} is neither true nor false`);

export function oneOf(...values: readonly unknown[]): Check {
  return (value, at) => (values.includes(value) ? null : `${at} has an unknown value`);
}

export function nullable(check: Check): Check {
  return (value, at) => (value === null ? null : check(value, at));
}

/** A field that may be absent. */
export function optional(check: Check): Check {
  return (value, at) => (value === undefined ? null : check(value, at));
}

export function list(check: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} is no list`;
    const items: readonly unknown[] = value;
    return firstProblem(items.entries(), ([place, item]) => check(item, `${at}[${place}]`));
  };
}

/** An object with these fields; others are left alone. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value, at) => {
    if (typeof value !== 'object' || value === null) return `${at} is missing`;
    const own = new Map<string, unknown>(Object.entries(value));
    return firstProblem(entries, ([name, check]) => check(own.get(name), at === '' ? name : `${at}.${name}`));
  };
}

/** The first problem that one of the items has; null when none has. */
export function firstProblem<T>(items: Iterable<T>, problemOf: (item: T) => string | null): string | null {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== null) return problem;
  }
  return null;
}

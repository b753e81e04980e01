/** Rows of the Table that an output keeps. */
export const MAX_ROWS = 1_000;

/** Lines of the Log that an output keeps. */
export const MAX_LOG = 1_000;

/** Late marks that a chart shows. */
export const MAX_LATE = 200;

/** The newest `limit` of two lists, newest last. */
export function keepNewest<T>(known: readonly T[], added: readonly T[], limit: number): readonly T[] {
  if (added.length === 0) {
    return known;
  }
  return added.length >= limit ? added.slice(-limit) : [...known.slice(Math.max(0, known.length + added.length - limit)), ...added];
}

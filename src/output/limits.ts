/** Rows of the Table that an output keeps, whatever a display asks for. */
export const MAX_ROWS = 1_000;

/** The rows that an output keeps when so many are asked for; null or undefined: not said. */
export function rowLimit(asked: number | null | undefined): number {
  return Math.min(asked ?? MAX_ROWS, MAX_ROWS);
}

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

/** What stays of an entry: the same, another value, or undefined when it is to go. */
export type Left = (kept: unknown) => unknown;

/** The entries of a state in canonical order, for those who clean up. */
export interface SweptEntries {
  /** Goes through at most `limit` entries behind those of a key, and behind the last the first ones. Which those are follows from what the state holds. */
  sweep(keyGroup: number, key: unknown, limit: number, left: Left): void;
  sweepAll(left: Left): void;
}

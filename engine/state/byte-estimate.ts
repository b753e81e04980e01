/** Bytes of an entry of which nothing is known. */
const TYPICAL_ENTRY = 64;

/** Bytes of entries of which some were encoded, `sized` of them into `bytes`, and `unsized` not yet: those count as much as the others on average. */
export function estimateBytes(bytes: number, sized: number, unsized: number): number {
  return bytes + Math.round((sized > 0 ? bytes / sized : TYPICAL_ENTRY) * unsized);
}

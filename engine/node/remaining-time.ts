/** Share of the input, and ms, from which on an estimate is worth showing. */
const MIN_SHARE = 0.01;
const MIN_TIME = 1_000;

/** Ms that the rest takes if it goes on as since `began`; null while that is too short ago to tell. `now` and `began.at`: any clock in ms. */
export function remainingTime(
  began: { readonly fraction: number; readonly at: number } | null,
  fraction: number,
  now: number,
): number | null {
  if (began === null) return null;
  const [share, time] = [fraction - began.fraction, now - began.at];
  return share < MIN_SHARE || time < MIN_TIME ? null : ((1 - fraction) * time) / share;
}

/** A record of a simulated job; `at` is ms of event time. */
export interface Input {
  readonly key: string;
  readonly value: number;
  readonly at: number;
}

function inputs(rows: string): readonly Input[] {
  return rows
    .trim()
    .split(/\s+/)
    .map((row, index) => ({ key: row.charAt(0), at: Number(row.slice(1)), value: index + 1 }));
}

/**
 * At most 5 ms out of order. Three records come too late for their windows, each behind one that is a little late: who forgets at a restore how far event
 * time had come takes them for being in time.
 */
export const WINDOWS = inputs('a1 b3 a2 c12 b9 a17 b12 a8 c21 b18 a24 c31 b24 a19 a33 c36 b35 a42 b34 c29 b44 c41 a47');

export const SESSIONS = inputs('a1 b2 a3 c4 b6 a7 b11 c12 a14 b15 c17 a22 b23 a24 c26 b28 a31 c33');

/** Without times. */
export const FIRST_NOTES = inputs('x0 y0 x0');
export const SECOND_NOTES = inputs('u0 v0 u0 v0');

export const LEFT = inputs('a1 b4 c6 a11 b13 c9 a17 b22 a24 c27');
export const RIGHT = inputs('b2 a5 c8 b14 b3 a19 c21 b26 a28');

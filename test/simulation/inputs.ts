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

/** At most 5 ms out of order, but for two records that come too late for their windows. */
export const WINDOWS = inputs('a1 b3 a2 c12 b9 a14 b13 a21 c18 b4 a27 b26 c25 a33 b31 a8 c36 b35');

export const SESSIONS = inputs('a1 b2 a3 c4 b6 a7 b11 c12 a14 b15 c17 a22 b23 a24 c26 b28 a31 c33');

export const LEFT = inputs('a1 b4 c6 a11 b13 c9 a17 b22 a24 c27');
export const RIGHT = inputs('b2 a5 c8 b14 b3 a19 c21 b26 a28');

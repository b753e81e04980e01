/**
 * How fast a bounded source is played. 'full' = as fast as possible; 'speed' = event time × factor; 'records' = that many source records per second;
 * 'duration' = the whole event-time range in about that many ms of wall-clock time (rule 11: a run option, never part of the pipeline).
 */
export type Pace =
  | { readonly kind: 'full' }
  | { readonly kind: 'speed'; readonly factor: number }
  | { readonly kind: 'records'; readonly perSecond: number }
  | { readonly kind: 'duration'; readonly milliseconds: number };

import type { Draws } from '../../engine/testkit/simulation/random.ts';

/** What is seen on the disk of a job that runs. */
export type Mark = 'writing' | 'published' | 'committed';

/** When a job is killed. */
export type Moment =
  /** Of the time from its start to its first checkpoint this share. */
  | { readonly kind: 'start'; readonly share: number }
  /** Its run has begun on the disk, and `delay` ms pass. */
  | { readonly kind: 'begun'; readonly delay: number }
  /** A checkpoint covers `records`; then the next `mark` is seen, and `delay` ms pass. */
  | { readonly kind: 'mark'; readonly records: number; readonly mark: Mark; readonly delay: number };

const MARKS: readonly Mark[] = ['writing', 'writing', 'published', 'committed'];
/** ms; half of the delays are none, so that the kill is in the middle of what was seen. */
const LONGEST_DELAY = 14;
/** Fewer kills of a job are all before its end. */
const FEWEST_WITH_END = 5;

/**
 * So many moments for one job: some at its starts, one in six at its end and behind it, the others spread over its input of `records`. `recordsBeforeEnd`:
 * what it reads in the time of some checkpoints.
 */
export function drawMoments(draws: Draws, kills: number, records: number, recordsBeforeEnd: number): readonly Moment[] {
  const delay = (): number => (draws.below(2) === 0 ? 0 : draws.below(LONGEST_DELAY));
  const mark = (place: number): Moment => ({
    kind: 'mark',
    records: place,
    mark: MARKS[draws.below(MARKS.length)] ?? 'writing',
    delay: delay(),
  });
  const ends = kills < FEWEST_WITH_END ? 0 : Math.max(1, Math.floor(kills / 6));
  const places = Array.from({ length: kills - ends }, () => draws.below(records - recordsBeforeEnd)).sort((a, b) => a - b);
  const before = places.map((place): Moment => {
    const kind = draws.below(10);
    if (kind === 0) return { kind: 'begun', delay: delay() };
    return kind === 1 ? { kind: 'start', share: draws.below(1_000) / 1_000 } : mark(place);
  });
  // The last one is behind the last checkpoint, which covers everything: there the job commits, gives back its lock, and ends.
  const atEnd = Array.from(
    { length: ends },
    (_, at): Moment => (at + 1 < ends ? mark(records - recordsBeforeEnd) : { kind: 'mark', records, mark: 'published', delay: delay() }),
  );
  return [...before, ...atEnd];
}

export function momentText(moment: Moment): string {
  switch (moment.kind) {
    case 'start':
      return `${Math.round(moment.share * 100)} % of the way to its first checkpoint`;
    case 'mark':
      return `${moment.delay} ms after it was seen “${moment.mark}” behind a checkpoint that covers ${moment.records} records`;
    case 'begun':
      return `${moment.delay} ms after its run had begun`;
  }
}

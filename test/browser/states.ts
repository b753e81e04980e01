/** Output states as the job's worker makes them, for the browser tests. */
import { type DisplayOptions, INFERRED_DISPLAY } from '../../engine/graph/display-options.ts';
import type { LateRecord, OpenWindow, ResultRow } from '../../engine/runtime/job.ts';
import { OutputFold } from '../../src/output/fold.ts';
import type { OutputState } from '../../src/output/types.ts';

/** Noon of a fixed day, in ms. */
export const NOON = Date.UTC(2026, 2, 14, 12);

const TOP = [
  ['the', 28],
  ['of', 20],
  ['to', 15],
  ['and', 13],
  ['stream', 9],
] as const;

/** A job that counts words in windows of five seconds, as it runs. */
export class WordCount {
  readonly fold: OutputFold;
  #rows = 0;
  #windows = 0;
  #extraWords: number;

  constructor(
    id = 'notebook#word-count/0',
    options: { readonly extraWords?: number; readonly kind?: OutputState['kind']; readonly display?: Partial<DisplayOptions> } = {},
  ) {
    this.#extraWords = options.extraWords ?? 12;
    this.fold = new OutputFold(
      {
        id,
        name: 'counts',
        kind: options.kind ?? 'display',
        window: { description: 'TumblingEventTimeWindows(5000)', eventTime: true, size: 5_000 },
      },
      false,
      { ...INFERRED_DISPLAY, ...options.display },
    );
  }

  /** The next windows fire; the two after them are open, the first of them more than the second. */
  fire(windows: number): this {
    for (let at = 0; at < windows; at += 1) {
      const rows = words(this.#windows, this.#extraWords).map(([word, count], row) =>
        resultRow(this.#rows + row, this.#windows, word, count),
      );
      this.#rows += rows.length;
      this.#windows += 1;
      this.fold.addRows(rows, this.#rows);
    }
    this.fold.setGhosts([...this.#open(0, 0.6), ...this.#open(1, 0.15)]);
    return this.status('running');
  }

  status(phase: OutputState['status']['phase'], watermark: number | null = NOON + this.#windows * 5_000 + 3_000): this {
    this.fold.setStatus({ phase, elapsed: 1_000 * this.#windows + 400, recordsIn: this.#rows * 9, watermark });
    return this;
  }

  /** Only open windows so far. */
  openOnly(): this {
    this.fold.setGhosts(this.#open(0, 0.5));
    return this.status('running', NOON + 3_000);
  }

  late(): this {
    const second = (at: number, counted: boolean): LateRecord => ({
      timestamp: NOON + at * 1_000,
      watermark: NOON,
      key: 'the',
      value: 'the',
      counted,
    });
    const records = [
      second(21, true),
      second(23, true),
      second(33, false),
      second(33.5, false),
      second(34, false),
      second(48, true),
      second(52, false),
    ];
    this.fold.addLate(records, 4, 3);
    return this;
  }

  #open(ahead: number, share: number): OpenWindow[] {
    const start = NOON + (this.#windows + ahead) * 5_000;
    return words(this.#windows + ahead, 4).map(([word, count]) => ({
      window: { start, end: start + 5_000 },
      key: word,
      value: { word, count: Math.ceil(count * share) },
      count: null,
    }));
  }
}

/** A display without windows: numbers with timestamps, rolling counts, anything. */
export function plainState(
  values: readonly unknown[],
  rest: Partial<ResultRow> | ((at: number) => Partial<ResultRow>) = {},
  name = 'values',
  display: Partial<DisplayOptions> = {},
): OutputState {
  const options = { ...INFERRED_DISPLAY, ...display };
  const fold = new OutputFold({ id: `notebook#${name}/0`, name, kind: 'display', window: null }, false, options);
  const rows = values.map(
    (value, index): ResultRow => ({
      index,
      kind: '+I',
      timestamp: null,
      window: null,
      key: undefined,
      watermark: Number.NEGATIVE_INFINITY,
      value,
      ...(typeof rest === 'function' ? rest(index) : rest),
    }),
  );
  fold.addRows(rows, rows.length);
  fold.setStatus({ phase: 'finished', elapsed: 420, recordsIn: rows.length, watermark: null });
  return fold.state();
}

/** An output before, or without, any result. */
export function emptyFold(phase: OutputState['status']['phase'], recordsIn: number, windowed = true): OutputFold {
  const window = windowed ? { description: 'TumblingEventTimeWindows(5000)', eventTime: true, size: 5_000 } : null;
  const fold = new OutputFold({ id: 'notebook#empty/0', name: 'counts', kind: 'display', window });
  fold.setStatus({ phase, elapsed: 400, recordsIn, watermark: null });
  return fold;
}

function words(window: number, extra: number): [string, number][] {
  const wave = (at: number): number => Math.round(6 * Math.sin(window * 0.9 + at * 1.7));
  const top = TOP.map(([word, count], at): [string, number] => [word, count + wave(at) + (at === 4 ? 3 : 0)]);
  return [...top, ...Array.from({ length: extra }, (_, at): [string, number] => [`word${at}`, 1 + ((window + at) % 3)])];
}

function resultRow(index: number, window: number, word: string, count: number): ResultRow {
  const start = NOON + window * 5_000;
  return {
    index,
    kind: '+I',
    timestamp: start + 4_999,
    window: { start, end: start + 5_000 },
    key: word,
    value: { word, count },
    watermark: start + 5_000 + ((index * 37) % 7) * 100,
  };
}

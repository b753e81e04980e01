import type { LateRecord, OpenWindow, ResultRow } from '../../../engine/runtime/job.ts';
import type { OutputFold } from '../../../src/output/fold.ts';

/** Noon of a fixed day. */
export const NOON = Date.UTC(2026, 2, 14, 12);

/** A result of a five-second window per word. */
export function windowRow(index: number, second: number, word: string, count: number): ResultRow {
  const window = { start: NOON + second * 1_000, end: NOON + second * 1_000 + 5_000 };
  return { index, kind: '+I', timestamp: window.end - 1, window, key: word, value: { word, count }, watermark: window.end + 100 };
}

/** A result without a window. */
export function plainRow(index: number, value: unknown, rest: Partial<ResultRow> = {}): ResultRow {
  return { index, kind: '+I', timestamp: null, window: null, key: undefined, value, watermark: Number.NEGATIVE_INFINITY, ...rest };
}

/** An open window of a word. */
export function ghost(second: number, word: string, count: number): OpenWindow {
  return { window: { start: NOON + second * 1_000, end: NOON + second * 1_000 + 5_000 }, key: word, value: { word, count }, count };
}

/** A late record at a second after noon. */
export function late(second: number, counted: boolean): LateRecord {
  return { timestamp: NOON + second * 1_000, watermark: NOON + second * 1_000 + 9_000, key: 'the', value: 'the', counted };
}

/** Adds all of `rows` and takes their number for the total. */
export function addAll(fold: OutputFold, rows: readonly ResultRow[]): void {
  fold.addRows(rows, (rows[rows.length - 1]?.index ?? -1) + 1);
}

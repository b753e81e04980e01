import { OTHERS_SLOT, SlotTable, topKeys } from './slots.ts';
import type { ChartData, ChartMark, ChartSeries, WindowRange } from './types.ts';

/** Windows that the chart shows. */
export const MAX_WINDOWS = 60;

/** Keys that a window remembers one by one; later ones only count towards its sum. */
const MAX_KEYS_PER_WINDOW = 2_000;

/** While so few windows have fired, the ranking of keys is a guess: slots are given anew with each. */
const GUESSING_WINDOWS = 3;

/** A number for a key of a window. */
export interface WindowValue {
  readonly window: WindowRange;
  readonly key: string;
  readonly value: number;
}

/** Numbers of one series of a window that are added up. */
interface Parts {
  sum: number;
  readonly values: Map<string, number>;
}

interface WindowEntry {
  readonly range: WindowRange;
  readonly values: Map<string, number>;
  /** Of all values, also those that are not remembered by key. */
  sum: number;
  /** Keys beyond the limit. */
  unnamed: number;
  /** By series, where several results make up its value. */
  readonly parts: Map<string, Parts>;
  partCount: number;
}

/** The last fired windows and the open ones, folded to the top keys and "others". */
export class WindowSeries {
  readonly #windows = new Map<string, WindowEntry>();
  /** Weight of each key over the fired windows that are shown, and in how many of them it is. */
  readonly #totals = new Map<string, { weight: number; windows: number }>();
  readonly #slots = new SlotTable();
  #open: readonly WindowEntry[] = [];
  #fired = false;
  #settled = false;
  #overlap = false;
  #stale = false;

  /** Whether windows overlap, as sliding ones do: bars would hide each other. */
  get overlap(): boolean {
    return this.#overlap;
  }

  /** A fired result, or null to withdraw one (−D). With `part` the values of all parts of a series are added up. */
  set(window: WindowRange, key: string, given: number | null, part: string | null = null): void {
    const entry = this.#entryFor(window);
    if (entry === null) {
      return;
    }
    const value = part === null ? given : sumOfParts(entry, key, part, given);
    this.#stale = true;
    if (value === null) {
      this.#remove(entry, key);
    } else if (!entry.values.has(key) && entry.values.size >= MAX_KEYS_PER_WINDOW) {
      entry.unnamed += 1;
      entry.sum += value;
    } else {
      this.#remove(entry, key);
      entry.values.set(key, value);
      entry.sum += value;
      const total = this.#totals.get(key) ?? { weight: 0, windows: 0 };
      total.weight += Math.abs(value);
      total.windows += 1;
      this.#totals.set(key, total);
    }
  }

  /** Replaces the open windows. */
  setOpen(values: readonly WindowValue[]): void {
    const open = new Map<string, WindowEntry>();
    for (const { window, key, value } of values) {
      if (this.#windows.get(windowId(window))?.values.has(key) === true) {
        continue;
      }
      const entry = open.get(windowId(window)) ?? emptyEntry(window);
      open.set(windowId(window), entry);
      entry.sum += value;
      entry.values.set(key, (entry.values.get(key) ?? 0) + value);
    }
    this.#open = sorted(open.values());
    for (const entry of this.#open) {
      this.#noteOverlap(entry, this.#open);
    }
  }

  /** Series and marks, with stable slots. */
  chart(): Pick<ChartData, 'series' | 'marks' | 'others' | 'windowSize'> {
    this.#rank();
    const fired = sorted(this.#windows.values());
    const shown = [...fired, ...this.#open];
    const holders = this.#slots.entries();
    const marks = [...fired.flatMap((entry) => this.#marks(entry, false)), ...this.#open.flatMap((entry) => this.#marks(entry, true))];
    const others = this.#otherCount(shown);
    const last = fired[fired.length - 1];
    const next = this.#open[0];
    const series: ChartSeries[] = holders.map(({ slot, key }) => ({
      slot,
      label: key,
      lastFired: last?.values.get(key) ?? null,
      open: next?.values.get(key) ?? null,
    }));
    if (others > 0) {
      series.push({
        slot: OTHERS_SLOT,
        label: '',
        lastFired: last === undefined ? null : this.#othersOf(last),
        open: next === undefined ? null : this.#othersOf(next),
      });
    }
    return { series, marks, others, windowSize: commonSize(shown) };
  }

  #rank(): void {
    if (!this.#stale && this.#fired) {
      return;
    }
    if (!this.#settled) {
      this.#slots.clear();
      this.#fired = this.#windows.size > 0;
      this.#settled = this.#windows.size > GUESSING_WINDOWS;
    }
    this.#stale = false;
    this.#slots.rank(topKeys(this.#windows.size > 0 ? this.#weights() : openTotals(this.#open)));
  }

  #marks(entry: WindowEntry, open: boolean): ChartMark[] {
    const { start, end } = entry.range;
    const marks: ChartMark[] = [];
    for (const { slot, key } of this.#slots.entries()) {
      const value = entry.values.get(key);
      if (value !== undefined) {
        marks.push({ start, end, slot, value, open });
      }
    }
    if (entry.values.size + entry.unnamed > marks.length) {
      marks.push({ start, end, slot: OTHERS_SLOT, value: this.#othersOf(entry), open });
    }
    return marks;
  }

  #othersOf(entry: WindowEntry): number {
    let rest = entry.sum;
    for (const { key } of this.#slots.entries()) {
      rest -= entry.values.get(key) ?? 0;
    }
    // Sums of fractions leave dust behind when parts are taken off again.
    return Math.abs(rest) < Math.abs(entry.sum) * 1e-12 ? 0 : rest;
  }

  #otherCount(shown: readonly WindowEntry[]): number {
    const named = new Set(this.#totals.keys());
    for (const entry of this.#open) {
      for (const key of entry.values.keys()) {
        named.add(key);
      }
    }
    const unnamed = shown.reduce((most, entry) => Math.max(most, entry.unnamed), 0);
    return named.size + unnamed - this.#slots.entries().filter(({ key }) => named.has(key)).length;
  }

  #entryFor(window: WindowRange): WindowEntry | null {
    const id = windowId(window);
    const known = this.#windows.get(id);
    if (known !== undefined) {
      return known;
    }
    if (this.#windows.size >= MAX_WINDOWS) {
      const oldest = sorted(this.#windows.values())[0];
      if (oldest === undefined || inOrder(window, oldest.range) < 0) {
        return null;
      }
      this.#drop(oldest);
    }
    const entry = emptyEntry(window);
    this.#noteOverlap(entry, this.#windows.values());
    this.#windows.set(id, entry);
    return entry;
  }

  #noteOverlap({ range }: WindowEntry, others: Iterable<WindowEntry>): void {
    for (const { range: other } of others) {
      const same = other.start === range.start && other.end === range.end;
      this.#overlap ||= !same && other.start < range.end && range.start < other.end;
    }
  }

  #drop(entry: WindowEntry): void {
    this.#windows.delete(windowId(entry.range));
    for (const key of Array.from(entry.values.keys())) {
      this.#remove(entry, key);
    }
  }

  #remove(entry: WindowEntry, key: string): void {
    const value = entry.values.get(key);
    const total = this.#totals.get(key);
    if (value === undefined || total === undefined) {
      return;
    }
    entry.values.delete(key);
    entry.sum -= value;
    total.weight -= Math.abs(value);
    total.windows -= 1;
    if (total.windows === 0) {
      this.#totals.delete(key);
    }
  }

  #weights(): Iterable<readonly [string, number]> {
    return Array.from(this.#totals, ([key, total]) => [key, total.weight] as const);
  }
}

function windowId(window: WindowRange): string {
  return `${window.start},${window.end}`;
}

function emptyEntry(range: WindowRange): WindowEntry {
  return { range, values: new Map(), sum: 0, unnamed: 0, parts: new Map(), partCount: 0 };
}

/** The value of a series once one of its parts has another; null when none is left. Parts beyond the limit are added and cannot change any more. */
function sumOfParts(entry: WindowEntry, key: string, part: string, value: number | null): number | null {
  const parts = entry.parts.get(key) ?? { sum: 0, values: new Map<string, number>() };
  entry.parts.set(key, parts);
  const before = parts.values.get(part);
  if (before === undefined && entry.partCount >= MAX_KEYS_PER_WINDOW) {
    parts.sum += value ?? 0;
    return parts.sum;
  }
  parts.sum += (value ?? 0) - (before ?? 0);
  entry.partCount += Number(value !== null) - Number(before !== undefined);
  if (value === null) {
    parts.values.delete(part);
  } else {
    parts.values.set(part, value);
  }
  return parts.values.size === 0 ? null : parts.sum;
}

function inOrder(a: WindowRange, b: WindowRange): number {
  return a.end - b.end || a.start - b.start;
}

function sorted(entries: Iterable<WindowEntry>): WindowEntry[] {
  return Array.from(entries).sort((a, b) => inOrder(a.range, b.range));
}

function openTotals(open: readonly WindowEntry[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const entry of open) {
    for (const [key, value] of entry.values) {
      totals.set(key, (totals.get(key) ?? 0) + Math.abs(value));
    }
  }
  return totals;
}

function commonSize(entries: readonly WindowEntry[]): number | null {
  const sizes = new Set(entries.map(({ range }) => range.end - range.start));
  const [size] = sizes;
  return sizes.size === 1 && size !== undefined ? size : null;
}

import * as l10n from '@vscode/l10n';
import { barWidth } from './mark-places.ts';
import { OTHERS_SLOT, SlotTable, topKeys } from './slots.ts';
import type { ChartData, ChartMark, Plot } from './types.ts';

/** Results that are kept; the oldest give way. */
export const MAX_PLACED = 1_500;

/** Categories that an x axis has room for; the largest are shown. */
const MAX_CATEGORIES = 20;

/** How much of its place the bar of a category takes. */
const BAR = 0.8;

/** A number at a place of the x axis: a number, or a category. */
export interface PlacedValue {
  readonly place: number | string;
  readonly series: string;
  readonly value: number;
}

/**
 * Numbers at places that are not windows or steps of time. Points stand for a result each; of bars, lines and areas the newest result
 * of a place, series and part counts, and parts are added up.
 */
export class PlaceSeries {
  readonly #plot: Plot;
  readonly #values = new Map<string, PlacedValue>();
  readonly #slots = new SlotTable();
  #added = 0;
  #gone = 0;

  constructor(plot: Plot) {
    this.#plot = plot;
  }

  /** Results that have given way to newer ones. */
  get gone(): number {
    return this.#gone;
  }

  set(placed: PlacedValue, part: string): void {
    const id = this.#plot.mark === 'point' ? String(this.#added) : partId(placed, part);
    this.#added += 1;
    this.#values.delete(id);
    this.#values.set(id, placed);
    if (this.#values.size > MAX_PLACED) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest);
        this.#gone += 1;
        break;
      }
    }
  }

  /** Withdraws a result (−D): of points the newest that is the same. */
  remove(placed: PlacedValue, part: string): void {
    if (this.#plot.mark !== 'point') {
      this.#values.delete(partId(placed, part));
      return;
    }
    const same = Array.from(this.#values).findLast(
      ([, { place, series, value }]) => place === placed.place && series === placed.series && value === placed.value,
    );
    if (same !== undefined) {
      this.#values.delete(same[0]);
    }
  }

  chart(): Pick<ChartData, 'series' | 'marks' | 'categories' | 'others'> {
    const all = Array.from(this.#values.values());
    const isCategory = this.#plot.axis === 'category';
    const totals = isCategory ? sums(all, ({ place }) => String(place)) : new Map<string, number>();
    const shown = topKeys(weights(totals), MAX_CATEGORIES);
    const at = new Map(shown.map((label, index) => [label, index]));
    const placed = all.flatMap(({ place, series, value }) => {
      const x = typeof place === 'number' ? place : at.get(place);
      return x === undefined ? [] : [{ x, series, value }];
    });
    this.#slots.rank(topKeys(weights(sums(placed, ({ series }) => series))));
    const named = this.#slots.entries();
    const others = new Set(placed.map(({ series }) => series)).size - named.length;
    return {
      series: this.#series(placed, others),
      marks: this.#marks(placed),
      categories: shown.map((label) => ({ label, value: totals.get(label) ?? 0 })),
      others: totals.size - shown.length,
    };
  }

  #series(placed: readonly Placed[], others: number): ChartData['series'] {
    const newest = new Map(placed.map(({ series, value }) => [series, value]));
    const series = this.#slots.entries().map(({ slot, key }) => ({ slot, label: key, lastFired: newest.get(key) ?? null, open: null }));
    if (others <= 0) {
      return series;
    }
    const label = others === 1 ? l10n.t('1 other') : l10n.t('{0} others', others);
    return [...series, { slot: OTHERS_SLOT, label: this.#joins ? l10n.t('{0}, not drawn', label) : label, lastFired: null, open: null }];
  }

  #marks(placed: readonly Placed[]): readonly ChartMark[] {
    const { mark, axis } = this.#plot;
    const width = mark !== 'bar' ? 0 : axis === 'category' ? BAR : (barWidth(placed.map(({ x }) => x)) ?? 1);
    const marks = new Map<string, ChartMark>();
    for (const { x, series, value } of placed) {
      const slot = this.#slots.slotOf(series);
      const id = mark === 'point' ? String(marks.size) : `${x} ${slot}`;
      const sum = (marks.get(id)?.value ?? 0) + value;
      if (slot !== OTHERS_SLOT || !this.#joins) {
        marks.set(id, { start: x - width / 2, end: x + width / 2, slot, value: sum, open: false });
      }
    }
    return Array.from(marks.values()).sort((a, b) => a.end - b.end || a.slot - b.slot);
  }

  /** One line for many keys would join what does not belong together. */
  get #joins(): boolean {
    return this.#plot.mark === 'line' || this.#plot.mark === 'area';
  }
}

interface Placed {
  readonly x: number;
  readonly series: string;
  readonly value: number;
}

function partId({ place, series }: PlacedValue, part: string): string {
  return JSON.stringify([place, series, part]);
}

function sums<T extends { readonly value: number }>(values: readonly T[], nameOf: (value: T) => string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const value of values) {
    const name = nameOf(value);
    totals.set(name, (totals.get(name) ?? 0) + value.value);
  }
  return totals;
}

function weights(totals: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return Array.from(totals, ([name, total]) => [name, Math.abs(total)] as const);
}

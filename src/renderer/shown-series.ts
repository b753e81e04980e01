import { OTHERS_SLOT } from '../output/slots.ts';
import type { ChartData } from '../output/types.ts';
import { firedWindows, othersDwarf, SETTLED_WINDOWS } from './others.ts';

/** Which series of a chart are hidden. */
export class ShownSeries {
  readonly #hidden = new Set<number>();
  /** Once the user has chosen what is drawn, or enough windows have fired, the choice stays. */
  #othersDecided = false;

  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  /** "Others" that dwarf the keys with a name of their own are left to the legend: their bars would say nothing. */
  decideOthers(chart: ChartData): void {
    if (this.#othersDecided) {
      return;
    }
    this.#othersDecided = firedWindows(chart) >= SETTLED_WINDOWS;
    if (othersDwarf(chart)) {
      this.#hidden.add(OTHERS_SLOT);
    } else {
      this.#hidden.delete(OTHERS_SLOT);
    }
  }

  toggle(slot: number): void {
    this.#othersDecided = true;
    if (!this.#hidden.delete(slot)) {
      this.#hidden.add(slot);
    }
  }

  /** Hides all others; shows all when this one is alone already. */
  showAlone(slot: number, chart: ChartData | null): void {
    this.#othersDecided = true;
    const slots = chart?.series.map((series) => series.slot) ?? [];
    const alone = slots.every((other) => other === slot || this.#hidden.has(other));
    this.#hidden.clear();
    if (!alone) {
      for (const other of slots) {
        if (other !== slot) {
          this.#hidden.add(other);
        }
      }
    }
  }
}

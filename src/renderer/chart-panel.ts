import { OTHERS_SLOT } from '../output/slots.ts';
import { chartSummary } from '../output/summary.ts';
import { fullNumber, keyText, rangeText, shortNumber, timeText } from '../output/text.ts';
import type { OutputState } from '../output/types.ts';
import { CalmRange, type ChartLayout, layoutChart, markAt, type PlacedMark, walk } from './chart-layout.ts';
import { CATEGORY_ROW, CATEGORY_ROWS, PADDING, PLOT_HEIGHT } from './chart-spec.ts';
import { element, handled, setShown, setText } from './dom.ts';
import { type CardText, cardSentence, HoverCard } from './hover-card.ts';
import { Legend } from './legend.ts';
import { firedWindows, othersDwarf, SETTLED_WINDOWS } from './others.ts';
import { STRINGS } from './strings.ts';
import { type ChartPicture, VegaChart } from './vega-chart.ts';

const DAY = 86_400_000;

/** The summary is spoken again at most so often (ms), and only while the chart has the focus. */
const SPEAK_EVERY = 10_000;

/** The Chart tab: picture, legend, card, keyboard. */
export class ChartPanel {
  readonly element = element('div', { class: 'withlegend' });
  readonly #box = element('div', { class: 'chartbox' });
  readonly #figure = element('div', {
    class: 'chart',
    role: 'application',
    attributes: { tabindex: '0', 'aria-roledescription': STRINGS.chart.role() },
  });
  /** Vega names its container by itself; the figure's own label is the summary. */
  readonly #picture = element('div', { attributes: { 'aria-hidden': 'true' } });
  readonly #spoken = element('p', { class: 'sr', attributes: { 'aria-live': 'polite' } });
  readonly #more = element('p', { class: 'small muted' });
  readonly #card = new HoverCard();
  readonly #legend: Legend;
  readonly #hidden = new Set<number>();
  /** Once the user has chosen what is drawn, or enough windows have fired, the choice stays. */
  #othersDecided = false;
  readonly #range = new CalmRange();
  readonly #resizes: ResizeObserver;
  #chart: VegaChart | null = null;
  #state: OutputState | null = null;
  #layout: ChartLayout | null = null;
  #yRange: readonly [number, number] = [0, 1];
  #looked: PlacedMark | null = null;
  #width = 0;
  #pressed = false;
  #spokenAt = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#legend = new Legend({
      highlight: (slot) => this.#chart?.patch({}, { active: slot }),
      toggle: (slot) => this.#toggle(slot),
      showAlone: (slot) => this.#showAlone(slot),
    });
    this.#figure.append(this.#picture);
    this.#box.append(this.#figure, this.#card.element, this.#spoken, this.#more);
    this.element.append(this.#box, this.#legend.element);
    this.#resizes = new ResizeObserver(() => this.#draw());
    this.#resizes.observe(this.#box);
    this.#listen();
  }

  update(state: OutputState): void {
    this.#state = state;
    // Nothing moves while the pointer is down.
    if (!this.#pressed) {
      this.#draw();
    }
  }

  dispose(): void {
    this.#resizes.disconnect();
    this.#chart?.dispose();
    this.#chart = null;
  }

  #draw(): void {
    const state = this.#state;
    const width = this.#box.clientWidth;
    if (state === null || state.chart.kind === 'none' || width <= 0) {
      return;
    }
    this.#width = width;
    const { kind } = state.chart;
    const overTime = kind === 'window-bars' || kind === 'lines';
    setShown(this.#legend.element, overTime);
    this.element.classList.toggle('alone', !overTime);
    this.element.classList.toggle('number', kind === 'single-number');
    const picture = overTime ? this.#timePicture(state) : plainPicture(state, width);
    this.#figure.setAttribute('aria-label', chartSummary(state));
    setText(this.#more, moreText(state));
    if (this.#chart?.kind !== kind) {
      this.#chart?.dispose();
      this.#picture.replaceChildren();
      this.#chart = new VegaChart(kind, this.#picture, picture);
    } else {
      this.#chart.draw(picture);
    }
    if (overTime) {
      this.#legend.update(state, this.#hidden);
    }
    this.#speakSometimes();
  }

  /** "Others" that dwarf the keys with a name of their own are left to the legend: their bars would say nothing. */
  #decideOthers(state: OutputState): void {
    if (this.#othersDecided) {
      return;
    }
    this.#othersDecided = firedWindows(state.chart) >= SETTLED_WINDOWS;
    if (othersDwarf(state.chart)) {
      this.#hidden.add(OTHERS_SLOT);
    } else {
      this.#hidden.delete(OTHERS_SLOT);
    }
  }

  #timePicture(state: OutputState): ChartPicture {
    this.#decideOthers(state);
    const layout = layoutChart(state, this.#hidden);
    const [yMin, yMax] = this.#range.next(layout.yMin, layout.yMax, performance.now());
    this.#yRange = [yMin, yMax];
    this.#layout = layout;
    this.#looked = this.#looked === null ? null : (layout.marks.find((mark) => sameMark(mark, this.#looked)) ?? null);
    const { x0, x1, watermark } = layout;
    const width = Math.max(80, this.#width - PADDING.left - PADDING.right);
    const lastOf = new Map(layout.marks.filter((mark) => !mark.open).map((mark) => [mark.slot, mark.end]));
    const barWidth = (width * (state.chart.windowSize ?? x1 - x0)) / (x1 - x0);
    const clock =
      watermark === null
        ? []
        : [{ watermark, to: x1, label: STRINGS.chart.watermark(timeText(Math.floor(watermark / 1_000) * 1_000, x1 - x0 > DAY)) }];
    return {
      width,
      data: {
        marks: layout.marks.map((mark) => ({ ...mark, last: lastOf.get(mark.slot) === mark.end })),
        late: layout.late,
        clock,
        focus: this.#looked === null ? [] : [this.#looked],
      },
      parameters: {
        x0,
        x1,
        yMin,
        yMax,
        gap: Math.max(0, Math.min(2, barWidth * 0.06)),
        xTicks: Math.max(2, Math.floor(width / 100)),
        xFormat: x1 - x0 > 3 * DAY ? '%b %d' : x1 - x0 > DAY / 2 ? '%b %d, %H:%M' : '%H:%M:%S',
        labelAlign: watermark !== null && watermark - x0 > (x1 - x0) * 0.3 ? 'right' : 'left',
      },
    };
  }

  #listen(): void {
    const figure = this.#figure;
    figure.addEventListener('pointermove', (event) => this.#look(this.#markUnder(event)));
    figure.addEventListener('pointerleave', () => this.#look(null));
    figure.addEventListener('pointerdown', () => {
      this.#pressed = true;
    });
    for (const name of ['pointerup', 'pointercancel', 'pointerleave']) {
      figure.addEventListener(name, () => this.#release());
    }
    figure.addEventListener('keydown', (event) => this.#onKey(event));
    figure.addEventListener('focus', () => this.#speakSometimes());
    figure.addEventListener('blur', () => this.#look(null));
  }

  #release(): void {
    if (this.#pressed) {
      this.#pressed = false;
      this.#draw();
    }
  }

  #onKey(event: KeyboardEvent): void {
    const layout = this.#layout;
    if (event.key === 'Escape' && this.#looked !== null) {
      handled(event);
      this.#look(null);
    } else if (layout !== null && ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) {
      handled(event);
      this.#look(walk(layout, this.#looked, event.key));
      const text = this.#looked === null ? null : this.#cardText(this.#looked);
      setText(this.#spoken, text === null ? '' : cardSentence(text));
    }
  }

  #markUnder(event: PointerEvent): PlacedMark | null {
    const layout = this.#layout;
    if (layout === null) {
      return null;
    }
    const box = this.#figure.getBoundingClientRect();
    const perX = (layout.x1 - layout.x0) / Math.max(1, this.#width - PADDING.left - PADDING.right);
    const [yMin, yMax] = this.#yRange;
    const perY = (yMax - yMin) / PLOT_HEIGHT;
    const time = layout.x0 + (event.clientX - box.left - PADDING.left) * perX;
    const value = yMax - (event.clientY - box.top - PADDING.top) * perY;
    return markAt(layout, time, value, { x: perX * 12, y: perY * 12 });
  }

  #look(mark: PlacedMark | null): void {
    if (mark === this.#looked) {
      return;
    }
    this.#looked = mark;
    this.#legend.mark(mark?.slot ?? 0);
    this.#chart?.patch({ focus: mark === null ? [] : [mark] });
    const text = mark === null ? null : this.#cardText(mark);
    if (mark === null || text === null || this.#layout === null) {
      this.#card.hide();
      return;
    }
    const { x0, x1 } = this.#layout;
    const [yMin, yMax] = this.#yRange;
    const plot = this.#width - PADDING.left - PADDING.right;
    const x = PADDING.left + ((mark.end - x0) / (x1 - x0)) * plot;
    const y = PADDING.top + ((yMax - Math.max(mark.y0, mark.y1)) / (yMax - yMin)) * PLOT_HEIGHT;
    this.#card.show(text, { x, y: Math.min(y, PLOT_HEIGHT - 60) }, this.#width);
  }

  #cardText(mark: PlacedMark): CardText | null {
    const state = this.#state;
    if (state === null) {
      return null;
    }
    const { chart } = state;
    const label = chart.series.find((series) => series.slot === mark.slot)?.label ?? '';
    const lines: [string, string][] = [[chart.y ?? '', fullNumber(Number(mark.value.toPrecision(12)))]];
    const fired = state.rows.findLast((row) => row.window?.end === mark.end && row.firedAt !== null && keyText(row.key) === label);
    if (mark.open) {
      lines.push([STRINGS.card.state(), STRINGS.card.open()]);
    } else if (fired !== undefined && fired.firedAt !== null) {
      lines.push([STRINGS.card.firedAt(), timeText(fired.firedAt)]);
    }
    const original = chart.marks.find((candidate) => candidate.end === mark.end && candidate.slot === mark.slot);
    const start = original?.start ?? mark.start;
    const withDate = this.#layout !== null && this.#layout.x1 - this.#layout.x0 > DAY;
    const range = start === mark.end ? timeText(mark.end, withDate) : rangeText(start, mark.end, withDate);
    return { slot: mark.slot, title: label === '' ? (chart.y ?? '') : label, range, lines };
  }

  #toggle(slot: number): void {
    this.#othersDecided = true;
    if (!this.#hidden.delete(slot)) {
      this.#hidden.add(slot);
    }
    this.#draw();
  }

  #showAlone(slot: number): void {
    this.#othersDecided = true;
    const slots = this.#state?.chart.series.map((series) => series.slot) ?? [];
    const alone = slots.every((other) => other === slot || this.#hidden.has(other));
    this.#hidden.clear();
    if (!alone) {
      for (const other of slots) {
        if (other !== slot) {
          this.#hidden.add(other);
        }
      }
    }
    this.#draw();
  }

  #speakSometimes(): void {
    const now = performance.now();
    if (this.#state !== null && document.activeElement === this.#figure && this.#looked === null && now - this.#spokenAt >= SPEAK_EVERY) {
      this.#spokenAt = now;
      setText(this.#spoken, chartSummary(this.#state));
    }
  }
}

function sameMark(a: PlacedMark, b: PlacedMark | null): boolean {
  return b !== null && a.end === b.end && a.slot === b.slot && a.start === b.start;
}

function moreText(state: OutputState): string {
  const { chart } = state;
  const left = chart.kind === 'category-bars' ? Math.max(0, chart.categories.length - CATEGORY_ROWS) + chart.others : 0;
  return left > 0 ? STRINGS.legend.more(fullNumber(left)) : '';
}

function plainPicture(state: OutputState, width: number): ChartPicture {
  const { chart } = state;
  if (chart.kind === 'category-bars') {
    const rows = chart.categories.slice(0, CATEGORY_ROWS);
    return {
      width: Math.max(80, width - 224),
      height: rows.length * CATEGORY_ROW,
      data: { marks: rows.map((row) => ({ ...row, text: shortNumber(row.value) })) },
      parameters: {},
    };
  }
  const current = chart.categories.map(({ label, value }) => ({ label, text: fullNumber(Number(value.toPrecision(12))) }));
  return { width: Math.max(80, width), data: { marks: chart.marks, current }, parameters: {} };
}

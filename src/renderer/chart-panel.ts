import { chartSummary } from '../output/summary.ts';
import { plotOf } from '../output/plot.ts';
import { fullNumber, keyText, rangeText, shortNumber, timeText } from '../output/text.ts';
import type { OutputState } from '../output/types.ts';
import { CalmRange, type ChartLayout, layoutChart, markAt, type PlacedMark, walk } from './chart-layout.ts';
import { CATEGORY_ROW, CATEGORY_ROWS, PADDING, PLOT_HEIGHT } from './chart-spec.ts';
import { element, handled, setShown, setText } from './dom.ts';
import { type CardText, cardSentence, HoverCard } from './hover-card.ts';
import { Legend } from './legend.ts';
import { ShownSeries } from './shown-series.ts';
import { STRINGS } from './strings.ts';
import { clockRows, DAY, markRows, timeParameters } from './time-picture.ts';
import { builtInChart, type ChartPicture, VegaChart } from './vega-chart.ts';

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
  readonly #shown = new ShownSeries();
  readonly #range = new CalmRange();
  readonly #resizes: ResizeObserver;
  #chart: VegaChart | null = null;
  /** The look that is drawn. */
  #drawn: string | null = null;
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
    const plot = plotOf(state.chart);
    const overTime = plot !== null;
    const look = plot ?? (kind === 'category-bars' ? kind : 'single-number');
    const name = JSON.stringify(look);
    setShown(this.#legend.element, overTime);
    this.element.classList.toggle('alone', !overTime);
    this.element.classList.toggle('number', kind === 'single-number');
    const picture = overTime ? this.#timePicture(state) : plainPicture(state, width);
    this.#figure.setAttribute('aria-label', chartSummary(state));
    setText(this.#more, moreText(state));
    if (this.#chart === null || this.#drawn !== name) {
      this.#chart?.dispose();
      this.#picture.replaceChildren();
      this.#drawn = name;
      this.#chart = new VegaChart(builtInChart(look), this.#picture, picture);
    } else {
      this.#chart.draw(picture);
    }
    if (overTime) {
      this.#legend.update(state, this.#shown.hidden);
    }
    this.#speakSometimes();
  }

  #timePicture(state: OutputState): ChartPicture {
    this.#shown.decideOthers(state.chart);
    const layout = layoutChart(state, this.#shown.hidden);
    const [yMin, yMax] = this.#range.next(layout.yMin, layout.yMax, performance.now());
    this.#yRange = [yMin, yMax];
    this.#layout = layout;
    this.#looked = this.#looked === null ? null : (layout.marks.find((mark) => sameMark(mark, this.#looked)) ?? null);
    const width = Math.max(80, this.#width - PADDING.left - PADDING.right);
    return {
      width,
      data: {
        marks: markRows(layout),
        focus: this.#looked === null ? [] : [this.#looked],
        ...(plotOf(state.chart)?.axis === 'event-time' ? { late: layout.late, clock: clockRows(layout) } : {}),
      },
      parameters: timeParameters(state.chart, layout, [yMin, yMax], width),
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
    const withDate = this.#layout !== null && this.#layout.x1 - this.#layout.x0 > DAY;
    const range = placeText(chart, original ?? mark, withDate);
    return { slot: mark.slot, title: label === '' ? (chart.y ?? '') : label, range, lines };
  }

  #toggle(slot: number): void {
    this.#shown.toggle(slot);
    this.#draw();
  }

  #showAlone(slot: number): void {
    this.#shown.showAlone(slot, this.#state?.chart ?? null);
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

/** The place of a mark on the x axis. */
function placeText(chart: OutputState['chart'], { start, end }: Pick<PlacedMark, 'start' | 'end'>, withDate: boolean): string {
  const middle = Number(((start + end) / 2).toPrecision(12));
  switch (plotOf(chart)?.axis) {
    case 'category':
      return chart.categories[Math.round(middle)]?.label ?? '';
    case 'number':
      return fullNumber(middle);
    default:
      return start === end ? timeText(end, withDate) : rangeText(start, end, withDate);
  }
}

function moreText(state: OutputState): string {
  const { chart } = state;
  const isCategory = plotOf(chart)?.axis === 'category';
  const left = isCategory
    ? chart.others
    : chart.kind === 'category-bars'
      ? Math.max(0, chart.categories.length - CATEGORY_ROWS) + chart.others
      : 0;
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

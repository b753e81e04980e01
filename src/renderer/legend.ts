import { plotOf } from '../output/plot.ts';
import { shortNumber } from '../output/text.ts';
import type { ChartSeries, OutputState } from '../output/types.ts';
import { button, element, setShown, setText } from './dom.ts';
import { icon, lineSign } from './icons.ts';
import { STRINGS } from './strings.ts';

interface LegendRow {
  readonly row: HTMLTableRowElement;
  readonly toggle: HTMLButtonElement;
  readonly label: HTMLElement;
  readonly fired: HTMLElement;
  readonly open: HTMLElement;
}

/** What the legend asks of the chart. */
export interface LegendActions {
  /** Dims all other series; 0 dims none. */
  highlight(slot: number): void;
  toggle(slot: number): void;
  showAlone(slot: number): void;
}

/** The legend as a small table: key, last fired, open. Its first row is the foot of the stack. */
export class Legend {
  readonly element = element('div', { class: 'legend' });
  readonly #body = element('tbody');
  readonly #heads = [element('th'), element('th', { class: 'num' }), element('th', { class: 'num open' })] as const;
  readonly #rows = new Map<number, LegendRow>();
  readonly #signs: readonly { readonly line: HTMLElement; readonly text: HTMLElement; readonly textOf: (state: OutputState) => string }[];
  readonly #actions: LegendActions;
  #lines = false;

  constructor(actions: LegendActions) {
    this.#actions = actions;
    const signs: readonly (readonly [Element, (state: OutputState) => string])[] = [
      [
        element('span', { class: 'sw ghost k1' }),
        (state) => (state.chart.marks.some((mark) => mark.open) ? STRINGS.legend.windowOpen() : ''),
      ],
      [
        icon('line', 'dashed'),
        (state) => (state.status.watermark === null || state.chart.windowSize === null ? '' : STRINGS.legend.watermark()),
      ],
      [icon('triangle'), ({ status }) => (status.lateCounted > 0 ? STRINGS.legend.counted(shortNumber(status.lateCounted)) : '')],
      [icon('cross', 'bad'), ({ status }) => (status.lateDropped > 0 ? STRINGS.legend.dropped(shortNumber(status.lateDropped)) : '')],
    ];
    this.#signs = signs.map(([sign, textOf]) => {
      const text = element('span');
      return { line: element('span', { children: [sign, text] }), text, textOf };
    });
    this.element.append(
      element('table', { children: [element('thead', { children: [element('tr', { children: [...this.#heads] })] }), this.#body] }),
      element('div', { class: 'keys', children: this.#signs.map((sign) => sign.line) }),
    );
  }

  update(state: OutputState, hidden: ReadonlySet<number>): void {
    const { chart } = state;
    const isOfWindows = chart.kind === 'window-bars' || chart.windowSize !== null;
    const windowed = isOfWindows || (chart.kind === 'lines' && chart.marks.some((mark) => mark.start !== mark.end));
    const lines = plotOf(chart)?.mark !== 'bar';
    setText(this.#heads[0], chart.colour ?? STRINGS.legend.series());
    setText(this.#heads[1], windowed ? STRINGS.legend.lastFired() : STRINGS.legend.last());
    setText(this.#heads[2], STRINGS.legend.open());
    this.element.classList.toggle('plain', !windowed);
    if (this.#lines !== lines) {
      this.#lines = lines;
      this.#rows.clear();
    }
    const rows = chart.series.map((series) => this.#update(series, chart.y ?? '', hidden));
    if (rows.length !== this.#body.childElementCount || rows.some((row, at) => this.#body.children[at] !== row)) {
      this.#body.replaceChildren(...rows);
    }
    for (const { line, text, textOf } of this.#signs) {
      const shown = textOf(state);
      setShown(line, shown !== '');
      setText(text, shown);
    }
  }

  /** Marks the row of the mark that is looked at; 0 marks none. */
  mark(slot: number): void {
    for (const [at, { row }] of this.#rows) {
      row.classList.toggle('on', at === slot);
    }
  }

  #update(series: ChartSeries, single: string, hidden: ReadonlySet<number>): HTMLTableRowElement {
    const found = this.#rows.get(series.slot) ?? this.#create(series.slot);
    const label = series.label === '' ? single : series.label;
    setText(found.label, label);
    found.toggle.title = STRINGS.legend.toggle(label);
    found.toggle.setAttribute('aria-pressed', String(!hidden.has(series.slot)));
    found.row.classList.toggle('off', hidden.has(series.slot));
    setText(found.fired, series.lastFired === null ? '' : shortNumber(series.lastFired));
    setText(found.open, series.open === null ? '' : shortNumber(series.open));
    return found.row;
  }

  #create(slot: number): LegendRow {
    const label = element('span', { class: 'ellipsis' });
    const sign = this.#lines ? lineSign(slot) : element('span', { class: `sw k${slot}` });
    const toggle = button({ class: 'key', children: [sign, label], onClick: () => this.#actions.toggle(slot) });
    toggle.addEventListener('dblclick', () => this.#actions.showAlone(slot));
    const fired = element('td', { class: 'num' });
    const open = element('td', { class: 'num open muted' });
    const row = element('tr', { children: [element('td', { children: [toggle] }), fired, open] });
    const highlight = (): void => this.#actions.highlight(slot);
    const release = (): void => this.#actions.highlight(0);
    row.addEventListener('pointerenter', highlight);
    row.addEventListener('pointerleave', release);
    toggle.addEventListener('focus', highlight);
    toggle.addEventListener('blur', release);
    const created = { row, toggle, label, fired, open };
    this.#rows.set(slot, created);
    return created;
  }
}

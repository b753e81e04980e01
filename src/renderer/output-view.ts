import { plotOf } from '../output/plot.ts';
import type { OutputState } from '../output/types.ts';
import { ChartPanel } from './chart-panel.ts';
import { ConfigPanel } from './config-panel.ts';
import { CustomPanel } from './custom-panel.ts';
import { button, element, setShown, setText } from './dom.ts';
import { errorCard } from './error-card.ts';
import { ExportMenu } from './export-menu.ts';
import { Foot } from './foot.ts';
import { icon } from './icons.ts';
import { LogPanel } from './log-panel.ts';
import { firesText, hasResults, noteElement, notesOf } from './notes.ts';
import { ReplayBar } from './replay-bar.ts';
import type { FromRenderer } from './protocol.ts';
import { STRINGS } from './strings.ts';
import { TablePanel } from './table-panel.ts';
import { type TabName, TabStrip } from './tabs.ts';
import { Throttle } from './throttle.ts';

/** At most ten updates a second. */
const UPDATE_EVERY = 100;

/** A message without its version. */
export type Request = FromRenderer extends infer Message ? (Message extends FromRenderer ? Omit<Message, 'version'> : never) : never;

/** What survives when an output is drawn anew in another element. */
export interface ViewMemory {
  tab: TabName | null;
}

let views = 0;

/** One output on screen: tab strip, notes, the selected panel, foot. It draws its latest state, or the one it was paused at. */
export class OutputView {
  readonly element = element('section', { class: 'streambook' });
  readonly #memory: ViewMemory;
  readonly #send: ((request: Request) => void) | null;
  readonly #throttle = new Throttle(UPDATE_EVERY, () => this.#draw());
  readonly #prefix: string;
  readonly #tabs: TabStrip;
  readonly #strip: HTMLElement;
  readonly #pause: HTMLButtonElement;
  readonly #edit = button({ class: 'tool txt', children: [icon('edit'), STRINGS.editChart()] });
  readonly #pauseText = element('span', { text: STRINGS.paused() });
  readonly #picks = element('div', { class: 'bar picks' });
  readonly #replay: ReplayBar | null;
  readonly #notes = element('div', { class: 'notes' });
  readonly #panel: HTMLElement;
  readonly #foot: Foot;
  #chart: ChartPanel | CustomPanel | null = null;
  /** The chart that the notebook has for this output. */
  #custom: string | null = null;
  #table: TablePanel | null = null;
  #log: LogPanel | null = null;
  #config: ConfigPanel | null = null;
  #latest: OutputState;
  #shown: OutputState;
  #paused = false;
  #notesKey = '';

  constructor(state: OutputState, memory: ViewMemory, send: ((request: Request) => void) | null) {
    views += 1;
    this.#prefix = `streambook-${views}`;
    this.#latest = state;
    this.#shown = state;
    this.#memory = memory;
    this.#send = send;
    this.#tabs = new TabStrip(STRINGS.tabList(state.name), `${this.#prefix}-panel`, (tab) => this.#select(tab));
    this.#pause = button({
      class: 'tool',
      title: STRINGS.pause(),
      children: [icon('pause'), this.#pauseText],
      attributes: { 'aria-pressed': 'false' },
      onClick: () => this.#setPaused(!this.#paused),
    });
    const actions = element('div', { class: 'acts', children: [this.#pause] });
    if (send !== null) {
      this.#edit.addEventListener('click', () => send({ type: 'editChart', id: this.id }));
      actions.prepend(this.#edit);
      actions.append(new ExportMenu((format) => send({ type: 'export', id: this.id, format })).element);
    }
    this.#panel = element('div', { role: 'tabpanel', attributes: { id: `${this.#prefix}-panel` } });
    this.#foot = new Foot(() => this.#follow());
    this.#strip = element('div', { class: 'tabs', children: [this.#tabs.list, actions] });
    this.#replay =
      send === null
        ? null
        : new ReplayBar(
            (action) => send({ type: 'replay', id: this.id, action }),
            () => send({ type: 'stop', id: this.id }),
          );
    if (this.#replay !== null) {
      this.element.append(this.#replay.element);
    }
    this.element.append(this.#strip, this.#notes, this.#picks, this.#panel, this.#foot.element);
    this.#draw();
  }

  get id(): string {
    return this.#latest.id;
  }

  get state(): OutputState {
    return this.#latest;
  }

  /** Takes a newer state; it is drawn at once, or within a tenth of a second when they come faster. */
  update(state: OutputState): void {
    this.#latest = state;
    this.#throttle.request();
  }

  /** Draws the chart that the notebook has; null: the one that fits the results. */
  setCustomChart(text: string | null): void {
    if (text === this.#custom) {
      return;
    }
    this.#custom = text;
    this.#chart?.dispose();
    this.#chart = null;
    this.#throttle.request();
  }

  dispose(): void {
    this.#throttle.dispose();
    this.#chart?.dispose();
    this.#chart = null;
    this.element.remove();
  }

  #draw(): void {
    const latest = this.#latest;
    if (!this.#paused) {
      this.#shown = latest;
    }
    const shown = this.#shown;
    const tabs = tabsOf(shown);
    const tab = this.#tab(tabs, shown);
    this.element.setAttribute('aria-label', STRINGS.tabList(shown.name));
    this.#tabs.update(tabs, tab);
    this.#panel.setAttribute('aria-labelledby', `${this.#prefix}-panel-${tab}`);
    this.#replay?.update(latest.replay ?? null);
    setShown(this.#edit, tab === 'chart');
    this.#drawPause();
    this.#drawNotes(latest);
    this.#drawPicks(shown, tab);
    setShown(this.#strip, tabs.length > 0);
    const filled = tabs.length > 0 && (tab === 'log' ? shown.totalLog > 0 : tab === 'config' || hasResults(shown));
    setShown(this.#panel, filled);
    if (filled) {
      this.#drawPanel(shown, tab);
    }
    this.#drawFoot(tab);
  }

  #drawPause(): void {
    this.#pause.setAttribute('aria-pressed', String(this.#paused));
    this.#pause.classList.toggle('txt', this.#paused);
    setShown(this.#pauseText, this.#paused);
  }

  #drawNotes(state: OutputState): void {
    const notes = notesOf(state);
    const key = JSON.stringify([notes, state.error]);
    if (key === this.#notesKey) {
      return;
    }
    this.#notesKey = key;
    const send = this.#send;
    const drawn = notes.map((note) => noteElement(note, send === null ? null : (type) => send({ type, id: this.id })));
    if (state.error !== null) {
      const actions =
        send === null
          ? null
          : {
              reveal: (cell: string, line: number, column: number): void => send({ type: 'reveal', cell, line, column }),
              runAgain: (): void => send({ type: 'run', id: this.id }),
            };
      drawn.unshift(errorCard(state.error, actions));
    }
    this.#notes.replaceChildren(...drawn);
  }

  /** What the chart shows, in words; while no window has fired, when the first one will. */
  #drawPicks(state: OutputState, tab: TabName): void {
    const { chart, status } = state;
    const shown = tab === 'chart' && (chart.kind !== 'none' || this.#custom !== null) && hasResults(state);
    setShown(this.#picks, shown);
    if (!shown) {
      return;
    }
    const waiting = state.rows.length === 0 && status.nextWindow !== null && status.phase === 'running';
    const names: (readonly [string, string | null])[] = waiting
      ? [[STRINGS.pick.waiting(), firesText(state, status.nextWindow, status.watermark)]]
      : this.#custom !== null
        ? [[STRINGS.pick.chart(), STRINGS.customised()]]
        : [
            [STRINGS.pick.mark(), markText(chart)],
            [STRINGS.pick.x(), chart.x],
            [STRINGS.pick.y(), chart.y],
            [
              STRINGS.pick.colour(),
              chart.colour === null || chart.kind === 'category-bars' ? null : STRINGS.top(chart.colour, Math.min(5, chart.series.length)),
            ],
          ];
    const given = names.filter(([, value]) => value !== null);
    const key = JSON.stringify(given);
    if (this.#picks.dataset['key'] !== key) {
      this.#picks.dataset['key'] = key;
      this.#picks.replaceChildren(
        ...given.map(([name, value]) => element('span', { class: 'pick', children: [element('span', { text: name }), ` ${value ?? ''}`] })),
      );
    }
  }

  #drawPanel(state: OutputState, tab: TabName): void {
    const panel = this.#panelFor(tab);
    if (this.#panel.firstChild !== panel.element) {
      this.#panel.replaceChildren(panel.element);
    }
    panel.update(state);
  }

  #panelFor(tab: TabName): { readonly element: HTMLElement; update(state: OutputState): void } {
    switch (tab) {
      case 'chart':
        if (this.#custom === null && this.#shown.chart.kind === 'none') {
          return noChart(this.#shown);
        }
        this.#chart ??= this.#custom === null ? new ChartPanel() : new CustomPanel(this.#custom);
        return this.#chart;
      case 'table':
        this.#table ??= new TablePanel(this.#prefix, () => this.#drawFoot('table'));
        return this.#table;
      case 'log':
        this.#log ??= new LogPanel();
        return this.#log;
      case 'config':
        this.#config ??= new ConfigPanel();
        return this.#config;
    }
  }

  #drawFoot(tab: TabName): void {
    this.#foot.update({
      shown: this.#shown,
      latest: this.#latest,
      paused: this.#paused,
      table: tab === 'table' && this.#table !== null && hasResults(this.#shown) ? this.#table.status() : null,
    });
  }

  #tab(tabs: readonly TabName[], state: OutputState): TabName {
    const { tab } = this.#memory;
    if (tab !== null && tabs.includes(tab)) {
      return tab;
    }
    const chartless = this.#custom === null && state.chart.kind === 'none' && state.rows.length > 0;
    const logOnly = !hasResults(state) && state.totalLog > 0;
    const asked = state.view == null ? null : state.view === 'chart' ? 'chart' : 'table';
    const best: TabName = logOnly ? 'log' : (asked ?? (chartless ? 'table' : 'chart'));
    return tabs.includes(best) ? best : (tabs[0] ?? 'table');
  }

  #select(tab: TabName): void {
    this.#memory.tab = tab;
    this.#draw();
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#draw();
  }

  #follow(): void {
    this.#setPaused(false);
    this.#table?.follow();
  }
}

/** How the chart is drawn, in words. */
function markText(chart: OutputState['chart']): string {
  const plot = plotOf(chart);
  if (plot === null) {
    return chart.kind === 'single-number' ? STRINGS.mark.number() : STRINGS.mark.bar();
  }
  return chart.series.length > 1 && plot.mark === 'bar' ? STRINGS.mark.bars() : STRINGS.mark[plot.mark]();
}

/** Tabs that have something to show, or may have soon. */
function tabsOf(state: OutputState): readonly TabName[] {
  const { phase } = state.status;
  const over = phase === 'finished' || phase === 'failed' || phase === 'stopped';
  if (over && state.kind !== 'config' && !hasResults(state)) {
    return state.totalLog > 0 ? ['log'] : [];
  }
  switch (state.kind) {
    case 'config':
      return ['config'];
    case 'log':
      return ['log'];
    case 'preview':
      return state.totalLog > 0 ? ['table', 'log'] : ['table'];
    case 'display':
      return state.totalLog > 0 ? ['chart', 'table', 'log'] : ['chart', 'table'];
  }
}

function noChart(state: OutputState): { readonly element: HTMLElement; update(state: OutputState): void } {
  const text = element('p', { class: 'nothing muted', text: state.chart.reason ?? '' });
  return { element: text, update: (newer) => setText(text, newer.chart.reason ?? '') };
}

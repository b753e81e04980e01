import { button, element, handled, setShown } from './dom.ts';
import { STRINGS } from './strings.ts';

export type TabName = keyof typeof STRINGS.tabs;

/** The tab strip: one tab stop; arrows, Home and End move, Enter or Space selects. */
export class TabStrip {
  readonly list = element('div', { role: 'tablist' });
  readonly #tabs = new Map<TabName, HTMLButtonElement>();
  readonly #onSelect: (tab: TabName) => void;

  constructor(label: string, panel: string, onSelect: (tab: TabName) => void) {
    this.#onSelect = onSelect;
    this.list.setAttribute('aria-label', label);
    for (const tab of ['chart', 'table', 'log', 'config'] as const) {
      const created = button({
        role: 'tab',
        text: STRINGS.tabs[tab](),
        attributes: { 'aria-controls': panel, id: `${panel}-${tab}` },
        onClick: () => this.#onSelect(tab),
      });
      this.#tabs.set(tab, created);
      this.list.append(created);
    }
    this.list.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Shows these tabs and marks one as selected. */
  update(shown: readonly TabName[], selected: TabName): void {
    for (const [tab, created] of this.#tabs) {
      setShown(created, shown.includes(tab));
      created.setAttribute('aria-selected', String(tab === selected));
      created.tabIndex = tab === selected ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    const shown = Array.from(this.#tabs.values()).filter((tab) => !tab.hidden);
    const at = shown.findIndex((tab) => tab === document.activeElement);
    const target = {
      ArrowRight: (at + 1) % shown.length,
      ArrowLeft: (at - 1 + shown.length) % shown.length,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    if (target !== undefined && at >= 0) {
      handled(event);
      shown[target]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.stopPropagation();
    }
  }
}

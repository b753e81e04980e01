import { button, element, handled, setShown } from './dom.ts';
import { icon } from './icons.ts';
import { STRINGS } from './strings.ts';

/** The Export button with its menu of formats. */
export class ExportMenu {
  readonly element = element('div', { class: 'menuholder' });
  readonly #open = button({
    class: 'tool',
    title: STRINGS.exportRows(),
    children: [icon('export')],
    attributes: { 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
  });
  readonly #menu = element('div', { class: 'menu', role: 'menu' });

  constructor(onExport: (format: 'csv' | 'jsonl') => void) {
    for (const [format, text] of [
      ['csv', STRINGS.exportCsv()],
      ['jsonl', STRINGS.exportJsonl()],
    ] as const) {
      const choose = (): void => {
        this.#show(false);
        onExport(format);
      };
      this.#menu.append(button({ role: 'menuitem', text, attributes: { tabindex: '-1' }, onClick: choose }));
    }
    setShown(this.#menu, false);
    this.#open.addEventListener('click', () => this.#show(this.#menu.hasAttribute('hidden')));
    this.element.append(this.#open, this.#menu);
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node) || !this.element.contains(event.relatedTarget)) {
        this.#show(false, false);
      }
    });
  }

  #show(shown: boolean, moveFocus = true): void {
    const wasShown = !this.#menu.hasAttribute('hidden');
    setShown(this.#menu, shown);
    this.#open.setAttribute('aria-expanded', String(shown));
    if (moveFocus && shown !== wasShown) {
      const first = this.#menu.firstElementChild;
      (shown && first instanceof HTMLElement ? first : this.#open).focus();
    }
  }

  #onKey(event: KeyboardEvent): void {
    const items = Array.from(this.#menu.querySelectorAll('button'));
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape' && !this.#menu.hasAttribute('hidden')) {
      handled(event);
      this.#show(false);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      handled(event);
      this.#show(true, false);
      items[(at + (event.key === 'ArrowDown' ? 1 : items.length - 1) + items.length) % items.length]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.stopPropagation();
    }
  }
}

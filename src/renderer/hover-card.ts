import { element, setShown, setText } from './dom.ts';

/** What a card says about a mark. */
export interface CardText {
  readonly slot: number;
  readonly title: string;
  readonly range: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
}

/** The card beside a mark: the same for the pointer and for the keyboard. */
export class HoverCard {
  readonly element = element('div', { class: 'hover', role: 'tooltip' });
  readonly #swatch = element('span', { class: 'sw' });
  readonly #title = element('b', { class: 'ellipsis' });
  readonly #range = element('span', { class: 'end' });
  readonly #values = element('dl', { class: 'kv' });

  constructor() {
    this.element.append(element('div', { class: 'row', children: [this.#swatch, this.#title, this.#range] }), this.#values);
    this.hide();
  }

  hide(): void {
    setShown(this.element, false);
  }

  /** Shows the card at a place in its container, on the side where there is room. */
  show(text: CardText, at: { readonly x: number; readonly y: number }, containerWidth: number): void {
    this.#swatch.className = `sw k${text.slot}`;
    setText(this.#title, text.title);
    setText(this.#range, text.range);
    this.#values.replaceChildren(...text.lines.flatMap(([name, value]) => [element('dt', { text: name }), element('dd', { text: value })]));
    setShown(this.element, true);
    const width = this.element.offsetWidth;
    const left = at.x + 12 + width <= containerWidth ? at.x + 12 : at.x - 12 - width;
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, at.y)}px`;
  }
}

/** The card as one sentence, for the live region. */
export function cardSentence(text: CardText): string {
  return [text.title, text.range, ...text.lines.map(([name, value]) => `${name} ${value}`)].filter((part) => part !== '').join(', ');
}

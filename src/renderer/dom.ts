/** What an element is made of. Text only ever becomes a text node: a field called `<img onerror=…>` is data. */
export interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly role?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly (Node | string)[];
  readonly onClick?: (event: Event) => void;
}

/** Creates an element. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, parts: Parts = {}): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  if (parts.class !== undefined) {
    created.className = parts.class;
  }
  if (parts.text !== undefined) {
    created.textContent = parts.text;
  }
  if (parts.title !== undefined) {
    created.title = parts.title;
    created.setAttribute('aria-label', parts.title);
  }
  if (parts.role !== undefined) {
    created.setAttribute('role', parts.role);
  }
  for (const [name, value] of Object.entries(parts.attributes ?? {})) {
    created.setAttribute(name, value);
  }
  if (parts.children !== undefined) {
    created.append(...parts.children);
  }
  if (parts.onClick !== undefined) {
    created.addEventListener('click', parts.onClick);
  }
  return created;
}

/** A button; never submits anything. */
export function button(parts: Parts): HTMLButtonElement {
  return element('button', { ...parts, attributes: { type: 'button', ...parts.attributes } });
}

/** The parts of a text whose placeholders {0}, {1} … stand for nodes. */
export function withNodes(template: string, nodes: readonly (Node | string)[]): readonly (Node | string)[] {
  return template.split(/\{(\d+)\}/).map((part, at) => (at % 2 === 0 ? part : (nodes[Number(part)] ?? '')));
}

/** Shows or hides. */
export function setShown(target: HTMLElement, shown: boolean): void {
  target.hidden = !shown;
}

/** Sets text only where it differs, so that selections and screen readers are left alone. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

/** A handled key goes no further: VS Code would move between cells, or delete one. */
export function handled(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

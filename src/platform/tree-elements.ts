/** A row as VS Code knows it: the same object for as long as there is a row with its id, whatever is in the row. */
export class TreeElement<N> {
  readonly id: string;
  /** What the row is about now. */
  node: N;
  children: readonly TreeElement<N>[] = [];

  constructor(id: string, node: N) {
    this.id = id;
    this.node = node;
  }
}

/**
 * Keeps the elements of a tree. VS Code addresses rows by the objects it was given, and forgets all of them when the whole tree is asked for anew: a command
 * that is chosen meanwhile is then for no row at all.
 */
export class TreeElements<N> {
  readonly #idOf: (node: N) => string;
  readonly #known = new Map<string, TreeElement<N>>();
  #roots: readonly TreeElement<N>[] = [];

  constructor(idOf: (node: N) => string) {
    this.#idOf = idOf;
  }

  get roots(): readonly TreeElement<N>[] {
    return this.#roots;
  }

  /** The row about `node`, when there is one. */
  of(node: N): TreeElement<N> | null {
    return this.#known.get(this.#idOf(node)) ?? null;
  }

  /** What is below a row now; null: the roots. Rows that are gone are forgotten, with all below them. */
  update(parent: TreeElement<N> | null, nodes: readonly N[]): readonly TreeElement<N>[] {
    const elements = nodes.map((node) => {
      const id = this.#idOf(node);
      const element = this.#known.get(id) ?? new TreeElement(id, node);
      element.node = node;
      return element;
    });
    const left = new Set(elements);
    for (const old of parent?.children ?? this.#roots) if (!left.has(old)) this.#forget(old);
    for (const element of elements) this.#known.set(element.id, element);
    if (parent === null) this.#roots = elements;
    else parent.children = elements;
    return elements;
  }

  #forget(element: TreeElement<N>): void {
    this.#known.delete(element.id);
    for (const child of element.children) this.#forget(child);
  }
}

/** A document that can be shown, and those before and after it. */
export interface OpenedDocument {
  text(): Promise<string>;
  /** Shows the page after or before this one; null where there is none. */
  readonly next: (() => Promise<void>) | null;
  readonly previous: (() => Promise<void>) | null;
}

/** Documents whose text can be made again. VS Code asks for it when a tab that was hidden for long is shown. */
const REMEMBERED = 200;

/** How the texts of documents are made, by the keys in their addresses. */
export class OpenedDocuments {
  readonly #documents = new Map<string, OpenedDocument>();

  set(key: string, document: OpenedDocument): void {
    this.#documents.delete(key);
    this.#documents.set(key, document);
    for (const oldest of [...this.#documents.keys()].slice(0, -REMEMBERED)) this.#documents.delete(oldest);
  }

  get(key: string | null): OpenedDocument | null {
    return key === null ? null : (this.#documents.get(key) ?? null);
  }
}

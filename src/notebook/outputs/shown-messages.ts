import type { Disposable, RendererChannel } from '../../platform/ports.ts';
import { readToRenderer, type ToRenderer } from '../../renderer/protocol.ts';

/** A channel to the renderers that others may listen in on: whoever follows outputs elsewhere sees what the renderers are told. */
export class ShownMessages implements RendererChannel {
  readonly #channel: RendererChannel;
  readonly #listeners = new Set<(message: ToRenderer) => void>();

  constructor(channel: RendererChannel) {
    this.#channel = channel;
  }

  post(message: unknown, editor?: unknown): void {
    this.#channel.post(message, editor);
    // What goes to one editor is an answer to it, and no news.
    const shown = editor === undefined && this.#listeners.size > 0 ? readToRenderer(message) : null;
    if (shown !== null) {
      for (const listener of this.#listeners) {
        listener(shown);
      }
    }
  }

  onMessage(listener: (message: unknown, editor: unknown) => void): Disposable {
    return this.#channel.onMessage(listener);
  }

  /** Calls with each message to all renderers. */
  onShown(listener: (message: ToRenderer) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }
}

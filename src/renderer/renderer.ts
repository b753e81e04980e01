import type { ActivationFunction, OutputItem, RendererApi } from 'vscode-notebook-renderer';
import { readTranslations, setTranslations } from '../l10n/translations.ts';
import { applyDelta } from '../output/delta.ts';
import type { OutputState } from '../output/types.ts';
import { element } from './dom.ts';
import { noteElement } from './notes.ts';
import { OutputView, type Request, type ViewMemory } from './output-view.ts';
import { PROTOCOL_VERSION, readOutputState, readToRenderer, type ToRenderer } from './protocol.ts';
import { STRINGS } from './strings.ts';
import styles from './styles.css';

/** A lost answer is asked for again after this time (ms). */
const ASK_AGAIN = 2_000;

/** Outputs whose selected tab is remembered. */
const MAX_MEMORIES = 200;

interface Placed {
  readonly view: OutputView;
  readonly host: HTMLElement;
  /** When the full state was asked for, while it has not come. */
  askedAt: number | null;
}

/** The notebook renderer: one view per output item, changed by messages from the host. */
export const activate: ActivationFunction = (context) => {
  adoptStyles();
  const placed = new Map<string, Placed>();
  const memories = new Map<string, ViewMemory>();
  const post = context.postMessage?.bind(context);
  const send = post === undefined ? null : (request: Request): void => post({ version: PROTOCOL_VERSION, ...request });

  const dispose = (itemId: string): void => {
    placed.get(itemId)?.view.dispose();
    placed.delete(itemId);
  };

  const ask = (entry: Placed): void => {
    const now = performance.now();
    if (send !== null && (entry.askedAt === null || now - entry.askedAt >= ASK_AGAIN)) {
      entry.askedAt = now;
      send({ type: 'ready', id: entry.view.id });
    }
  };

  const receive = (entry: Placed, message: ToRenderer): void => {
    if (message.type === 'chart') {
      entry.view.setCustomChart(message.text);
      return;
    }
    if (message.type === 'state') {
      entry.askedAt = null;
      entry.view.update(message.state);
      return;
    }
    const next = applyDelta(entry.view.state, message.delta);
    if (next === null) {
      ask(entry);
    } else {
      entry.view.update(next);
    }
  };

  context.onDidReceiveMessage?.((data: unknown) => {
    const message = readToRenderer(data);
    if (message === null) {
      return;
    }
    const id = idOf(message);
    for (const [itemId, entry] of placed) {
      // VS Code may forget to dispose an item that was replaced (microsoft/vscode#190614).
      if (!entry.host.isConnected) {
        dispose(itemId);
      } else if (entry.view.id === id) {
        receive(entry, message);
      }
    }
  });

  const place = (item: OutputItem, host: HTMLElement, state: OutputState): Placed => {
    const known = placed.get(item.id);
    if (known !== undefined && known.view.id === state.id && host.contains(known.view.element)) {
      known.view.update(state);
      return known;
    }
    dispose(item.id);
    const view = new OutputView(state, memoryOf(memories, state.id), send);
    const entry: Placed = { view, host, askedAt: null };
    host.replaceChildren(view.element);
    placed.set(item.id, entry);
    return entry;
  };

  const api: RendererApi = {
    renderOutputItem(item, host) {
      const state = stateOf(item);
      if (state === null) {
        dispose(item.id);
        host.replaceChildren(unreadable());
        return;
      }
      const entry = place(item, host, state);
      entry.askedAt = null;
      ask(entry);
    },
    disposeOutputItem(itemId) {
      for (const id of itemId === undefined ? Array.from(placed.keys()) : [itemId]) {
        dispose(id);
      }
    },
  };
  return api;
};

function idOf(message: ToRenderer): string {
  switch (message.type) {
    case 'state':
      return message.state.id;
    case 'delta':
      return message.delta.id;
    case 'chart':
      return message.id;
  }
}

function stateOf(item: OutputItem): OutputState | null {
  try {
    const state = readOutputState(item.json());
    if (state !== null) {
      setTranslations(readTranslations(state.strings));
    }
    return state;
  } catch {
    return null;
  }
}

function memoryOf(memories: Map<string, ViewMemory>, id: string): ViewMemory {
  const memory = memories.get(id) ?? { tab: null };
  memories.delete(id);
  memories.set(id, memory);
  for (const oldest of memories.keys()) {
    if (memories.size <= MAX_MEMORIES) {
      break;
    }
    memories.delete(oldest);
  }
  return memory;
}

function unreadable(): HTMLElement {
  const { unreadable, unreadableText } = STRINGS.notes;
  const note = noteElement({ icon: 'warn', tone: 'warn', title: unreadable(), text: unreadableText(), action: null, instead: false }, null);
  return element('section', { class: 'streambook', children: [note] });
}

/** A constructed style sheet needs no exception in a content security policy. */
function adoptStyles(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

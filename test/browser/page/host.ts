/**
 * A stand-in for VS Code's output webview: activates the renderer, renders items, passes messages. Counts what must not be left behind.
 */
import type { OutputItem, RendererContext } from 'vscode-notebook-renderer';
import { activate } from '../../../src/renderer/renderer.ts';

/** What the tests call in the page. */
export interface FakeHost {
  /** Renders `json` as the output item `id` into the element of that id, which is created when missing. */
  render(id: string, json: unknown): void;
  /** Sends a message of the extension host. */
  send(message: unknown): void;
  dispose(id?: string): void;
  /** Messages of the renderer. */
  readonly posted: unknown[];
  /** Violations of the content security policy. */
  readonly violations: string[];
  /** Things that live on: observers and timers. */
  active(): { readonly observers: number; readonly timers: number };
}

declare global {
  interface Window {
    fakeHost: FakeHost;
  }
}

const timers = new Set<number>();
const observers = new Set<ResizeObserver>();

function countTimers(): void {
  const { setTimeout: start, clearTimeout: stop } = window;
  const counted = (handler: TimerHandler, delay?: number): number => {
    const timer = start(() => {
      timers.delete(timer);
      if (typeof handler === 'function') {
        handler();
      }
    }, delay);
    timers.add(timer);
    return timer;
  };
  Object.assign(window, {
    setTimeout: counted,
    clearTimeout: (timer: number): void => {
      timers.delete(timer);
      stop(timer);
    },
  });
}

function countObservers(): void {
  const Original = window.ResizeObserver;
  window.ResizeObserver = class extends Original {
    constructor(callback: ResizeObserverCallback) {
      super(callback);
      observers.add(this);
    }
    override disconnect(): void {
      observers.delete(this);
      super.disconnect();
    }
  };
}

function itemOf(id: string, json: unknown): OutputItem {
  const text = JSON.stringify(json);
  return {
    id,
    mime: 'application/vnd.streambook.output+json',
    metadata: {},
    text: () => text,
    json: () => JSON.parse(text),
    data: () => new TextEncoder().encode(text),
    blob: () => new Blob([text]),
  };
}

async function start(): Promise<FakeHost> {
  const posted: unknown[] = [];
  const violations: string[] = [];
  const listeners = new Set<(message: unknown) => void>();
  document.addEventListener('securitypolicyviolation', (event) =>
    violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  countTimers();
  countObservers();
  const context: RendererContext<unknown> = {
    setState: () => undefined,
    getState: () => undefined,
    getRenderer: () => Promise.resolve(undefined),
    postMessage: (message) => {
      posted.push(message);
    },
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    workspace: { isTrusted: true },
  };
  const api = await activate(context);
  return {
    render(id, json) {
      let target = document.getElementById(id);
      if (target === null) {
        target = document.createElement('div');
        target.id = id;
        document.body.append(target);
      }
      void api?.renderOutputItem(itemOf(id, json), target, new AbortController().signal);
    },
    send: (message) => {
      for (const listener of listeners) {
        listener(structuredClone(message));
      }
    },
    dispose: (id) => api?.disposeOutputItem?.(id),
    posted,
    violations,
    active: () => ({ observers: observers.size, timers: timers.size }),
  };
}

window.fakeHost = await start();
document.documentElement.dataset['ready'] = 'true';

import type { InspectorPort } from '../host/job-port.ts';
import type { V8Connection, V8Event, V8Methods } from './v8.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** An answer or an event of V8's protocol. */
interface V8Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
}

/** V8's debugger behind an inspector: requests with answers, and events. */
export class InspectorConnection implements V8Connection {
  readonly #port: InspectorPort;
  readonly #pending = new Map<number, Pending>();
  #listener: (event: V8Event) => void = () => undefined;
  #nextId = 1;
  #isClosed = false;

  constructor(port: InspectorPort) {
    this.#port = port;
    port.onMessage((message) => this.#receive(message));
    port.onClose(() => this.#end());
  }

  send<M extends keyof V8Methods>(method: M, params: V8Methods[M]['params']): Promise<V8Methods[M]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new Error('The debugger is not attached any more.'));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#port.send(JSON.stringify({ id, method, params }));
    });
  }

  onEvent(listener: (event: V8Event) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    // A worker that stands still cannot even be ended: it goes on first, and past every breakpoint.
    // Letting go alone does not always wake it.
    await this.send('Debugger.setSkipAllPauses', { skip: true }).catch(() => undefined);
    await this.send('Debugger.resume', {}).catch(() => undefined);
    await this.#port.close();
    this.#end();
  }

  #receive(message: string): void {
    if (this.#isClosed) return;
    // SAFETY: V8 wrote it, by its own protocol.
    const parsed = JSON.parse(message) as V8Message;
    if (parsed.id === undefined) {
      // SAFETY: as above; other events are passed over by who listens.
      this.#listener(parsed as V8Event);
      return;
    }
    const pending = this.#pending.get(parsed.id);
    this.#pending.delete(parsed.id);
    if (parsed.error === undefined) pending?.resolve(parsed.result);
    else pending?.reject(new Error(parsed.error.message));
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { reject } of this.#pending.values()) reject(new Error('The debugger is not attached any more.'));
    this.#pending.clear();
  }
}

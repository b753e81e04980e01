import { type NodeWorker, Session } from 'node:inspector';
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

/**
 * Attaches V8's debugger to the worker thread of that name in this process; the thread may be started later. Needs no port and no flag, and leaves
 * all other workers alone. Rejects when `signal` is aborted before, or when the process has no inspector.
 */
export function inspectWorker(name: string, signal: AbortSignal): Promise<V8Connection> {
  return new Promise((resolve, reject) => {
    const session = new Session();
    const give = (error: Error): void => {
      session.disconnect();
      reject(error);
    };
    session.connect();
    const abort = (): void => give(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      // "[worker 3] name": the number is not the thread's.
      if (workerInfo.title.endsWith(` ${name}`)) {
        signal.removeEventListener('abort', abort);
        resolve(new WorkerInspector(session, sessionId));
      } else {
        session.post('NodeWorker.detach', { sessionId });
      }
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => {
      if (error !== null) give(error);
    });
  });
}

class WorkerInspector implements V8Connection {
  readonly #session: Session;
  readonly #id: string;
  readonly #pending = new Map<number, Pending>();
  #listener: (event: V8Event) => void = () => undefined;
  #nextId = 1;
  #isClosed = false;

  constructor(session: Session, id: string) {
    this.#session = session;
    this.#id = id;
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => this.#receive(params));
    session.on('NodeWorker.detachedFromWorker', ({ params }) => {
      if (params.sessionId === id) this.#end();
    });
  }

  send<M extends keyof V8Methods>(method: M, params: V8Methods[M]['params']): Promise<V8Methods[M]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new Error('The debugger is not attached any more.'));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params });
      this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#id, message }, (error) => {
        if (error !== null && this.#pending.delete(id)) reject(error);
      });
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
    await this.#detach();
    this.#end();
  }

  #detach(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed) resolve();
      else this.#session.post('NodeWorker.detach', { sessionId: this.#id }, () => resolve());
    });
  }

  #receive({ sessionId, message }: NodeWorker.ReceivedMessageFromWorkerEventDataType): void {
    if (sessionId !== this.#id || this.#isClosed) return;
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
    this.#session.disconnect();
    for (const { reject } of this.#pending.values()) reject(new Error('The debugger is not attached any more.'));
    this.#pending.clear();
  }
}

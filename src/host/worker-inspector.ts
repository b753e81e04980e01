import { Session } from 'node:inspector';
import type { InspectorPort } from './job-port.ts';

/**
 * Attaches V8's inspector to the worker thread of that name in this process; the thread may be started later. Needs no port and no flag, and leaves
 * all other workers alone. Rejects when `signal` is aborted before, or when the process has no inspector.
 */
export function inspectWorker(name: string, signal: AbortSignal): Promise<InspectorPort> {
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

class WorkerInspector implements InspectorPort {
  readonly #session: Session;
  readonly #id: string;
  #onClose: () => void = () => undefined;
  #isClosed = false;

  constructor(session: Session, id: string) {
    this.#session = session;
    this.#id = id;
    session.on('NodeWorker.detachedFromWorker', ({ params }) => {
      if (params.sessionId === id) this.#end();
    });
  }

  send(message: string): void {
    if (this.#isClosed) return;
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#id, message }, (error) => {
      if (error !== null) this.#end();
    });
  }

  onMessage(listener: (message: string) => void): void {
    this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      if (sessionId === this.#id && !this.#isClosed) listener(message);
    });
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#isClosed) resolve();
      else this.#session.post('NodeWorker.detach', { sessionId: this.#id }, () => resolve());
    });
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#session.disconnect();
    this.#onClose();
  }
}

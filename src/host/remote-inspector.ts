import type { InspectorPort } from './job-port.ts';
import type { FromProcess, ToProcess } from './process-protocol.ts';

/** V8's inspector on a job in another process, seen from the extension host; the other end is inspector-relay.ts. */
export class RemoteInspector implements InspectorPort {
  readonly #post: (message: ToProcess) => void;
  readonly #attached: Promise<void>;
  readonly #detached: Promise<void>;
  #accept: () => void = () => undefined;
  #refuse: (error: Error) => void = () => undefined;
  #finish: () => void = () => undefined;
  #onMessage: (message: string) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #isOver = false;

  constructor(post: (message: ToProcess) => void) {
    this.#post = post;
    this.#attached = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.#detached = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Settles when V8 has the job's thread. Rejects when `signal` is aborted before, or when that cannot be. */
  async attach(signal: AbortSignal): Promise<this> {
    const abort = (): void => {
      this.#post({ type: 'detach' });
      this.#refuse(new Error('aborted'));
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#post({ type: 'inspect' });
    try {
      await this.#attached;
      return this;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** What the process says of it. */
  receive(message: FromProcess): void {
    if (message.type === 'attached') this.#accept();
    else if (message.type === 'inspector') this.#onMessage(message.message);
    else if (message.type === 'detached') this.end(message.reason);
  }

  /** The process is gone, or has let go of the thread. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#refuse(new Error(reason));
    this.#finish();
    this.#onClose();
  }

  send(message: string): void {
    if (!this.#isOver) this.#post({ type: 'inspector', message });
  }

  onMessage(listener: (message: string) => void): void {
    this.#onMessage = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  async close(): Promise<void> {
    if (!this.#isOver) this.#post({ type: 'detach' });
    await this.#detached;
  }
}

import type { InspectorPort, JobPort } from './job-port.ts';
import type { FromProcess } from './process-protocol.ts';

/** In a job's process: V8's inspector on the job's thread, for the debugger in the extension host. */
export class InspectorRelay {
  readonly #post: (message: FromProcess) => void;
  readonly #abort = new AbortController();
  #port: InspectorPort | null = null;
  #isOver = false;

  constructor(post: (message: FromProcess) => void) {
    this.#post = post;
  }

  attach(job: JobPort): void {
    job.inspect(this.#abort.signal).then(
      (port) => {
        this.#port = port;
        port.onMessage((message) => this.#post({ type: 'inspector', message }));
        port.onClose(() => this.#end('closed'));
        this.#post({ type: 'attached' });
      },
      (error: unknown) => this.#end(error instanceof Error ? error.message : String(error)),
    );
  }

  send(message: string): void {
    this.#port?.send(message);
  }

  detach(): void {
    this.#abort.abort();
    this.#port?.close().catch((error: unknown) => this.#end(String(error)));
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#post({ type: 'detached', reason });
  }
}

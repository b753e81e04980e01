import type { JobFailure } from '../../engine/runtime/job.ts';
import type { FromWorker, JobRequest } from './protocol.ts';

/** The worker of one job as its client uses it, in whatever host it runs. */
export interface JobPort {
  postMessage(message: JobRequest): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** The worker is gone, or can do nothing more, and nobody asked it to: why. Told once. */
  onLost(listener: (failure: JobFailure) => void): void;
  /** A debugger holds the worker, or lets it go on. */
  setPaused(paused: boolean): void;
  /** Resolves when the worker is gone, with its process if it has one. */
  terminate(): Promise<void>;
  /** Attaches V8's inspector to the worker. Rejects when `signal` is aborted before, or when there is no inspector. */
  inspect(signal: AbortSignal): Promise<InspectorPort>;
}

/** V8's inspector on the thread that runs a job: messages of V8's protocol, as JSON. It answers also while the job is paused. */
export interface InspectorPort {
  send(message: string): void;
  onMessage(listener: (message: string) => void): void;
  /** V8 has let go of the worker, or the worker is gone. Told once. */
  onClose(listener: () => void): void;
  /** Settles when V8 has let go. */
  close(): Promise<void>;
}

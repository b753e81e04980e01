import * as l10n from '@vscode/l10n';
import type { CheckpointKind, CheckpointRef } from '../../engine/checkpoint/manifest.ts';
import type { ExceptionEntry } from '../../engine/failover/exception-history.ts';
import type { Injection } from '../../engine/node/job-master.ts';
import type { JobFailure } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { plainFailure } from '../../engine/runtime/plain-failure.ts';
import type { OutputDelta, OutputState, ReplayAction } from '../output/types.ts';
import type { InspectorPort, JobPort } from './job-port.ts';
import type { FromWorker, JobProgress, JobRequest, StartJob } from './protocol.ts';
import { SILENT_AFTER, WATCHDOG_START, watch } from './watchdog.ts';

/** What a client tells. After `onEnded` or `onLost` nothing follows. */
export interface JobListener {
  onOutputs(outputs: readonly OutputState[]): void;
  onDeltas(deltas: readonly OutputDelta[], progress: JobProgress): void;
  /** The program was evaluated and the job runs. */
  onStarted(): void;
  /** A replay has gone back: these are the outputs now. */
  onRewound(outputs: readonly OutputState[]): void;
  /** A checkpoint was published or failed; of a replay, the state at its position. */
  onCheckpoint(): void;
  /** An attempt has failed. */
  onException(exception: ExceptionEntry): void;
  onEnded(phase: 'finished' | 'stopped' | 'failed', failure: JobFailure | null, progress: JobProgress): void;
  /** The worker is gone without having said how the job ended. */
  onLost(failure: JobFailure): void;
  onSilent(): void;
  onResponsive(): void;
}

/** What the client needs besides a worker. */
export interface JobClientOptions {
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
  /** Unanswered pings, one a second, after which the worker counts as silent. */
  readonly silentAfter?: number;
}

interface Pending {
  readonly type: JobRequest['type'];
  readonly resolve: () => void;
  readonly reject: (failure: JobFailure) => void;
}

type Unnumbered<R> = R extends { readonly id: number } ? Omit<R, 'id'> : never;

/** The host's end of one job: numbered requests with replies, events, and the watchdog. */
export class JobClient {
  readonly #worker: JobPort;
  readonly #listener: JobListener;
  readonly #options: JobClientOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #stopWatching: () => void;
  #watchdog = WATCHDOG_START;
  #nextId = 1;
  #isOver = false;
  #letGo: (() => Promise<void>) | null = null;
  #isPaused = false;

  constructor(worker: JobPort, listener: JobListener, options: JobClientOptions) {
    this.#worker = worker;
    this.#listener = listener;
    this.#options = options;
    worker.onMessage((message) => this.#receive(message));
    worker.onLost((failure) => this.#lose(failure));
    this.#stopWatching = options.every(1000, () => this.#tick());
    this.#tick();
  }

  /** Starts the job. How it goes on is told to the listener. */
  start(job: StartJob): void {
    this.#request({ type: 'start', job }).then(
      () => this.#isOver || this.#listener.onStarted(),
      // The reason comes again with the job's end.
      () => undefined,
    );
  }

  /** Asks the job to stop. Rejects with a `JobFailure` if the worker cannot. */
  stop(): Promise<void> {
    return this.#request({ type: 'stop' });
  }

  setPace(pace: Pace): Promise<void> {
    return this.#request({ type: 'setPace', pace });
  }

  /** Takes a checkpoint now. Rejects with a JobRequestError. */
  checkpoint(kind: CheckpointKind, label: string | null): Promise<void> {
    return this.#request({ type: 'checkpoint', kind, label });
  }

  /** Takes a savepoint and ends the job with it; `drain`: the input ends first. Rejects with a JobRequestError, and the job goes on. */
  stopWithSavepoint(label: string | null, drain: boolean): Promise<void> {
    return this.#request({ type: 'stopWithSavepoint', label, drain });
  }

  /** Makes the job fail. Rejects with a JobRequestError. */
  inject(injection: Injection): Promise<void> {
    return this.#request({ type: 'inject', injection });
  }

  /** Tells a replay what to do. */
  replay(action: ReplayAction): Promise<void> {
    return this.#request({ type: 'replay', action });
  }

  label(ref: CheckpointRef, label: string | null): Promise<void> {
    return this.#request({ type: 'label', ref, label });
  }

  deleteCheckpoint(ref: CheckpointRef): Promise<void> {
    return this.#request({ type: 'delete', ref });
  }

  /** V8's inspector on the worker. Rejects when `signal` is aborted before, or when there is none. */
  inspect(signal: AbortSignal): Promise<InspectorPort> {
    return this.#worker.inspect(signal);
  }

  /** A debugger holds the worker, or lets it go on: until then it need not answer. */
  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.#worker.setPaused(paused);
    if (!this.#isOver) this.#watch('answer');
  }

  /** `letGo` is called, and waited for, before the worker is ended: V8's inspector crashes the process when a worker ends under it. */
  beforeTermination(letGo: () => Promise<void>): void {
    this.#letGo = letGo;
  }

  /** Ends the worker at once; the listener hears nothing more. */
  async kill(): Promise<void> {
    this.#close(plainFailure('', l10n.t('The job was killed.')));
    await this.#endWorker();
  }

  /** Never rejects because of who has to let go. */
  async #endWorker(): Promise<void> {
    if (this.#letGo !== null) await this.#letGo().catch(() => undefined);
    await this.#worker.terminate();
  }

  #request(request: Unnumbered<JobRequest>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        reject(new JobRequestError(plainFailure('', l10n.t('The job is over.'))));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { type: request.type, resolve, reject: (failure) => reject(new JobRequestError(failure)) });
      this.#worker.postMessage({ ...request, id });
    });
  }

  #receive(message: FromWorker): void {
    if (this.#isOver) {
      return;
    }
    this.#watch('answer');
    switch (message.type) {
      case 'reply': {
        const pending = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        return message.ok ? pending?.resolve() : pending?.reject(message.failure);
      }
      case 'outputs':
        return this.#listener.onOutputs(message.outputs);
      case 'deltas':
        return this.#listener.onDeltas(message.deltas, message.progress);
      case 'rewound':
        return this.#listener.onRewound(message.outputs);
      case 'checkpoint':
        return this.#listener.onCheckpoint();
      case 'exception':
        return this.#listener.onException(message.exception);
      case 'ended':
        this.#close(plainFailure('', l10n.t('The job is over.')));
        this.#listener.onEnded(message.phase, message.failure, message.progress);
        void this.#endWorker();
    }
  }

  #tick(): void {
    if (this.#isPaused) return;
    this.#watch('tick');
    if (!this.#isOver && ![...this.#pending.values()].some(({ type }) => type === 'ping')) {
      this.#request({ type: 'ping' }).catch(() => undefined);
    }
  }

  #watch(event: 'tick' | 'answer'): void {
    const { state, change } = watch(this.#watchdog, event, this.#options.silentAfter ?? SILENT_AFTER);
    this.#watchdog = state;
    if (change === 'silent') {
      this.#listener.onSilent();
    } else if (change === 'responsive') {
      this.#listener.onResponsive();
    }
  }

  #lose(failure: JobFailure): void {
    if (!this.#isOver) {
      this.#close(failure);
      this.#listener.onLost(failure);
      void this.#endWorker();
    }
  }

  #close(reason: JobFailure): void {
    this.#isOver = true;
    this.#stopWatching();
    for (const { reject } of this.#pending.values()) {
      reject(reason);
    }
    this.#pending.clear();
  }
}

/** A request that the worker answered with a failure. */
export class JobRequestError extends Error {
  override readonly name = 'JobRequestError';
  readonly failure: JobFailure;
  constructor(failure: JobFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

import * as l10n from '@vscode/l10n';
import type { Executor, ExecutorOptions, JobFailure, JobProgram, OperatorMetrics } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import type { RunPhase } from '../output/types.ts';
import type { CompiledProgram } from '../program/types.ts';
import { failureOfError, plainFailure } from './failures.ts';
import { finite, JobOutputs } from './job-outputs.ts';
import type { FromWorker, JobProgress, JobRequest, StartJob } from './protocol.ts';

/** A job that waits says so at least this often, so that its clock goes on. */
const HEARTBEAT_MS = 1000;

/** Drives an executor with real files and time: `engine/node/job-runner.ts`. */
export interface Runner {
  run(): Promise<'finished' | 'failed' | 'stopped'>;
  stop(): void;
  setPace(pace: Pace): void;
  readonly fraction: number | null;
}

/** What a session needs of the engine and the platform. */
export interface SessionServices<Env> {
  load(program: CompiledProgram): JobProgram<Env>;
  createExecutor(
    program: JobProgram<Env>,
    options: ExecutorOptions,
  ): { readonly ok: true; readonly executor: Executor } | { readonly ok: false; readonly failure: JobFailure };
  createRunner(executor: Executor, options: { readonly baseDirectory: string; readonly pace: Pace; onProgress(): void }): Runner;
  /** Wall clock, ms. */
  now(): number;
  post(message: FromWorker): void;
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

/** One job in its worker: answers requests, folds results and sends them, at most ten times a second. */
export class JobSession<Env> {
  readonly #services: SessionServices<Env>;
  #job: StartJob | null = null;
  #program: JobProgram<Env> | null = null;
  #executor: Executor | null = null;
  #runner: Runner | null = null;
  #outputs: JobOutputs | null = null;
  #startTime = 0;
  #lastSent = 0;
  #ended = false;
  #stopRequested = false;

  constructor(services: SessionServices<Env>) {
    this.#services = services;
  }

  /** Handles one request. Never throws: what goes wrong is the reply. */
  handle(request: JobRequest): void {
    const { id } = request;
    try {
      const failure = this.#perform(request);
      this.#services.post(failure === null ? { type: 'reply', id, ok: true } : { type: 'reply', id, ok: false, failure });
    } catch (error) {
      this.#services.post({ type: 'reply', id, ok: false, failure: failureOfError(error) });
    }
  }

  /** Something was thrown outside of the engine's reach (a timer or a promise in user code): the job fails. */
  crash(thrown: unknown): void {
    this.#end('failed', this.#located(failureOfError(thrown)));
  }

  #perform(request: JobRequest): JobFailure | null {
    switch (request.type) {
      case 'ping':
        return null;
      case 'stop':
        this.#stopRequested = true;
        this.#runner?.stop();
        return null;
      case 'setPace':
        this.#runner?.setPace(request.pace);
        return null;
      case 'start':
        return this.#job === null
          ? this.#start(request.job)
          : plainFailure('IllegalStateException', l10n.t('This worker already runs a job.'));
    }
  }

  #start(job: StartJob): JobFailure | null {
    this.#job = job;
    this.#startTime = this.#services.now();
    const { executor, failure } = this.#createExecutor(job);
    if (executor === null) {
      this.#sendOutputs(new JobOutputs(job, null), 'failed', failure);
      this.#end('failed', failure);
      return failure;
    }
    this.#executor = executor;
    const isConfiguration = executor.sources.length === 0;
    this.#sendOutputs(new JobOutputs(job, executor), isConfiguration ? 'finished' : 'running', null);
    if (isConfiguration) {
      this.#end('finished', null);
    } else {
      const { baseDirectory, pace } = job;
      this.#runner = this.#services.createRunner(executor, { baseDirectory, pace, onProgress: () => this.#sendDeltas('running') });
      void this.#run(this.#runner);
    }
    return null;
  }

  #createExecutor(
    job: StartJob,
  ): { readonly executor: Executor; readonly failure: null } | { readonly executor: null; readonly failure: JobFailure } {
    try {
      this.#program = this.#services.load(job.program);
      const created = this.#services.createExecutor(this.#program, {
        settings: job.settings,
        overrides: {},
        startTime: this.#startTime,
        journal: true,
      });
      return created.ok ? { executor: created.executor, failure: null } : { executor: null, failure: created.failure };
    } catch (error) {
      return { executor: null, failure: this.#located(failureOfError(error)) };
    }
  }

  async #run(runner: Runner): Promise<void> {
    const stopHeartbeat = this.#services.every(HEARTBEAT_MS, () => {
      if (this.#services.now() - this.#lastSent >= HEARTBEAT_MS) {
        this.#sendDeltas('running');
      }
    });
    try {
      if (this.#stopRequested) {
        runner.stop();
      }
      const phase = await runner.run();
      this.#end(phase, phase === 'failed' ? (this.#executor?.failure ?? plainFailure('', l10n.t('The job failed.'))) : null);
    } catch (error) {
      this.crash(error);
    } finally {
      stopHeartbeat();
    }
  }

  #end(phase: 'finished' | 'failed' | 'stopped', failure: JobFailure | null): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#sendDeltas(phase, failure);
    try {
      this.#executor?.close();
    } catch (error) {
      this.#outputs?.addError(l10n.t('close() threw: {0}', failureOfError(error).message));
      this.#postDeltas(phase);
    }
    this.#services.post({ type: 'ended', phase, failure, progress: this.#progress(phase) });
  }

  #sendOutputs(outputs: JobOutputs, phase: RunPhase, failure: JobFailure | null): void {
    this.#outputs = outputs;
    outputs.update(this.#progress(phase), failure);
    this.#services.post({ type: 'outputs', outputs: outputs.states() });
  }

  #sendDeltas(phase: RunPhase, failure: JobFailure | null = null): void {
    if (this.#ended && phase === 'running') {
      return;
    }
    this.#lastSent = this.#services.now();
    this.#outputs?.update(this.#progress(phase), failure);
    this.#postDeltas(phase);
  }

  #postDeltas(phase: RunPhase): void {
    this.#services.post({ type: 'deltas', deltas: this.#outputs?.takeDeltas() ?? [], progress: this.#progress(phase) });
  }

  #progress(phase: RunPhase): JobProgress {
    const executor = this.#executor;
    const metrics = executor?.metrics() ?? [];
    return {
      phase,
      elapsed: this.#services.now() - this.#startTime,
      recordsIn: executor?.recordCount ?? 0,
      recordsOut: this.#outputs?.recordsOut ?? 0,
      watermark: this.#watermark(metrics),
      fraction: phase === 'finished' ? 1 : (this.#runner?.fraction ?? null),
      lateDropped: metrics.reduce((sum, operator) => sum + operator.lateDropped, 0),
    };
  }

  /** The smallest watermark over the displays; without displays the last operator's. */
  #watermark(metrics: readonly OperatorMetrics[]): number | null {
    const executor = this.#executor;
    const displays = executor?.displays ?? [];
    if (executor !== null && displays.length > 0) {
      return finite(Math.min(...displays.map(({ id }) => executor.displayWatermark(id))));
    }
    return finite(metrics.at(-1)?.watermark ?? Number.NEGATIVE_INFINITY);
  }

  #located(failure: JobFailure): JobFailure {
    const location = failure.stack === null ? null : (this.#program?.locate(failure.stack) ?? null);
    return { ...failure, location };
  }
}

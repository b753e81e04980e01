import * as l10n from '@vscode/l10n';
import type { Executor, ExecutorOptions, JobFailure, JobProgram, OperatorMetrics } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { describeFailure } from '../output/failure.ts';
import { OutputFold } from '../output/fold.ts';
import type { RunPhase } from '../output/types.ts';
import type { CompiledProgram } from '../program/types.ts';
import { failureOfError, plainFailure } from './failures.ts';
import type { FromWorker, JobProgress, JobRequest, StartJob } from './protocol.ts';

/** Newest rows and late records taken over per tick and display. */
const ROWS_PER_TICK = 10_000;
const LATE_PER_TICK = 500;
/** Open windows shown per display (rule 13). */
const MAX_GHOSTS = 50;
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

/** An output of the job with what fills it; `display` is null for the log and the configuration. */
interface Slot {
  readonly fold: OutputFold;
  readonly display: number | null;
}

/** One job in its worker: answers requests, folds results and sends them, at most ten times a second. */
export class JobSession<Env> {
  readonly #services: SessionServices<Env>;
  #job: StartJob | null = null;
  #program: JobProgram<Env> | null = null;
  #executor: Executor | null = null;
  #runner: Runner | null = null;
  #slots: readonly Slot[] = [];
  readonly #totals = new Map<OutputFold, number>();
  #startTime = 0;
  #lastSent = 0;
  #printed = 0;
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
      this.#slots = [this.#slot('error', job.program.jobName, 'log')];
      this.#sendOutputs('failed', failure);
      this.#end('failed', failure);
      return failure;
    }
    this.#executor = executor;
    this.#slots = this.#createSlots(job, executor);
    const isConfiguration = executor.sources.length === 0;
    this.#sendOutputs(isConfiguration ? 'finished' : 'running', null);
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

  #createSlots(job: StartJob, executor: Executor): readonly Slot[] {
    const { jobName } = job.program;
    if (executor.sources.length === 0) {
      const slot = this.#slot('config', jobName, 'config');
      const options = Object.entries(executor.configuration);
      const rows = options.map(([option, value], index) => ({
        index,
        kind: '+I' as const,
        timestamp: null,
        window: null,
        key: undefined,
        value: { option, value },
        watermark: Number.NEGATIVE_INFINITY,
      }));
      slot.fold.addRows(rows, rows.length);
      return [slot];
    }
    if (executor.displays.length === 0) {
      return [this.#slot('log', jobName, 'log')];
    }
    return executor.displays.map((display) => ({
      display: display.id,
      fold: new OutputFold({ id: `${job.outputPrefix}/${display.id}`, name: display.name, kind: display.kind, window: display.window }),
    }));
  }

  #slot(suffix: string, name: string, kind: 'log' | 'config'): Slot {
    return { display: null, fold: new OutputFold({ id: `${this.#job?.outputPrefix ?? ''}/${suffix}`, name, kind, window: null }) };
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
      this.#slots[0]?.fold.addLog([{ stream: 'stderr', line: l10n.t('close() threw: {0}', failureOfError(error).message) }]);
      this.#services.post({ type: 'deltas', deltas: this.#slots.map(({ fold }) => fold.takeDelta()), progress: this.#progress(phase) });
    }
    this.#services.post({ type: 'ended', phase, failure, progress: this.#progress(phase) });
  }

  #sendOutputs(phase: RunPhase, failure: JobFailure | null): void {
    this.#fill(phase, failure);
    this.#services.post({ type: 'outputs', outputs: this.#slots.map(({ fold }) => fold.state()) });
  }

  #sendDeltas(phase: RunPhase, failure: JobFailure | null = null): void {
    if (this.#ended && phase === 'running') {
      return;
    }
    this.#lastSent = this.#services.now();
    this.#fill(phase, failure);
    this.#services.post({ type: 'deltas', deltas: this.#slots.map(({ fold }) => fold.takeDelta()), progress: this.#progress(phase) });
  }

  /** Brings the folds up to date with the executor. */
  #fill(phase: RunPhase, failure: JobFailure | null): void {
    const executor = this.#executor;
    const lines = executor?.takePrinted() ?? [];
    this.#printed += lines.length;
    const elapsed = this.#services.now() - this.#startTime;
    const progress = this.#progress(phase);
    for (const [index, { fold, display }] of this.#slots.entries()) {
      let { watermark } = progress;
      if (executor !== null && display !== null) {
        const { rows, total } = executor.takeRows(display, ROWS_PER_TICK);
        fold.addRows(rows, total);
        this.#totals.set(fold, total);
        const late = executor.takeLate(display, LATE_PER_TICK);
        fold.addLate(late.records, late.dropped, late.counted);
        fold.setGhosts(phase === 'running' || phase === 'stopped' ? executor.openWindows(display, MAX_GHOSTS) : []);
        watermark = finite(executor.displayWatermark(display));
      }
      if (index === 0) {
        fold.addLog(lines);
      }
      if (failure !== null && this.#job !== null) {
        fold.setError(describeFailure(failure, this.#job.program.cells));
      }
      fold.setStatus({ phase, elapsed, recordsIn: progress.recordsIn, watermark });
    }
  }

  #progress(phase: RunPhase): JobProgress {
    const executor = this.#executor;
    const metrics = executor?.metrics() ?? [];
    const results = this.#slots.reduce((sum, { fold, display }) => sum + (display === null ? 0 : (this.#totals.get(fold) ?? 0)), 0);
    return {
      phase,
      elapsed: this.#services.now() - this.#startTime,
      recordsIn: executor?.recordCount ?? 0,
      recordsOut: results > 0 || this.#slots.some(({ display }) => display !== null) ? results : this.#printed,
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

/** The end of time is no time to show: before the first watermark and after the end of the input. */
function finite(time: number): number | null {
  return Math.abs(time) <= 8.64e15 ? time : null;
}

import * as l10n from '@vscode/l10n';
import type { Attempt } from '../../engine/node/job-master.ts';
import type { CreateExecutor, Executor, JobFailure, JobProgram } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { plainFailure } from '../../engine/runtime/plain-failure.ts';
import type { RunPhase } from '../output/types.ts';
import type { CompiledProgram } from '../program/types.ts';
import { failureOfError } from './failures.ts';
import type { Master, MasterEvents } from './open-job.ts';
import { JobOutputs } from './job-outputs.ts';
import { FigureReader } from './figures.ts';
import { progressOf } from './progress.ts';
import { changesOfState } from '../output/state-changes.ts';
import type { FromWorker, JobProgress, JobRequest, StartJob } from './protocol.ts';
import { stateBackends } from './state-backends.ts';

/** A job that waits says so at least this often, so that its clock goes on. */
const HEARTBEAT_MS = 1000;

/** What a session needs of the engine and the platform. */
export interface SessionServices<Env> {
  /** `debug`: a debugger asks where the program is. */
  load(program: CompiledProgram, debug: boolean): JobProgram<Env>;
  createExecutor: CreateExecutor<Env>;
  /** Opens the checkpoints of a job and makes what runs it. Rejects with why they cannot be used. */
  openMaster(
    job: StartJob,
    program: JobProgram<Env>,
    configured: Pick<Executor, 'configuration' | 'checkpointStorage'>,
    events: MasterEvents,
  ): Promise<Master>;
  /** Wall clock, ms. */
  now(): number;
  post(message: FromWorker): void;
  /** Calls `tick` every `ms` until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

/** A request that cannot be done. */
class RequestRefused extends Error {
  readonly failure: JobFailure;
  constructor(failure: JobFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** One job in its worker: answers requests, folds results and sends them, at most ten times a second. */
export class JobSession<Env> {
  readonly #services: SessionServices<Env>;
  #job: StartJob | null = null;
  #program: JobProgram<Env> | null = null;
  #executor: Executor | null = null;
  #master: Master | null = null;
  /** Asked for while the checkpoints were being opened, or later. */
  #pace: Pace | null = null;
  #newest: JobProgress['checkpoint'] = null;
  #restarts = 0;
  readonly #figures = new FigureReader();
  /** What the notice of a restored run says; null once it was restarted. `changes`: types of states that it tells of. */
  #restored: { readonly title: string; readonly begins: string; changes: number } | null = null;
  #outputs: JobOutputs | null = null;
  #startTime = 0;
  #lastSent = 0;
  #ended = false;
  #stopRequested = false;

  constructor(services: SessionServices<Env>) {
    this.#services = services;
  }

  /** Handles one request. What goes wrong is the reply. */
  handle(request: JobRequest): void {
    const { id } = request;
    const refuse = (error: unknown): void => {
      const failure = error instanceof RequestRefused ? error.failure : failureOfError(error);
      this.#services.post({ type: 'reply', id, ok: false, failure });
    };
    try {
      const later = this.#perform(request);
      const accept = (): void => this.#services.post({ type: 'reply', id, ok: true });
      if (later === null) accept();
      else later.then(accept, refuse);
    } catch (error) {
      refuse(error);
    }
  }

  /** Something was thrown outside of the engine's reach (a timer or a promise in user code): the job fails. */
  crash(thrown: unknown): void {
    this.#end('failed', this.#located(failureOfError(thrown)));
  }

  /** Null when it is done. Throws RequestRefused. */
  #perform(request: JobRequest): Promise<unknown> | null {
    switch (request.type) {
      case 'ping':
        return null;
      case 'stop':
        this.#stop();
        return null;
      case 'setPace':
        this.#pace = request.pace;
        this.#master?.setPace(request.pace);
        return null;
      case 'checkpoint':
        return this.#running().checkpoint(request.kind, request.label);
      case 'stopWithSavepoint':
        return this.#running().stopWith('savepoint', request.label, request.drain);
      case 'inject':
        this.#running().inject(request.injection);
        return null;
      case 'label':
        return this.#running().label(request.ref, request.label);
      case 'delete':
        return this.#running().delete(request.ref);
      case 'replay':
        throw new RequestRefused(plainFailure('IllegalStateException', l10n.t('The job runs: it is not a replay.')));
      case 'start':
        if (this.#job !== null) throw new RequestRefused(plainFailure('IllegalStateException', l10n.t('This worker already runs a job.')));
        this.#start(request.job);
        return null;
    }
  }

  #running(): Master {
    if (this.#master !== null) return this.#master;
    throw new RequestRefused(plainFailure('', l10n.t('The job is not running.')));
  }

  /** With a last checkpoint, so that the job can go on from where it was; the second time without. */
  #stop(): void {
    const master = this.#master;
    if (master === null || this.#stopRequested) {
      master?.stop();
    } else {
      master.stopWith('checkpoint', null).catch(() => master.stop());
    }
    this.#stopRequested = true;
  }

  #start(job: StartJob): void {
    this.#job = job;
    this.#startTime = this.#services.now();
    const { executor, failure } = this.#evaluate(job);
    if (executor === null) {
      this.#sendOutputs(new JobOutputs(job, null), 'failed', failure);
      this.#end('failed', failure);
      throw new RequestRefused(failure);
    }
    this.#executor = executor;
    const outputs = new JobOutputs(job, executor);
    if (executor.sources.length === 0) {
      this.#sendOutputs(outputs, 'finished', null);
      this.#end('finished', null);
      return;
    }
    void this.#run(job, executor, outputs);
  }

  /** A first evaluation: a program that has none, or that only configures, needs no checkpoints. */
  #evaluate(
    job: StartJob,
  ): { readonly executor: Executor; readonly failure: null } | { readonly executor: null; readonly failure: JobFailure } {
    try {
      this.#program = this.#services.load(job.program, job.debug ?? false);
      const options = {
        settings: job.settings,
        overrides: {},
        startTime: this.#startTime,
        journal: false,
        stateBackends: stateBackends(null),
      };
      const created = this.#services.createExecutor(this.#program, options);
      return created.ok ? { executor: created.executor, failure: null } : { executor: null, failure: created.failure };
    } catch (error) {
      return { executor: null, failure: this.#located(failureOfError(error)) };
    }
  }

  /** The first attempt begins, or one after a failure. */
  #begin(job: StartJob, outputs: JobOutputs, { executor, attempt, restored, failure }: Attempt): void {
    this.#executor = executor;
    this.#restarts = attempt;
    const withdrawn = outputs.follow(executor);
    const from = restored === null ? l10n.t('the beginning') : l10n.t('checkpoint {0}', restored.checkpoint);
    this.#restored = null;
    if (failure !== null) {
      const rows = withdrawn > 0 ? ` ${l10n.t('{0} results after it were withdrawn and come again.', withdrawn)}` : '';
      const text = `${failure.errorName}: ${failure.message}.${rows}`.replace('..', '.');
      outputs.setNotice({ title: l10n.t('Restarted from {0}', from), text, tone: 'warn', rerun: false });
    } else if (restored !== null) {
      outputs.resume(executor, job.checkpoints?.earlier ?? []);
      const title = l10n.t('Restored from run {0}, checkpoint {1}', restored.run, restored.checkpoint);
      const begins = l10n.t('This run goes on behind record {0}.', executor.recordCount);
      this.#restored = { title, begins, changes: -1 };
      this.#tellRestored(outputs, executor);
    }
    this.#sendOutputs(outputs, 'running', null);
  }

  /** What became of restored state: some of it turns out in the first steps. */
  #tellRestored(outputs: JobOutputs, executor: Executor): void {
    if (this.#restored === null) return;
    const { title, begins } = this.#restored;
    const types = (executor.compatibility ?? []).reduce((sum, one) => sum + one.types.length, 0);
    if (types === this.#restored.changes) return;
    this.#restored.changes = types;
    const text = [begins, ...changesOfState(executor.compatibility)].join('\n');
    outputs.setNotice({ title, text, tone: 'info', rerun: false });
  }

  /** `evaluated`: of the first evaluation. */
  async #run(job: StartJob, evaluated: Executor, outputs: JobOutputs): Promise<void> {
    const stopHeartbeat = this.#services.every(HEARTBEAT_MS, () => {
      if (this.#services.now() - this.#lastSent >= HEARTBEAT_MS) {
        this.#sendDeltas('running');
      }
    });
    try {
      const program = this.#program;
      if (program === null) return;
      const master = await this.#services.openMaster(job, program, evaluated, {
        onAttempt: (attempt) => this.#begin(job, outputs, attempt),
        onProgress: () => this.#sendDeltas('running'),
        onPublished: ({ run, checkpoint, completed }) => {
          this.#newest = { number: checkpoint, time: completed };
          this.#services.post({ type: 'checkpoint', run, checkpoint, failed: null });
        },
        onException: (exception) => this.#services.post({ type: 'exception', exception }),
        onStatus: () => this.#sendDeltas('running'),
        onFailed: ({ run, checkpoint, reason }) => this.#services.post({ type: 'checkpoint', run, checkpoint, failed: reason }),
      });
      this.#master = master;
      if (this.#pace !== null) {
        master.setPace(this.#pace);
      }
      if (this.#stopRequested) {
        master.stop();
      }
      const { kind, failure } = await master.start();
      this.#end(kind, failure);
    } catch (error) {
      if (this.#outputs === null) {
        this.#sendOutputs(outputs, 'failed', failureOfError(error));
      }
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
    if (this.#outputs !== null && this.#executor !== null) this.#tellRestored(this.#outputs, this.#executor);
    this.#outputs?.update(this.#progress(phase), failure);
    this.#postDeltas(phase);
  }

  #postDeltas(phase: RunPhase): void {
    this.#services.post({ type: 'deltas', deltas: this.#outputs?.takeDeltas() ?? [], progress: this.#progress(phase) });
  }

  #progress(phase: RunPhase): JobProgress {
    return {
      ...progressOf(this.#executor, phase, this.#outputs?.recordsOut ?? 0),
      elapsed: this.#services.now() - this.#startTime,
      fraction: phase === 'finished' ? 1 : (this.#master?.fraction ?? null),
      timeLeft: phase === 'running' ? (this.#master?.timeLeft ?? null) : null,
      run: this.#master?.run ?? null,
      checkpoint: this.#newest,
      restarts: this.#restarts,
      status: this.#master?.status ?? null,
      figures: this.#figures.read(this.#executor, this.#services.now(), phase),
      replay: null,
    };
  }

  #located(failure: JobFailure): JobFailure {
    const location = failure.stack === null ? null : (this.#program?.locate(failure.stack) ?? null);
    return { ...failure, location };
  }
}

import * as l10n from '@vscode/l10n';
import type { StreamExecutionEnvironment } from '../../../engine/api/environment.ts';
import type { RunnerClock } from '../../../engine/node/runner-clock.ts';
import type { CreateExecutor, Executor, JobFailure, JobProgram } from '../../../engine/runtime/job.ts';
import { plainFailure } from '../../../engine/runtime/plain-failure.ts';
import type { ReplayAction, ReplayStatus, RunPhase } from '../../output/types.ts';
import type { CompiledProgram } from '../../program/types.ts';
import { failureOfError } from '../failures.ts';
import { JobOutputs } from '../job-outputs.ts';
import { FigureReader } from '../figures.ts';
import { progressOf } from '../progress.ts';
import type { FromWorker, JobProgress, JobRequest, ReplayJob, StartJob } from '../protocol.ts';
import { type OpenedTimeline, openTimeline, ReplayFailure } from './open-timeline.ts';
import { ReplayPlayer } from './player.ts';
import { PositionState } from './position-state.ts';

/** Results are sent at most so often while a replay plays, ms. */
const SEND_EVERY = 100;

/** State that is laid down for the Checkpoints view at each stop; more would make every step slow. */
const MAX_SHOWN_BYTES = 16 * 1024 * 1024;

export interface ReplayServices {
  readonly load: (program: CompiledProgram) => JobProgram<StreamExecutionEnvironment>;
  readonly createExecutor: CreateExecutor<StreamExecutionEnvironment>;
  readonly clock: RunnerClock;
  readonly post: (message: FromWorker) => void;
}

/** A run that is replayed in its worker: the counterpart of `JobSession`. */
export class ReplaySession {
  readonly #services: ReplayServices;
  #job: StartJob | null = null;
  #program: JobProgram<StreamExecutionEnvironment> | null = null;
  #opened: OpenedTimeline<number> | null = null;
  #player: ReplayPlayer | null = null;
  readonly #figures = new FigureReader();
  #outputs: JobOutputs | null = null;
  #state: PositionState | null = null;
  /** Lines that had been printed where the timeline's job began. */
  #printedBefore = 0;
  /** The timeline's job is another one, and the outputs do not know yet. */
  #isRewound = false;
  #lastSent = Number.NEGATIVE_INFINITY;
  #since = 0;
  #stopped = false;
  #ended = false;

  constructor(services: ReplayServices) {
    this.#services = services;
  }

  /** Handles one request. What goes wrong is the reply, or how the replay ends. */
  handle(request: JobRequest): void {
    const { id } = request;
    const refused = this.#perform(request);
    this.#services.post(refused === null ? { type: 'reply', id, ok: true } : { type: 'reply', id, ok: false, failure: refused });
  }

  crash(thrown: unknown): void {
    this.#end('failed', thrown instanceof ReplayFailure ? thrown.failure : this.#located(failureOfError(thrown)));
  }

  /** Null when it is done or begun; else why not. */
  #perform(request: JobRequest): JobFailure | null {
    switch (request.type) {
      case 'ping':
        return null;
      case 'start':
        if (request.job.replay === null || this.#job !== null) return plainFailure('', l10n.t('This worker already runs a job.'));
        this.#since = this.#services.clock.now();
        this.#job = request.job;
        this.#run(request.job, request.job.replay).catch((error: unknown) => this.crash(error));
        return null;
      case 'stop':
        this.#stopped = true;
        this.#player?.stop();
        return null;
      case 'setPace':
        this.#player?.setPace(request.pace);
        return null;
      case 'replay':
        return this.#act(request.action);
      case 'checkpoint':
      case 'stopWithSavepoint':
      case 'inject':
      case 'label':
      case 'delete':
        return plainFailure('', l10n.t('The run is only replayed: neither it nor its checkpoints change.'));
    }
  }

  #act(action: ReplayAction): JobFailure | null {
    if (this.#player === null) return plainFailure('', l10n.t('The replay is not ready yet.'));
    this.#player.perform(action);
    return null;
  }

  async #run(job: StartJob, replay: ReplayJob): Promise<void> {
    const { load, createExecutor, clock } = this.#services;
    const program = load(job.program);
    this.#program = program;
    const opened = await openTimeline<number>(job, replay, program, createExecutor, {
      mark: () => this.#printed(),
      onRestart: (mark) => {
        this.#printedBefore = mark ?? 0;
        this.#isRewound = true;
      },
    });
    this.#opened = opened;
    const { timeline } = opened;
    this.#outputs = new JobOutputs(job, timeline.executor);
    this.#outputs.rewind(timeline.executor, 0);
    if (replay.stateDirectory !== null && job.checkpoints !== null) {
      this.#state = new PositionState(replay.stateDirectory, job.checkpoints.job, job.checkpoints.session);
    }
    this.#player = new ReplayPlayer({ timeline, pace: job.pace, clock, start: replay.start, onMoved: (rests) => this.#moved(rests) });
    this.#update('running', null);
    this.#services.post({ type: 'outputs', outputs: this.#outputs.states() });
    if (this.#stopped) this.#player.stop();
    try {
      await this.#player.run();
      await this.#state?.close();
      this.#end('stopped', null);
    } finally {
      timeline.close();
    }
  }

  #executor(): Executor | null {
    return this.#opened?.timeline.executor ?? null;
  }

  /** Lines printed up to the position. */
  #printed(): number {
    return this.#printedBefore + (this.#executor()?.printedCount ?? 0);
  }

  #moved(rests: boolean): void {
    const now = this.#services.clock.elapsed();
    if (!rests && (now - this.#lastSent < SEND_EVERY || (this.#isRewound && this.#player?.state === 'moving'))) return;
    this.#lastSent = now;
    const [outputs, opened] = [this.#outputs, this.#opened];
    if (outputs === null || opened === null) return;
    const { executor } = opened.timeline;
    const isRewound = this.#isRewound;
    if (isRewound) {
      this.#isRewound = false;
      const printed = this.#printed();
      executor.takePrinted();
      outputs.rewind(executor, printed);
    }
    this.#update('running', executor.failure);
    if (isRewound) {
      this.#services.post({ type: 'rewound', outputs: outputs.states() });
    }
    this.#services.post({ type: 'deltas', deltas: outputs.takeDeltas(), progress: this.#progress('running') });
    if (rests) this.#showState();
  }

  /** Lays down the state at the position. A job that has failed has none that could be looked at. */
  #showState(): void {
    const opened = this.#opened;
    const state = this.#state;
    if (opened === null || state === null || opened.timeline.executor.failure !== null) return;
    const { timeline } = opened;
    const bytes = timeline.executor.metrics().reduce((sum, { stateBytes }) => sum + stateBytes, 0);
    if (bytes > MAX_SHOWN_BYTES) {
      const text = l10n.t('Stop the replay and restore a checkpoint to look at it.');
      this.#outputs?.setNotice({ title: l10n.t('The state is too large to be shown at every stop'), text, tone: 'info', rerun: false });
      return;
    }
    state.show(timeline.snapshot()).then(
      () => this.#services.post({ type: 'checkpoint', run: 1, checkpoint: 1, failed: null }),
      (error: unknown) => this.#outputs?.addError(l10n.t('The state at this position cannot be shown: {0}', failureOfError(error).message)),
    );
  }

  #update(phase: RunPhase, failure: JobFailure | null): void {
    this.#outputs?.setReplay(phase === 'running' ? this.#status() : null);
    this.#outputs?.update(this.#progress(phase), failure);
  }

  #status(): ReplayStatus | null {
    const opened = this.#opened;
    if (opened === null) return null;
    const { timeline, full, checkpoints } = opened;
    return {
      state: this.#player?.state ?? 'moving',
      record: timeline.position,
      first: timeline.first,
      last: timeline.last,
      atEnd: timeline.atEnd,
      timestamp: timeline.executor.failure === null ? timeline.executor.nextTimestamp() : null,
      full,
      checkpoints,
    };
  }

  #end(phase: 'stopped' | 'failed', failure: JobFailure | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#services.post({ type: 'ended', phase, failure, progress: this.#progress(phase) });
  }

  #progress(phase: RunPhase): JobProgress {
    const status = this.#status();
    const share = status === null ? null : (status.record - status.first) / Math.max(1, status.last - status.first);
    return {
      ...progressOf(this.#executor(), phase, this.#outputs?.recordsOut ?? 0),
      elapsed: this.#services.clock.now() - this.#since,
      fraction: share,
      timeLeft: null,
      run: null,
      checkpoint: null,
      restarts: 0,
      status: null,
      figures: this.#figures.read(this.#executor(), this.#services.clock.now(), phase),
      replay: phase === 'running' ? status : null,
    };
  }

  #located(failure: JobFailure): JobFailure {
    const location = failure.stack === null ? null : (this.#program?.locate(failure.stack) ?? null);
    return { ...failure, location };
  }
}

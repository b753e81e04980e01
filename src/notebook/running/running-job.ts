import type { JobFailure, RestoreQuestion } from '../../../engine/runtime/job.ts';
import type { CheckpointKind, CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { ExceptionEntry } from '../../../engine/failover/exception-history.ts';
import type { Injection } from '../../../engine/node/job-master.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import { bytesText } from '../../checkpoints/bytes-text.ts';
import type { RunDebugger } from '../../debug/session.ts';
import type { JobListener } from '../../host/job-client.ts';
import type { CheckpointPlan, JobProgress, ReplayJob, ReplayStart } from '../../host/protocol.ts';
import { describeFailure } from '../../output/failure.ts';
import type { OutputError, OutputState, ReplayAction } from '../../output/types.ts';
import type { Execution } from '../../platform/ports.ts';
import type { CompiledProgram } from '../../program/types.ts';
import type { CellOutputs } from '../outputs/cell-outputs.ts';
import { cellTitle, type PlacedCell } from '../cells.ts';
import type { CheckpointPlace } from '../jobs/checkpoint-places.ts';
import { plainError } from '../outputs/output-states.ts';
import type { Job, RecordedRun, RunPorts } from './run-ports.ts';
import type { KillReason, RunEvent } from './run-reducer.ts';
import { jobOptions } from './run-settings.ts';

/** A checkpoint that a run starts from. */
export interface RunStart {
  readonly checkpoint: CheckpointRef;
  /** What the cell showed before: rows that the checkpoint covers are shown again. */
  readonly earlier: readonly OutputState[];
  /** Which operators take over which states, as `streambook.state-recovery.match` has it; null = nobody was asked. */
  readonly match: string | null;
}

/** The run that a job is for. */
export interface JobRun {
  readonly run: number;
  readonly placed: PlacedCell;
  readonly program: CompiledProgram;
  readonly execution: Execution | null;
  readonly outputs: CellOutputs;
  /** null = from the beginning of the input. */
  readonly from: RunStart | null;
  /** Set when an earlier run is replayed; where it starts. */
  readonly replay: { readonly start: ReplayStart; readonly recorded: RecordedRun } | null;
  /** The debugger that the run is under. */
  readonly debug: RunDebugger | null;
  onProgress(progress: JobProgress): void;
  /** An attempt has failed. */
  onException(exception: ExceptionEntry): void;
  /** The job was not restored: the user has to say who takes over what. */
  onQuestions(questions: readonly RestoreQuestion[]): void;
  send(event: RunEvent): void;
}

/** The worker of one run: starts it, takes over what it reports, and shows why it failed. */
export class RunningJob {
  readonly #run: JobRun;
  readonly #ports: RunPorts;
  readonly #cell: string;
  #job: Job | null = null;
  /** The run has ended: what the worker still says is not heard. */
  #isOver = false;
  #gone: Promise<void> = Promise.resolve();

  constructor(run: JobRun, ports: RunPorts) {
    this.#run = run;
    this.#ports = ports;
    this.#cell = run.placed.cell.uri;
  }

  /** Settles when a worker that was killed, or died, is gone and holds no checkpoints any more. Never rejects. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  start(): void {
    const { paces, settings, log, l10n } = this.#ports;
    const { program, placed, replay } = this.#run;
    const place = this.#place();
    try {
      this.#job = this.#ports.startWorker(this.#cell, this.#listener(), this.#run.debug);
      this.#job.start({
        program,
        baseDirectory: placed.notebook.folder ?? '',
        pace: paces.get(placed.notebook, placed.cell),
        outputPrefix: this.#cell,
        settings: replay?.recorded.settings ?? { ...jobOptions(settings), ...matchOption(this.#run.from) },
        checkpoints: this.#checkpoints(),
        recording: place === null || replay !== null ? null : this.#ports.places.recordingOf(place),
        replay: place === null || replay === null ? null : this.#replay(place, replay.start),
      });
    } catch (error) {
      log.error(`No worker for ${this.#cell}: ${String(error)}`);
      this.#fail(plainError(l10n.t('The job could not be started: {0}', String(error))));
      this.#end({ type: 'lost', run: this.#run.run });
    }
  }

  #place(): CheckpointPlace | null {
    return this.#ports.places.of(this.#run.placed.notebook.uri, this.#run.program.jobName);
  }

  #replay(place: CheckpointPlace, start: ReplayStart): ReplayJob {
    const { places } = this.#ports;
    return { recording: places.recordingOf(place), stateDirectory: places.replayFolderOf(place), start };
  }

  #checkpoints(): CheckpointPlan | null {
    const { placed, from } = this.#run;
    const place = this.#place();
    if (place !== null) {
      this.#ports.places.remember(place, placed.notebook.uri);
    }
    return (
      place && {
        ...place,
        session: this.#ports.places.session,
        restore: from?.checkpoint ?? null,
        earlier: from?.earlier ?? [],
      }
    );
  }

  /** Rejects with why there is none. */
  async checkpoint(kind: CheckpointKind, label: string | null): Promise<void> {
    await this.#job?.checkpoint(kind, label);
  }

  /** Rejects with why there is none; the job then goes on. */
  async stopWithSavepoint(label: string | null, drain: boolean): Promise<void> {
    await this.#job?.stopWithSavepoint(label, drain);
  }

  /** Makes the job fail. Rejects with why it cannot. */
  async inject(injection: Injection): Promise<void> {
    await this.#job?.inject(injection);
  }

  async label(ref: CheckpointRef, label: string | null): Promise<void> {
    await this.#job?.label(ref, label);
  }

  async deleteCheckpoint(ref: CheckpointRef): Promise<void> {
    await this.#job?.deleteCheckpoint(ref);
  }

  /** Tells a replay what to do. */
  replay(action: ReplayAction): void {
    this.#job
      ?.replay(action)
      .catch((error: unknown) => this.#ports.log.warn(`The replay of ${this.#cell} did not follow: ${String(error)}`));
  }

  stop(): void {
    // A worker that cannot stop any more has ended, and says so.
    this.#job?.stop().catch(() => undefined);
  }

  setPace(pace: Pace): void {
    this.#job?.setPace(pace).catch((error: unknown) => {
      this.#ports.log.warn(`The pace of ${this.#cell} was not changed: ${String(error)}`);
    });
  }

  /** Ends the worker by force, and shows why unless the cell is gone. */
  kill(reason: KillReason): void {
    const { l10n } = this.#ports;
    this.#isOver = true;
    this.#ports.windowState.remove(this.#cell);
    if (reason === 'silent') {
      const hint = l10n.t('Look for an endless loop in the functions of the cell.');
      this.#fail(plainError(l10n.t('The job did not respond and was killed.'), hint));
    } else if (reason === 'asked') {
      this.#fail(plainError(l10n.t('The job was killed.')));
    }
    this.#clearAway();
  }

  /** What the worker could not do itself any more. */
  #clearAway(): void {
    const { places, log } = this.#ports;
    const place = this.#place();
    this.#gone = this.dispose()
      .then(() => (place === null ? undefined : places.release(place)))
      .catch((error: unknown) => log.error(`The worker of ${this.#cell} could not be cleared away: ${String(error)}`));
  }

  /** Ends the worker at once, without a word. */
  async dispose(): Promise<void> {
    await this.#job?.kill();
  }

  #listener(): JobListener {
    const { run, outputs, execution } = this.#run;
    return {
      onOutputs: (states) => {
        if (!this.#isOver) {
          outputs.replace(states);
          void outputs.write(execution);
        }
      },
      onDeltas: (deltas, progress) => {
        if (!this.#isOver) {
          outputs.apply(deltas);
          this.#run.onProgress(progress);
          this.#checkWindow(progress);
        }
      },
      onRewound: (states) => {
        if (!this.#isOver) {
          outputs.replace(states);
          outputs.show();
        }
      },
      onCheckpoint: () => this.#ports.onCheckpoint(),
      onException: (exception) => this.#isOver || this.#run.onException(exception),
      onStarted: () => this.#run.send({ type: 'started', run }),
      onEnded: (end, failure, progress) => {
        if (!this.#isOver) {
          this.#run.onProgress(progress);
          if (failure !== null) {
            this.#report(failure);
          }
          this.#end({ type: 'ended', run, end });
          if (failure?.questions !== undefined) {
            this.#run.onQuestions(failure.questions);
          }
        }
      },
      onLost: (failure) => {
        if (!this.#isOver) {
          this.#fail(this.#report(failure));
          this.#clearAway();
          this.#end({ type: 'lost', run });
        }
      },
      onSilent: () => this.#run.send({ type: 'silent', run }),
      onResponsive: () => this.#run.send({ type: 'responsive', run }),
    };
  }

  /** All jobs of the window together may keep so much state: the one that goes over it fails. A replay keeps what its run was allowed. */
  #checkWindow({ stateMemory }: JobProgress): void {
    if (this.#run.replay !== null) return;
    const { windowState, l10n } = this.#ports;
    const { run, placed } = this.#run;
    const excess = windowState.report(this.#cell, cellTitle(placed.cell), stateMemory);
    if (excess === null) return;
    const jobs = excess.jobs.map(({ name, bytes }) => `${name} ${bytesText(bytes)}`).join(', ');
    const title = l10n.t(
      'The jobs of this window keep {0} of state, more than the {1} of streambook.state.max-window-size, and this one went over it: {2}',
      bytesText(excess.bytes),
      bytesText(excess.limit),
      jobs,
    );
    const hint = l10n.t('Stop other jobs, keep less state, or set streambook.state.max-window-size higher. Checkpoints so far are kept.');
    this.#fail(plainError(title, hint));
    this.#clearAway();
    this.#end({ type: 'lost', run });
  }

  #end(event: RunEvent): void {
    this.#isOver = true;
    this.#ports.windowState.remove(this.#cell);
    this.#run.send(event);
  }

  #fail(error: OutputError): void {
    this.#run.outputs.fail(error, cellTitle(this.#run.placed.cell));
  }

  /** Shows where the job failed in the Problems view, and writes the stack to the log. */
  #report(failure: JobFailure): OutputError {
    const error = describeFailure(failure, this.#run.program.cells);
    if (error.place !== null) {
      this.#ports.problems.showFailure(error);
    }
    if (failure.stack !== null) {
      this.#ports.log.info(`${this.#cell} failed: ${failure.stack}`);
    }
    return error;
  }
}

function matchOption(from: RunStart | null): Readonly<Record<string, string>> {
  return from === null || from.match === null ? {} : { 'streambook.state-recovery.match': from.match };
}

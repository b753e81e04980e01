import type { RestoreQuestion } from '../../../engine/runtime/job.ts';
import type { CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import type { JobExceptionView } from '../../checkpoints/jobs-tree.ts';
import type { RunDebugger } from '../../debug/session.ts';
import type { JobProgress, ReplayStart } from '../../host/protocol.ts';
import type { OutputState } from '../../output/types.ts';
import type { Execution, NotebookView } from '../../platform/ports.ts';
import { jobNameOf } from '../../program/job-name.ts';
import type { CompiledProgram } from '../../program/types.ts';
import { CellOutputs } from '../outputs/cell-outputs.ts';
import { cellTitle, findCell, type PlacedCell, sourceOf } from '../cells.ts';
import { compileCell, isOutOfDate } from './compile-cell.ts';
import { earlierRun } from './earlier-run.ts';
import { askWhoTakesOver } from './restore-questions.ts';
import { errorState } from '../../output/error-state.ts';
import type { RecordedRun, RunPorts } from './run-ports.ts';
import type { QueuedRun, RunQueue } from './run-queue.ts';
import { type RunCommand, type RunEnd, type RunEvent, type RunState, step } from './run-reducer.ts';
import { type JobRun, RunningJob, type RunStart } from './running-job.ts';
import { withShownException } from './shown-exceptions.ts';
import type { RunStatus } from './status-items.ts';

/** What a cell showed before a replay, and shows again after it. */
interface BeforeReplay {
  readonly outputs: readonly OutputState[];
  readonly program: CompiledProgram | null;
  readonly progress: JobProgress | null;
  readonly end: RunEnd | null;
}

/** Runs one cell: carries out what the reducer says and reports back to it. */
export class CellRunner implements QueuedRun {
  readonly cell: string;
  readonly #ports: RunPorts;
  readonly #queue: RunQueue;
  readonly #outputs: CellOutputs;
  #state: RunState = null;
  #nextRun = 1;
  #execution: Execution | null = null;
  #job: RunningJob | null = null;
  #program: CompiledProgram | null = null;
  #progress: JobProgress | null = null;
  #end: RunEnd | null = null;
  /** Of the newest run, newest first. */
  #exceptions: readonly JobExceptionView[] = [];
  /** Where the cell was when its job was started: outputs must be kept although the notebook was just closed. */
  #seen: PlacedCell | null = null;
  /** What the next run starts from. */
  #from: RunStart | null = null;
  /** What the next run is: null = no replay, else where the replay starts. */
  #next: ReplayStart | null = null;
  /** The replay under way, and what the cell showed before it. */
  #replay: { readonly start: ReplayStart; readonly before: BeforeReplay } | null = null;
  #recorded: RecordedRun | null = null;
  /** The debugger of the run under way, and that of the next one. */
  #debug: RunDebugger | null = null;
  #nextDebug: RunDebugger | null = null;
  /** When the run under way was begun, ms. */
  #since = 0;
  /** Settles when the execution of the last run has ended and its worker is gone: the next one may begin. */
  #ended: Promise<void> = Promise.resolve();

  constructor(cell: string, ports: RunPorts, queue: RunQueue) {
    this.cell = cell;
    this.#ports = ports;
    this.#queue = queue;
    this.#outputs = new CellOutputs(cell, ports.channel, ports.log);
  }

  /** Whether a run is under way or waits for room. */
  get isActive(): boolean {
    return this.#state !== null;
  }

  /** Whether what is under way is a replay. */
  get isReplay(): boolean {
    return this.#replay !== null;
  }

  /** Newest states of the outputs. */
  get outputs(): readonly OutputState[] {
    return this.#outputs.states;
  }

  /** Runs the cell; while it runs, that restarts it. */
  run(): void {
    this.#next = null;
    this.#go();
  }

  /** Replays the newest run; a job that runs is stopped before. */
  replay(start: ReplayStart): void {
    this.#next = start;
    this.#from = null;
    this.#nextDebug?.onEnd();
    this.#nextDebug = null;
    this.#go();
  }

  #go(): void {
    this.send({ type: 'run', run: this.#nextRun++ });
  }

  /** Runs the cell from a checkpoint, as a run of its own; rows that the checkpoint covers are shown again. */
  runFrom(checkpoint: CheckpointRef): void {
    this.#from = { checkpoint, earlier: this.outputs, match: null };
    this.run();
  }

  /** Runs the cell from the checkpoint again, once the user has said who takes over what. */
  async #runAnswered(from: RunStart, questions: readonly RestoreQuestion[]): Promise<void> {
    const match = await askWhoTakesOver(questions, this.#ports.dialogs, this.#ports.l10n);
    if (match === null || this.isActive) {
      return;
    }
    this.#from = { ...from, match };
    this.run();
  }

  /** Runs the cell under a debugger. */
  debug(run: RunDebugger): void {
    this.#nextDebug?.onEnd();
    this.#nextDebug = run;
    this.run();
  }

  /** The job under way, for what concerns its checkpoints; null when nothing runs. */
  get job(): RunningJob | null {
    return this.#job;
  }

  /** The program of the newest run; null before the first. */
  get program(): CompiledProgram | null {
    return this.#program;
  }

  /** Failures of the newest run, newest first. */
  get exceptions(): readonly JobExceptionView[] {
    return this.#exceptions;
  }

  /** What happened to the cell or its run. */
  send(event: RunEvent): void {
    const { state, commands } = step(this.#state, event);
    const isChanged = state !== this.#state;
    this.#state = state;
    for (const command of commands) {
      this.#perform(command);
    }
    if (state === null && !commands.some(({ type }) => type === 'run-again')) {
      this.#nextDebug?.onEnd();
      this.#nextDebug = null;
    }
    if (isChanged || commands.length > 0) {
      this.#ports.onStatus(this.cell);
    }
  }

  /** Plays the rest of the input at another pace. */
  setPace(pace: Pace): void {
    this.#job?.setPace(pace);
  }

  /** Shows outputs of an earlier session, unless the cell has its own. */
  async restore(outputs: readonly OutputState[]): Promise<void> {
    if (this.isActive || this.outputs.length > 0) {
      return;
    }
    const execution = this.#ports.executions.create(this.cell);
    if (execution === null) {
      return;
    }
    this.#outputs.restore(outputs);
    const earlier = earlierRun(outputs);
    this.#end = earlier?.end ?? null;
    this.#progress = earlier?.progress ?? null;
    // Without times: nothing runs, and VS Code shows none.
    execution.start(null, null);
    await this.#outputs.write(execution);
    execution.end(null, null);
    this.#ports.onStatus(this.cell);
  }

  /** How the runs stand, seen from the notebook as it is now. */
  status(notebook: NotebookView): RunStatus {
    return {
      active: this.#state,
      end: this.#end,
      progress: this.#progress,
      paused: this.#debug?.paused ?? false,
      elapsed: this.isActive ? this.#ports.clock.now() - this.#since : null,
      error: this.outputs.find(({ error }) => error !== null)?.error ?? null,
      outOfDate: this.#program !== null && isOutOfDate(this.#program, notebook),
    };
  }

  /** Hands the outputs to the keeper. */
  keep(): void {
    const placed = this.#place() ?? this.#seen;
    if (placed !== null && this.outputs.length > 0) {
      this.#ports.keeper.keep(placed.notebook, placed.cell, this.outputs);
    }
  }

  /** Ends the worker at once, without a word. */
  async dispose(): Promise<void> {
    await this.#job?.dispose();
  }

  begin(order: number): void {
    if (this.#state !== null) {
      this.#since = this.#ports.clock.now();
      this.#execution?.start(this.#since, order);
      this.send({ type: 'admitted', run: this.#state.run });
    }
  }

  #place(): PlacedCell | null {
    return findCell(this.#ports.notebooks, this.cell);
  }

  #isCurrent(run: number): boolean {
    return this.#state?.run === run;
  }

  #perform(command: RunCommand): void {
    switch (command.type) {
      case 'enqueue':
        return this.#enqueue(command.run);
      case 'compile':
        void this.#compile(command.run);
        return;
      case 'start-worker':
        return this.#startWorker(command.run);
      case 'request-stop':
        return this.#job?.stop();
      case 'kill-worker':
        return this.#job?.kill(command.reason);
      case 'ask-kill':
        void this.#askKill(command.run);
        return;
      case 'finish':
        return this.#finish(command.end);
      case 'run-again':
        void this.#ended.then(() => this.#go());
    }
  }

  #enqueue(run: number): void {
    this.#debug = this.#nextDebug;
    this.#nextDebug = null;
    const execution = this.#ports.executions.create(this.cell);
    if (execution === null) {
      this.#ports.log.warn(`${this.cell} cannot be executed now`);
      this.send({ type: 'interrupt' });
      return;
    }
    const { states } = this.#outputs;
    const before = { outputs: states, program: this.#program, progress: this.#progress, end: this.#end };
    this.#replay = this.#next === null ? null : { start: this.#next, before };
    this.#next = null;
    this.#exceptions = [];
    this.#outputs.beginRun();
    this.#execution = execution;
    this.#program = null;
    this.#progress = null;
    this.#end = null;
    this.#since = this.#ports.clock.now();
    execution.onDidCancel(() => this.#isCurrent(run) && this.send({ type: 'interrupt' }));
    this.#queue.enter(this);
  }

  async #compile(run: number): Promise<void> {
    const { compiler, problems, l10n } = this.#ports;
    const placed = this.#place();
    problems.clearFailure(this.cell);
    if (placed === null) {
      this.send({ type: 'compiled', run, ok: false });
      return;
    }
    if (this.#replay !== null) {
      this.send({ type: 'compiled', run, ok: await this.#readRecording(run, placed) });
      return;
    }
    const [{ program, error, checked, diagnostics }] = await Promise.all([compileCell(placed, compiler, l10n), this.#ended]);
    if (!this.#isCurrent(run)) {
      return;
    }
    problems.showCompileProblems(checked, diagnostics);
    this.#program = program;
    if (error !== null) {
      this.#outputs.replace([errorState(`${this.cell}/error`, cellTitle(placed.cell), 'failed', error)]);
    }
    this.send({ type: 'compiled', run, ok: error === null });
  }

  /** Makes the recorded program that of the run. False when there is none: the user is told why. */
  async #readRecording(run: number, placed: PlacedCell): Promise<boolean> {
    const { places, recordings, dialogs, l10n } = this.#ports;
    await this.#ended;
    const place = places.of(placed.notebook.uri, this.#replay?.before.program?.jobName ?? jobNameOf(sourceOf(placed.cell)));
    try {
      const recorded = place === null ? null : await recordings.read(places.recordingOf(place), placed.notebook);
      if (!this.#isCurrent(run)) {
        return false;
      }
      const start = this.#replay?.start;
      if (recorded !== null && typeof start === 'object' && start.run !== recorded.run) {
        dialogs.error(l10n.t('Only the newest run of cell {0} is recorded, run {1}.', cellTitle(placed.cell), recorded.run));
        return false;
      }
      this.#recorded = recorded;
      this.#program = recorded?.program ?? null;
      if (recorded === null) {
        dialogs.error(l10n.t('There is no recorded run of cell {0} to replay. Run the cell first.', cellTitle(placed.cell)));
      }
      return recorded !== null;
    } catch (error) {
      dialogs.error(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #startWorker(run: number): void {
    const placed = this.#place();
    this.#seen = placed;
    if (placed === null || this.#program === null) {
      this.send({ type: 'lost', run });
      return;
    }
    const from = this.#from;
    const job: JobRun = {
      run,
      placed,
      program: this.#program,
      execution: this.#execution,
      outputs: this.#outputs,
      from,
      replay: this.#replay === null || this.#recorded === null ? null : { start: this.#replay.start, recorded: this.#recorded },
      debug: this.#debug,
      onProgress: (progress) => {
        this.#progress = progress;
        this.#ports.onStatus(this.cell);
      },
      onException: (exception) => {
        this.#exceptions = withShownException(this.#exceptions, exception, job.program.cells, this.#ports.l10n);
        this.#ports.onStatus(this.cell);
      },
      onQuestions: (questions) => {
        if (from !== null) {
          void this.#runAnswered(from, questions);
        }
      },
      send: (event) => this.send(event),
    };
    this.#from = null;
    this.#job = new RunningJob(job, this.#ports);
    this.#job.start();
  }

  async #askKill(run: number): Promise<void> {
    const { dialogs, l10n } = this.#ports;
    this.#outputs.setPhase('unresponsive');
    this.#outputs.show();
    const placed = this.#place();
    const kill = l10n.t('Kill Job');
    const name = placed === null ? '' : cellTitle(placed.cell);
    const message = l10n.t('The job of cell {0} does not respond (endless loop in user code?)', name);
    if ((await dialogs.warn(message, kill, l10n.t('Keep Waiting'))) === kill && this.#isCurrent(run)) {
      this.send({ type: 'kill' });
    }
  }

  #finish(end: RunEnd): void {
    const [execution, gone] = [this.#execution, this.#job?.gone];
    this.#end = end;
    this.#execution = null;
    this.#job = null;
    this.#debug?.onEnd();
    this.#debug = null;
    if (this.#replay !== null) {
      this.#leaveReplay(this.#replay.before);
    } else if (end === 'stopped') {
      this.#outputs.setPhase('stopped');
    }
    const now = this.#ports.clock.now();
    const shown = this.#outputs.write(execution).then(() => execution?.end(this.#success(), now));
    this.#ended = shown.then(() => gone);
    this.keep();
    this.#queue.leave(this);
  }

  /** How VS Code marks the cell; null = neither as a success nor as a failure. */
  #success(): boolean | null {
    return this.#end === 'stopped' || this.#end === null ? null : this.#end === 'finished';
  }

  /** The cell shows what it showed before. Why a replay failed is told besides: its outputs are gone. */
  #leaveReplay({ outputs, program, progress, end }: BeforeReplay): void {
    const failure = this.outputs.find(({ error }) => error !== null)?.error ?? null;
    if (this.#end === 'failed' && failure !== null && outputs.every(({ error }) => error?.title !== failure.title)) {
      this.#ports.dialogs.error(this.#ports.l10n.t('The replay ended: {0}', failure.title));
    }
    this.#outputs.replace(outputs);
    this.#outputs.show();
    this.#program = program;
    this.#progress = progress;
    this.#end = end;
    this.#replay = null;
    this.#recorded = null;
    this.#ports.onCheckpoint();
  }
}

import type { JobFailure } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import type { JobListener } from '../host/job-client.ts';
import type { JobProgress, StartJob } from '../host/protocol.ts';
import { applyDelta } from '../output/delta.ts';
import { describeFailure } from '../output/failure.ts';
import type { OutputDelta, OutputError, OutputState, OutputStatus, RunPhase } from '../output/types.ts';
import type {
  CellView,
  Clock,
  Dialogs,
  Execution,
  Executions,
  Localizer,
  Log,
  Notebooks,
  NotebookView,
  RendererChannel,
  Settings,
  Trust,
} from '../platform/ports.ts';
import type { CellDiagnostic, CellSource, CompiledProgram, CompileResult } from '../program/types.ts';
import { PROTOCOL_VERSION, type ToRenderer } from '../renderer/protocol.ts';
import { cellTitle, isRunnable, programCells } from './cells.ts';
import { errorState, outputContent, plainError, withPhase } from './output-states.ts';
import type { PaceMemory } from './pace-choice.ts';
import { type KillReason, type RunCommand, type RunEnd, type RunEvent, type RunState, step } from './run-reducer.ts';
import type { CellStatus } from './status-items.ts';

/** A running job as the runs need it: `JobClient`. */
export interface Job {
  start(job: StartJob): void;
  stop(): Promise<void>;
  setPace(pace: Pace): Promise<void>;
  kill(): Promise<void>;
}

/** The language worker as the runs need it. */
export interface Compiler {
  compile(notebook: string, cells: readonly CellSource[], target: string, check: boolean): Promise<CompileResult>;
}

/** Where problems found by a run are shown. */
export interface RunProblems {
  /** All problems that compiling found; replaces what is shown for these cells. */
  showCompileProblems(cells: readonly string[], diagnostics: readonly CellDiagnostic[]): void;
  showFailure(error: OutputError): void;
  clearFailure(cell: string): void;
}

/** Keeps outputs over a reload of the window. */
export interface OutputKeeper {
  keep(notebook: NotebookView, cell: CellView, outputs: readonly OutputState[]): void;
}

export interface CellRunsPorts {
  readonly notebooks: Notebooks;
  readonly executions: Executions;
  readonly compiler: Compiler;
  /** Starts a worker for a job of the cell. */
  startWorker(cell: string, listener: JobListener): Job;
  readonly problems: RunProblems;
  readonly channel: RendererChannel;
  readonly keeper: OutputKeeper;
  readonly paces: PaceMemory;
  readonly settings: Settings;
  readonly trust: Trust;
  readonly dialogs: Dialogs;
  readonly clock: Clock;
  readonly log: Log;
  readonly l10n: Localizer;
  /** Something that the status bar of the cell shows has changed. */
  onStatus(cell: string): void;
}

/** What is known of a cell that was run. */
interface CellRecord {
  readonly cell: string;
  state: RunState;
  execution: Execution | null;
  job: Job | null;
  program: CompiledProgram | null;
  progress: JobProgress | null;
  end: RunEnd | null;
  /** Where the cell was last seen: what is kept must be kept although its notebook was just closed. */
  seen: { readonly notebook: NotebookView; readonly cell: CellView } | null;
  /** When the run under way was begun, ms. */
  since: number;
  /** Newest state of each output, in order. */
  outputs: readonly OutputState[];
  /** False while `outputs` are still those of the run before. */
  hasOutputs: boolean;
  /** Settles when the execution of the last run has ended: the next one may begin. */
  ended: Promise<void>;
}

const DEFAULT_MAX_RUNNING = 4;

/** Runs cells: carries out what the reducer of each cell says, and holds the newest state of every output. */
export class CellRuns {
  readonly #ports: CellRunsPorts;
  readonly #records = new Map<string, CellRecord>();
  /** Cells whose run waits for room, oldest first. */
  readonly #queue: { readonly cell: string; readonly run: number }[] = [];
  #nextRun = 1;
  #order = 0;

  constructor(ports: CellRunsPorts) {
    this.#ports = ports;
  }

  /** Runs cells in order, several at once up to the limit. A cell that runs is restarted; cells that cannot be run are left out. */
  run(cells: readonly string[]): void {
    const { trust, dialogs, l10n } = this.#ports;
    if (!trust.isTrusted()) {
      dialogs.error(l10n.t('Streambook runs no cells in Restricted Mode. Trust the workspace to run them.'));
      return;
    }
    for (const cell of cells) {
      const view = this.#view(cell);
      if (view !== null && isRunnable(view.cell)) {
        this.#dispatch(this.#record(cell), { type: 'run', run: this.#nextRun++ });
      }
    }
  }

  /** Stops the job of a cell; the second time it is killed. */
  stop(cell: string): void {
    this.#send(cell, { type: 'interrupt' });
  }

  kill(cell: string): void {
    this.#send(cell, { type: 'kill' });
  }

  /** Stops every job of a notebook, or of all. */
  stopAll(notebook: string | null = null): void {
    for (const { cell, state } of [...this.#records.values()]) {
      if (state !== null && (notebook === null || this.#ports.notebooks.ofCell(cell)?.uri === notebook)) {
        this.stop(cell);
      }
    }
  }

  /** Cells are gone, or their notebook was closed: their jobs end, what is known of them is forgotten. */
  forget(cells: readonly string[]): void {
    for (const cell of cells) {
      this.#send(cell, { type: 'removed' });
      this.#records.delete(cell);
    }
  }

  /** The cells that this window has run, with a notebook or not. */
  cells(): readonly string[] {
    return [...this.#records.keys()];
  }

  /** Plays the rest of the input of a running job at another pace. */
  setPace(cell: string, pace: Pace): void {
    this.#records
      .get(cell)
      ?.job?.setPace(pace)
      .catch((error: unknown) => {
        this.#ports.log.warn(`The pace of ${cell} was not changed: ${String(error)}`);
      });
  }

  /** Newest states of a cell's outputs. */
  outputs(cell: string): readonly OutputState[] {
    return this.#records.get(cell)?.outputs ?? [];
  }

  /** Shows outputs of an earlier session. A cell that ran meanwhile keeps its own. */
  async restore(cell: string, outputs: readonly OutputState[]): Promise<void> {
    const record = this.#record(cell);
    if (record.state !== null || record.outputs.length > 0) {
      return;
    }
    const execution = this.#ports.executions.create(cell);
    if (execution === null) {
      return;
    }
    record.outputs = outputs;
    const [first] = outputs;
    if (first !== undefined) {
      record.end = endOf(first.status.phase);
      record.progress = restoredProgress(outputs, first.status);
    }
    // Without times: nothing runs, and VS Code shows none.
    execution.start(null, null);
    await execution.replaceOutputs(outputs.map(outputContent));
    execution.end(null, null);
    this.#ports.onStatus(cell);
  }

  /** The output with that id, with the cell it belongs to. */
  findOutput(id: string): { readonly cell: string; readonly state: OutputState } | null {
    for (const { cell, outputs } of this.#records.values()) {
      const state = outputs.find((output) => output.id === id);
      if (state !== undefined) {
        return { cell, state };
      }
    }
    return null;
  }

  /** What the status bar of a cell shows. */
  status(notebook: NotebookView, cell: CellView): CellStatus {
    const record = this.#records.get(cell.uri);
    return {
      cell,
      active: record?.state ?? null,
      end: record?.end ?? null,
      progress: record?.progress ?? null,
      elapsed: record?.state == null ? null : this.#ports.clock.now() - record.since,
      error: record?.outputs.find(({ error }) => error !== null)?.error ?? null,
      outOfDate: record?.program != null && isOutOfDate(record.program, notebook),
      pace: this.#ports.paces.get(notebook, cell),
    };
  }

  /** Hands the outputs of running jobs to the keeper: called now and then, and before the window closes. */
  keepRunning(): void {
    for (const record of this.#records.values()) {
      if (record.state !== null) {
        this.#keep(record);
      }
    }
  }

  /** Ends all jobs at once. */
  async dispose(): Promise<void> {
    const jobs = [...this.#records.values()].flatMap(({ job }) => job ?? []);
    await Promise.all(jobs.map((job) => job.kill()));
  }

  #record(cell: string): CellRecord {
    let record = this.#records.get(cell);
    if (record === undefined) {
      record = {
        cell,
        state: null,
        execution: null,
        job: null,
        program: null,
        progress: null,
        end: null,
        seen: null,
        since: 0,
        outputs: [],
        hasOutputs: false,
        ended: Promise.resolve(),
      };
      this.#records.set(cell, record);
    }
    return record;
  }

  #view(cell: string): { readonly notebook: NotebookView; readonly cell: CellView } | null {
    const notebook = this.#ports.notebooks.ofCell(cell);
    const view = notebook?.cells.find(({ uri }) => uri === cell);
    return notebook == null || view === undefined ? null : { notebook, cell: view };
  }

  #send(cell: string, event: RunEvent): void {
    const record = this.#records.get(cell);
    if (record !== undefined) {
      this.#dispatch(record, event);
    }
  }

  #dispatch(record: CellRecord, event: RunEvent): void {
    const { state, commands } = step(record.state, event);
    const isChanged = state !== record.state;
    record.state = state;
    for (const command of commands) {
      this.#perform(record, command);
    }
    if (isChanged || commands.length > 0) {
      this.#ports.onStatus(record.cell);
    }
  }

  #perform(record: CellRecord, command: RunCommand): void {
    switch (command.type) {
      case 'enqueue':
        return this.#enqueue(record, command.run);
      case 'compile':
        void this.#compile(record, command.run);
        return;
      case 'start-worker':
        return this.#startWorker(record, command.run);
      case 'request-stop':
        // A worker that cannot stop any more has ended, and says so.
        record.job?.stop().catch(() => undefined);
        return;
      case 'kill-worker':
        return this.#killWorker(record, command.reason);
      case 'ask-kill':
        if (record.hasOutputs) {
          this.#showAll(
            record,
            record.outputs.map((state) => withPhase(state, 'unresponsive')),
          );
        }
        void this.#askKill(record, command.run);
        return;
      case 'finish':
        return this.#finish(record, command.end);
      case 'run-again':
        void record.ended.then(() => this.#dispatch(record, { type: 'run', run: this.#nextRun++ }));
    }
  }

  #enqueue(record: CellRecord, run: number): void {
    const { executions, clock } = this.#ports;
    const execution = executions.create(record.cell);
    if (execution === null) {
      this.#ports.log.warn(`${record.cell} cannot be executed now`);
      this.#dispatch(record, { type: 'interrupt' });
      return;
    }
    record.hasOutputs = false;
    record.execution = execution;
    record.program = null;
    record.progress = null;
    record.end = null;
    record.since = clock.now();
    execution.onDidCancel(() => this.#dispatchFor(record, run, { type: 'interrupt' }));
    this.#queue.push({ cell: record.cell, run });
    this.#admit();
  }

  /** Lets waiting runs begin while there is room. */
  #admit(): void {
    const setting = this.#ports.settings.get('maxRunningJobs');
    const limit = typeof setting === 'number' && setting >= 1 ? setting : DEFAULT_MAX_RUNNING;
    const running = (): number => [...this.#records.values()].filter(({ state }) => state !== null && state.stage !== 'queued').length;
    while (running() < limit) {
      const next = this.#queue.shift();
      const record = next === undefined ? undefined : this.#records.get(next.cell);
      if (next === undefined) {
        return;
      }
      if (record?.state?.run === next.run) {
        record.since = this.#ports.clock.now();
        record.execution?.start(record.since, ++this.#order);
        this.#dispatch(record, { type: 'admitted', run: next.run });
      }
    }
  }

  /** Dispatches unless the run is over: for events that come without a run's number. */
  #dispatchFor(record: CellRecord, run: number, event: RunEvent): void {
    if (record.state?.run === run) {
      this.#dispatch(record, event);
    }
  }

  async #compile(record: CellRecord, run: number): Promise<void> {
    const { compiler, problems, l10n } = this.#ports;
    const view = this.#view(record.cell);
    problems.clearFailure(record.cell);
    if (view === null) {
      this.#dispatch(record, { type: 'compiled', run, ok: false });
      return;
    }
    const sources = programCells(view.notebook);
    let error: OutputError | null = null;
    try {
      const result = await compiler.compile(view.notebook.uri, sources, record.cell, true);
      if (record.state?.run !== run) {
        return;
      }
      const cells = result.ok ? result.program.cells.map(({ id }) => id) : sources.map(({ id }) => id);
      problems.showCompileProblems(cells, result.diagnostics);
      if (result.ok) {
        record.program = result.program;
      } else {
        error = compileError(l10n, sources, result.diagnostics);
      }
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      error = plainError(l10n.t('The cell could not be compiled: {0}', reason), l10n.t('Run the cell again.'));
    }
    if (record.state?.run !== run) {
      return;
    }
    if (error === null && view.notebook.folder === null) {
      error = plainError(
        l10n.t('The notebook is not in a folder on this machine.'),
        l10n.t('Save it to one: cells read files relative to it.'),
      );
    }
    if (error !== null) {
      record.outputs = [errorState(`${record.cell}/error`, cellTitle(view.cell), 'failed', error)];
      record.hasOutputs = true;
    }
    this.#dispatch(record, { type: 'compiled', run, ok: error === null });
  }

  #startWorker(record: CellRecord, run: number): void {
    const view = this.#view(record.cell);
    const { program } = record;
    record.seen = view;
    if (view === null || program === null) {
      this.#dispatch(record, { type: 'lost', run });
      return;
    }
    const options = this.#ports.settings.get('options');
    try {
      record.job = this.#ports.startWorker(record.cell, this.#listener(record, run));
      record.job.start({
        program,
        baseDirectory: view.notebook.folder ?? '',
        pace: this.#ports.paces.get(view.notebook, view.cell),
        outputPrefix: record.cell,
        settings: textOptions(options),
      });
    } catch (error) {
      this.#ports.log.error(`No worker for ${record.cell}: ${String(error)}`);
      this.#fail(record, plainError(this.#ports.l10n.t('The job could not be started: {0}', String(error))));
      this.#dispatch(record, { type: 'lost', run });
    }
  }

  #listener(record: CellRecord, run: number): JobListener {
    const isCurrent = (): boolean => record.state?.run === run;
    return {
      onOutputs: (outputs) => {
        if (isCurrent()) {
          record.outputs = outputs;
          record.hasOutputs = true;
          void this.#write(record, record.execution);
        }
      },
      onDeltas: (deltas, progress) => {
        if (isCurrent()) {
          record.progress = progress;
          this.#apply(record, deltas);
          this.#ports.onStatus(record.cell);
        }
      },
      onStarted: () => this.#dispatch(record, { type: 'started', run }),
      onEnded: (phase, failure, progress) => {
        if (isCurrent()) {
          record.progress = progress;
          if (failure !== null) {
            this.#showFailure(record, failure);
          }
          this.#dispatch(record, { type: 'ended', run, end: phase });
        }
      },
      onLost: (failure) => {
        if (isCurrent()) {
          this.#fail(record, describeFailure(failure, record.program?.cells ?? []));
          this.#showFailure(record, failure);
          this.#dispatch(record, { type: 'lost', run });
        }
      },
      onSilent: () => this.#dispatch(record, { type: 'silent', run }),
      onResponsive: () => this.#dispatch(record, { type: 'responsive', run }),
    };
  }

  #apply(record: CellRecord, deltas: readonly OutputDelta[]): void {
    const byId = new Map(deltas.map((delta) => [delta.id, delta]));
    record.outputs = record.outputs.map((state) => {
      const delta = byId.get(state.id);
      if (delta === undefined) {
        return state;
      }
      this.#post({ version: PROTOCOL_VERSION, type: 'delta', delta });
      const next = applyDelta(state, delta);
      if (next === null) {
        this.#ports.log.warn(`A change of output ${state.id} does not follow the one before it`);
      }
      return next ?? state;
    });
  }

  #showFailure(record: CellRecord, failure: JobFailure): void {
    const error = describeFailure(failure, record.program?.cells ?? []);
    if (error.place !== null) {
      this.#ports.problems.showFailure(error);
    }
    if (failure.stack !== null) {
      this.#ports.log.info(`${record.cell} failed: ${failure.stack}`);
    }
  }

  #killWorker(record: CellRecord, reason: KillReason): void {
    const { l10n } = this.#ports;
    if (reason !== 'removed') {
      const title = reason === 'silent' ? l10n.t('The job did not respond and was killed.') : l10n.t('The job was killed.');
      const hint = reason === 'silent' ? l10n.t('Look for an endless loop in the functions of the cell.') : null;
      this.#fail(record, plainError(title, hint));
    }
    const { job } = record;
    record.job = null;
    job?.kill().catch((error: unknown) => {
      this.#ports.log.error(`The worker of ${record.cell} could not be ended: ${String(error)}`);
    });
  }

  /** Marks every output as failed; makes one when there is none. */
  #fail(record: CellRecord, error: OutputError): void {
    const cell = this.#view(record.cell)?.cell;
    const outputs = record.hasOutputs
      ? record.outputs.map((state): OutputState => ({ ...withPhase(state, 'failed'), error, ghosts: [] }))
      : [errorState(`${record.cell}/error`, cell === undefined ? '' : cellTitle(cell), 'failed', error)];
    record.hasOutputs = true;
    this.#showAll(record, outputs);
  }

  /** Replaces the outputs and shows them in the renderers that are open. */
  #showAll(record: CellRecord, outputs: readonly OutputState[]): void {
    record.outputs = outputs;
    for (const state of outputs) {
      this.#post({ version: PROTOCOL_VERSION, type: 'state', state });
    }
  }

  async #askKill(record: CellRecord, run: number): Promise<void> {
    const { dialogs, l10n } = this.#ports;
    const view = this.#view(record.cell);
    const kill = l10n.t('Kill Job');
    const name = view === null ? '' : cellTitle(view.cell);
    const message = l10n.t('The job of cell {0} does not respond (endless loop in user code?)', name);
    if ((await dialogs.warn(message, kill, l10n.t('Keep Waiting'))) === kill) {
      this.#dispatchFor(record, run, { type: 'kill' });
    }
  }

  #finish(record: CellRecord, end: RunEnd): void {
    const { execution } = record;
    record.end = end;
    record.execution = null;
    record.job = null;
    if (end === 'stopped' && record.hasOutputs) {
      record.outputs = record.outputs.map((state) => withPhase(state, 'stopped'));
    }
    const now = this.#ports.clock.now();
    const success = end === 'stopped' ? null : end === 'finished';
    record.ended = this.#write(record, execution).then(() => execution?.end(success, now));
    this.#keep(record);
    this.#admit();
  }

  /** Writes the outputs into the notebook's output items: rarely, because they cross processes as a whole. */
  async #write(record: CellRecord, execution: Execution | null): Promise<void> {
    try {
      await execution?.replaceOutputs(record.outputs.map(outputContent));
    } catch (error) {
      this.#ports.log.warn(`The outputs of ${record.cell} could not be written: ${String(error)}`);
    }
  }

  #keep(record: CellRecord): void {
    const view = this.#view(record.cell) ?? record.seen;
    if (view !== null && record.outputs.length > 0) {
      this.#ports.keeper.keep(view.notebook, view.cell, record.outputs);
    }
  }

  #post(message: ToRenderer): void {
    this.#ports.channel.post(message);
  }
}

function endOf(phase: RunPhase): RunEnd {
  return phase === 'finished' || phase === 'failed' ? phase : 'stopped';
}

/** The last progress of a run of an earlier session, as far as its outputs tell. */
function restoredProgress(outputs: readonly OutputState[], status: OutputStatus): JobProgress {
  return {
    phase: status.phase,
    elapsed: status.elapsed,
    recordsIn: status.recordsIn,
    recordsOut: outputs.reduce((sum, { totalRows }) => sum + totalRows, 0),
    watermark: status.watermark,
    fraction: null,
    lateDropped: status.lateDropped,
  };
}

function isOutOfDate(program: CompiledProgram, notebook: NotebookView): boolean {
  const texts = new Map(notebook.cells.map(({ uri, text }) => [uri, text]));
  return program.cells.some(({ id, text }) => texts.get(id) !== text);
}

/** What the output says when the cell does not compile: the first error, and how many there are. */
function compileError(l10n: Localizer, cells: readonly CellSource[], diagnostics: readonly CellDiagnostic[]): OutputError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = errors[0];
  const cell = cells.find(({ id }) => id === first?.cell);
  if (first === undefined || cell === undefined) {
    return plainError(l10n.t('The cell could not be compiled.'));
  }
  const { line, column } = first.range.start;
  const hint = errors.length === 1 ? null : l10n.t('{0} more problems are in the Problems view.', errors.length - 1);
  return {
    ...plainError(first.message, hint),
    place: { cell: cell.id, cellLabel: l10n.t('cell {0}', cell.name ?? cell.number), line, column },
  };
}

/** Settings hold what users write: only text, numbers and booleans are options. */
function textOptions(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([name, option]: [string, unknown]) =>
      typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean' ? [[name, String(option)]] : [],
    ),
  );
}

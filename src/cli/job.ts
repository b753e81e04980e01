import type { StreamExecutionEnvironment } from '../../engine/api/environment.ts';
import type { CheckpointManifest } from '../../engine/checkpoint/manifest.ts';
import type { JobRestore } from '../../engine/checkpoint/snapshot.ts';
import type { CheckpointStore } from '../../engine/node/checkpoints/checkpoint-store.ts';
import { FilePartDisk } from '../../engine/node/file-part-disk.ts';
import { jobFailure } from '../../engine/node/job-failure.ts';
import { type Attempt, type JobEnd, JobMaster } from '../../engine/node/job-master.ts';
import { PartFiles } from '../../engine/node/part-files.ts';
import type { StandardInput } from '../../engine/node/standard-input.ts';
import { createExecutor } from '../../engine/runtime/executor.ts';
import type { CreateExecutor, Executor, StepKind } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import { formatCut } from '../../engine/runtime/format-value.ts';
import { changesOfState } from '../output/state-changes.ts';
import { stateBackends } from '../host/state-backends.ts';
import { countText, durationText } from '../output/text.ts';
import { loadProgram } from '../program/load.ts';
import type { CompiledProgram } from '../program/types.ts';
import { type OutputFormat, UsageError } from './arguments.ts';
import { FINISHED, INTERRUPTED, JOB_FAILED } from './exit-codes.ts';
import { failureText } from './failure.ts';
import { InterruptedError, type Interruption, interruptible } from './interruptible.ts';
import { HeapWatch } from './heap-watch.ts';
import type { NotebookFile } from './notebook-file.ts';
import { ResultPrinter } from './result-printer.ts';
import { openStore, stateFolder } from './state-folder.ts';
import type { StandardStreams } from './streams.ts';

export interface JobOptions {
  readonly notebook: NotebookFile;
  readonly program: CompiledProgram;
  readonly baseDirectory: string;
  readonly format: OutputFormat;
  readonly overrides: Readonly<Record<string, string>>;
  readonly pace: Pace;
  readonly interruption: Interruption;
  readonly file: string;
  readonly restore: string | null;
  readonly stateDir: string | null;
  readonly standardInput: StandardInput;
}

/** Frames of an error that are kept: the engine's own must not push the cell's out. */
const STACK_FRAMES = 50;

const LONG_STEP_MILLISECONDS = 3;
const MAX_STEP_RECORDS = 4_096;

/** Runs one job to its end, printing as it goes. Returns the exit code; a job that fails has said why on standard error. */
export async function runJob(options: JobOptions, streams: StandardStreams): Promise<number> {
  Error.stackTraceLimit = STACK_FRAMES;
  const { program, notebook, format } = options;
  let opened: CheckpointStore | null = null;
  let restore: JobRestore | null;
  try {
    const configured = evaluate(options);
    if (!configured.ok) {
      streams.err(failureText(notebook, program, configured.failure));
      return JOB_FAILED;
    }
    opened = await openStore(options, program.jobName, configured.executor, (text) => streams.err(`${program.jobName}: ${text}`));
    restore = opened.from === null ? null : await opened.load(opened.from);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof InterruptedError) return INTERRUPTED;
    streams.err(failureText(notebook, program, jobFailure(error)));
    // Why it could not begin is what counts.
    await opened?.close().catch(() => undefined);
    return JOB_FAILED;
  }
  const store = opened;
  const begin = performance.now();
  const session = new JobOutput(options, streams);
  const master = createMaster(options, store, restore, session, streams);
  options.interruption.onRequest = (): void => {
    interrupt(master, session, options, streams);
  };
  session.onClosed = (): void => {
    master.stop();
  };
  let end: JobEnd;
  try {
    end = await master.run();
  } catch (error) {
    // Ctrl-C while the cells were evaluated.
    if (error instanceof InterruptedError) return INTERRUPTED;
    throw error;
  } finally {
    await store.close();
  }
  const { executor, printer } = session;
  executor?.close();
  if (end.kind === 'finished') printer?.coverAll();
  printer?.flush();
  if (options.interruption.requested) return INTERRUPTED;
  if (end.kind === 'failed') {
    streams.err(failureText(notebook, program, end.failure));
    return JOB_FAILED;
  }
  if (executor === null || printer === null) return FINISHED;
  printer.finish();
  reportLate(executor, options, streams);
  reportAccumulators(executor, options, streams);
  if (format === 'table' && !streams.closed) streams.err(summary(executor, options, printer, performance.now() - begin));
  return FINISHED;
}

/** A first evaluation: what the cells say of their checkpoints is needed before these are opened. Throws InterruptedError. */
function evaluate({ program, overrides }: JobOptions): ReturnType<CreateExecutor<StreamExecutionEnvironment>> {
  const options = { settings: {}, overrides, startTime: Date.now(), journal: false, stateBackends: stateBackends(null) };
  const created = interruptible(() => createExecutor(loadProgram(program), options));
  if (created.ok) created.executor.close();
  return created;
}

/** What the job shows: its executor now, and the printer over all its attempts. */
class JobOutput {
  executor: Executor | null = null;
  printer: ResultPrinter | null = null;
  newest: CheckpointManifest | null = null;
  onClosed: () => void = () => undefined;
  /** Lines on restored state that have been told; null once the job has been restarted. */
  #changes: string[] | null = null;
  readonly #options: JobOptions;
  readonly #streams: StandardStreams;

  constructor(options: JobOptions, streams: StandardStreams) {
    this.#options = options;
    this.#streams = streams;
  }

  begin({ executor, attempt, restored, failure }: Attempt): void {
    const { program, notebook } = this.#options;
    const first = this.printer === null;
    this.executor = executor;
    this.printer ??= new ResultPrinter(executor, this.#options, this.#streams);
    const withdrawn = this.printer.follow(executor);
    this.#changes = first ? [] : null;
    this.#tellChanges();
    if (first) return;
    const from = restored === null ? 'the beginning' : `checkpoint ${restored.checkpoint}`;
    if (failure !== null) this.#streams.err(failureText(notebook, program, failure));
    const shown = withdrawn > 0 ? `; the last ${countText(withdrawn, 'result')} above withdrawn` : '';
    this.#streams.err(`${program.jobName}: restarted from ${from} (attempt ${attempt})${shown}\n`);
  }

  /** What became of restored state: some of it turns out in the first steps. */
  #tellChanges(): void {
    const told = this.#changes;
    if (told === null || this.executor === null) return;
    for (const change of changesOfState(this.executor.compatibility).filter((line) => !told.includes(line))) {
      told.push(change);
      this.#streams.err(`${this.#options.program.jobName}: ${change}\n`);
    }
  }

  flush(): void {
    this.#tellChanges();
    this.printer?.flush();
    if (this.#streams.closed) this.onClosed();
  }

  published(manifest: CheckpointManifest, rows: readonly number[]): void {
    this.newest = manifest;
    this.printer?.cover(rows);
    this.flush();
  }
}

function createMaster(
  options: JobOptions,
  store: CheckpointStore,
  restore: JobRestore | null,
  output: JobOutput,
  streams: StandardStreams,
): JobMaster<StreamExecutionEnvironment> {
  const { program, overrides, baseDirectory, pace, interruption, standardInput } = options;
  const heap = new HeapWatch();
  const run = pace.kind === 'full' ? longStep : (step: Executor['step'], maxRecords: number): StepKind => step(maxRecords);
  return new JobMaster({
    program: loadProgram(program),
    createExecutor: (loaded, executorOptions) => interruptible(() => createExecutor(loaded, executorOptions)),
    executor: {
      settings: {},
      overrides,
      journal: false,
      // Every row is printed: nothing may give way between two flushes.
      maxBufferedRows: Number.POSITIVE_INFINITY,
      stateBackends: stateBackends(stateFolder(options)),
    },
    baseDirectory,
    pace,
    store,
    parts: new PartFiles(new FilePartDisk(baseDirectory)),
    restore,
    events: {
      onPublished: (manifest, rows) => output.published(manifest, rows),
      onFailed: ({ checkpoint, reason }) => streams.err(`${program.jobName}: checkpoint ${checkpoint} failed: ${reason}\n`),
    },
    onAttempt: (attempt) => output.begin(attempt),
    onProgress: () => output.flush(),
    ports: { standardInput },
    step: (executor, maxRecords) => {
      // After an interrupted step the job is in the middle of a record: it must not go on.
      if (interruption.broken) return 'waiting';
      heap.check();
      try {
        return interruptible(() => run((records) => executor.step(records), maxRecords));
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        interruption.break();
        return 'waiting';
      }
    },
  });
}

/** Ctrl-C: a savepoint, then the end; in the middle of user code only the end. */
function interrupt(
  master: JobMaster<StreamExecutionEnvironment>,
  output: JobOutput,
  { program: { jobName: name }, interruption }: JobOptions,
  streams: StandardStreams,
): void {
  // Those in memory are gone with the process.
  const isKept = output.executor?.checkpointStorage !== 'jobmanager';
  const said = (manifest: CheckpointManifest | null): void => {
    if (manifest !== null && isKept) streams.err(`${name}: interrupted; go on with --restore ${manifest.run}/${manifest.checkpoint}\n`);
    master.stop();
  };
  if (interruption.broken) said(output.newest);
  else master.stopWith('savepoint', null).then(said, () => said(output.newest));
}

/** Making a step interruptible costs as much as some hundred records: without a pace to keep, several steps are one. */
function longStep(step: Executor['step'], maxRecords: number): StepKind {
  const end = performance.now() + LONG_STEP_MILLISECONDS;
  let kind = step(maxRecords);
  const first = kind;
  for (let records = maxRecords * 2; kind === 'progress' && performance.now() < end; records = Math.min(records * 2, MAX_STEP_RECORDS)) {
    kind = step(records);
  }
  // What was done has to be shown before the job waits for more.
  return kind === 'waiting' ? first : kind;
}

function reportLate(executor: Executor, { program }: JobOptions, streams: StandardStreams): void {
  for (const { name, lateDropped } of executor.metrics()) {
    if (lateDropped > 0) streams.err(`${program.jobName}: ${countText(lateDropped, 'late record')} dropped by ${name}\n`);
  }
}

/** As `flink run` does when a job has ended. */
function reportAccumulators(executor: Executor, { program }: JobOptions, streams: StandardStreams): void {
  try {
    for (const [name, value] of executor.accumulators())
      streams.err(`${program.jobName}: accumulator ${name}: ${formatCut(value, 1_000)}\n`);
  } catch (error) {
    streams.err(`${program.jobName}: the accumulators could not be put together: ${String(error)}\n`);
  }
}

function summary(executor: Executor, { program }: JobOptions, printer: ResultPrinter, elapsed: number): string {
  const parts = [
    countText(executor.recordCount, 'record'),
    ...(executor.displays.length > 0 ? [countText(printer.results, 'result')] : []),
    ...(printer.printedLines > 0 ? [countText(printer.printedLines, 'printed line')] : []),
    durationText(elapsed),
  ];
  return `${program.jobName}: finished, ${parts.join(', ')}\n`;
}

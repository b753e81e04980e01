import type { StreamExecutionEnvironment } from '../api/environment.ts';
import { hintOf, RuntimeException, StateTooLargeException } from '../api/errors.ts';
import { DISCARDED_SINKS } from '../connectors/user-sink.ts';
import { DISCARDED_PARTS } from '../connectors/part-writes.ts';
import { createJobGraph, type JobGraph } from '../graph/job-graph.ts';
import type { StreamVertex } from '../graph/stream-graph.ts';
import { Journal } from '../observe/journal.ts';
import { withTypeChanges } from '../checkpoint/compatibility.ts';
import { StateMemory } from '../state/state-memory.ts';
import type { StateTypeChange } from '../state/type-change.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import { Ambient } from './ambient.ts';
import { NO_CALLS } from './async-calls.ts';
import { DisplayBuffer } from './display-buffer.ts';
import { Evaluations } from './evaluations.ts';
import { describeError, OperatorFailure } from './failure.ts';
import { Inspection } from './inspection.ts';
import { JobCheckpoints, type CheckpointedJob } from './job-checkpoints.ts';
import { restoreJob } from './job-restore.ts';
import { planRestore } from './restore-plan.ts';
import type { CreateExecutor, Executor, ExecutorOptions, JobFailure, JobProgram, OpenWindow, SourceDescription, StepKind } from './job.ts';
import { type BuiltSubtask, buildJob } from './job-builder.ts';
import type { JournalEntry, Mail, SplitDescription } from './mail.ts';
import { PlannedCrash } from './planned-crash.ts';
import { PrintBuffer } from './print-buffer.ts';
import { type InputPiece, probeTimestamps } from './probe.ts';
import { SourceGroup } from './source-group.ts';
import { stateLimits, stateTooLarge } from './state-limit.ts';
import { type ReadingProgress, SourceSubtask } from './source-subtask.ts';
import { chooseBackend, StateStores } from './state-stores.ts';
import type { Subtask } from './subtask.ts';
import { timestampOrMin } from './timestamps.ts';
import { Turns } from './turns.ts';
import { assignTimestamp } from './watermark-generation.ts';
import { WorkQueue } from './work-queue.ts';

const DEFAULT_BUFFERED_ROWS = 100_000;
const PREVIEW_ROWS = 20;

/**
 * Objects in state are measured whenever so many source records have gone through the job, and when so much time has passed on its clock, in ms:
 * places that are the same in every run of an input, and after a restore.
 */
const MEASURED_RECORDS = 16_384;
const MEASURED_TIME = 1_000;

type Program = JobProgram<StreamExecutionEnvironment>;

/** Evaluates a program and makes its executor; a program that cannot be evaluated has none. Never throws what user code throws. */
export const createExecutor: CreateExecutor<StreamExecutionEnvironment> = (program, options) => {
  const stores = new StateStores(options.stateCache);
  try {
    return { ok: true, executor: new JobExecutor(program, options, stores) };
  } catch (error) {
    stores.dispose();
    if (error instanceof OperatorFailure) {
      return { ok: false, failure: describeError(program, error.cause, error.vertex, error.record, { recordNumber: null, source: null }) };
    }
    return { ok: false, failure: describeError(program, error, null, undefined, { recordNumber: null, source: null }) };
  }
};

class JobExecutor implements Executor {
  readonly configuration: Readonly<Record<string, string>>;
  readonly checkpointStorage: Executor['checkpointStorage'];
  readonly #compatibility: Executor['compatibility'];
  /** By vertex. */
  readonly #typeChanges = new Map<number, readonly StateTypeChange[]>();
  readonly #program: Program;
  readonly #stores: StateStores;
  readonly #clock: { now: number };
  readonly #graph: JobGraph;
  readonly #ambient = new Ambient();
  readonly #built: readonly BuiltSubtask[];
  readonly #subtasks: readonly Subtask[];
  /** The same, upstream first. */
  readonly #upstreamFirst: readonly Subtask[];
  readonly #sources: SourceGroup;
  readonly #turns: Turns;
  readonly #journal: Journal;
  readonly #printed: PrintBuffer;
  readonly #inspection: Inspection;
  readonly #checkpoints: JobCheckpoints;
  readonly #memory: StateMemory;
  readonly #mail: Mail[] = [];
  #element = 0;
  #stepping = false;
  #opened = false;
  #closed = false;
  #until = Number.POSITIVE_INFINITY;
  readonly #progress: ReadingProgress = { recordCount: 0, reading: null, waiting: 0, failed: false, holding: 0 };
  readonly #work = new WorkQueue(this.#progress);
  readonly #evaluations: Evaluations;
  readonly #crash = new PlannedCrash();
  readonly #isRescaled: boolean;
  #turnCount = 0;
  #failed: { readonly cause: OperatorFailure } | null = null;
  #failure: JobFailure | null = null;

  constructor(program: Program, options: ExecutorOptions, stores: StateStores) {
    this.#program = program;
    this.#stores = stores;
    this.#clock = { now: Math.max(options.startTime, options.restore?.processingTime ?? Number.NEGATIVE_INFINITY) };
    this.#journal = new Journal(options.journal);
    this.#printed = new PrintBuffer(options.maxBufferedRows ?? DEFAULT_BUFFERED_ROWS);
    this.#evaluations = new Evaluations(program, options, this.#clock, this.#printed);
    const { first } = this.#evaluations;
    this.configuration = first.env.getConfiguration();
    this.checkpointStorage = first.env.checkpointStorage;
    const cellName = (cell: number): string | null => program.cellName?.(cell) ?? null;
    const restoreOptions = first.env.restoreOptions;
    const plan = options.restore ? planRestore(options.restore, first.graph, this.#evaluations.hash, cellName, restoreOptions) : null;
    this.#compatibility = plan?.compatibility ?? null;
    this.#graph = createJobGraph(first.graph, plan?.maxParallelism);
    stores.use(chooseBackend(first.env.stateBackend, this.configuration, options.stateBackends ?? null));
    this.#inspection = new Inspection(program, this.#graph, (kind) =>
      kind === 'preview'
        ? new DisplayBuffer(PREVIEW_ROWS, 'oldest')
        : new DisplayBuffer(options.maxBufferedRows ?? DEFAULT_BUFFERED_ROWS, 'newest'),
    );
    const { seed, watermarkInterval } = first.env;
    const { jobLimit, windowLimit } = stateLimits(this.configuration);
    this.#memory = new StateMemory(Math.min(jobLimit, windowLimit), () => this.#exceeded());
    this.#built = buildJob(this.#graph, {
      jobName: this.#graph.name,
      seed,
      clock: this.#clock,
      ambient: this.#ambient,
      scheduler: this.#work,
      memory: this.#memory,
      onTypeChange: ({ id }, change) => this.#noteTypeChange(id, change),
      displayOf: (vertex) => this.#inspection.displayOf(vertex),
      lateOf: (vertex) => this.#inspection.lateOf(vertex),
      parameters: () => first.env.getConfig().getGlobalJobParameters(),
      print: (stream, line) => this.#printed.add(stream, line),
      fail: (vertex, error, record) => this.#fail(vertex, error, record),
      evaluate: (vertex, subtask) => this.#evaluations.forSubtask(vertex, subtask),
      attempt: options.attempt ?? 0,
      parts: options.parts ?? DISCARDED_PARTS,
      sinks: options.sinks ?? DISCARDED_SINKS,
      calls: options.calls ?? NO_CALLS,
      holdSources: (hold) => {
        this.#progress.holding += hold ? 1 : -1;
      },
      run: options.run ?? 1,
      stores,
      trace: options.trace ?? null,
    });
    options.trace?.attach({ ambient: this.#ambient, clock: this.#clock, progress: this.#progress });
    this.#subtasks = this.#built.map(({ subtask }) => subtask);
    this.#upstreamFirst = [...this.#subtasks].sort(
      (a, b) => a.vertex.depth - b.vertex.depth || a.vertex.id - b.vertex.id || a.index - b.index,
    );
    this.#work.attach(this.#subtasks);
    this.#sources = new SourceGroup(this.#createSources(seed, watermarkInterval));
    this.#turns = new Turns(this.#sources.subtasks);
    this.#inspection.attach(this.#subtasks);
    const job: CheckpointedJob = {
      graph: first.graph,
      graphHash: this.#evaluations.hash,
      cellName,
      built: this.#built,
      subtasks: this.#upstreamFirst,
      sources: this.#sources,
      turns: this.#turns,
      inspection: this.#inspection,
      clock: this.#clock,
      progress: this.#progress,
    };
    this.#checkpoints = new JobCheckpoints(job);
    this.#isRescaled = options.restore && plan ? restoreJob(options.restore, plan, job, restoreOptions) : false;
    for (const { source, enumeration } of this.sources) {
      if (enumeration.kind === 'fixed') this.#sources.assign(source, null);
    }
  }

  get sources(): readonly SourceDescription[] {
    return this.#inspection.sources();
  }
  get displays(): Executor['displays'] {
    return this.#inspection.displays;
  }
  get compatibility(): Executor['compatibility'] {
    return this.#compatibility && withTypeChanges(this.#compatibility, this.#typeChanges);
  }
  get recordCount(): number {
    return this.#progress.recordCount;
  }
  get turnCount(): number {
    return this.#turnCount;
  }
  get failure(): JobFailure | null {
    return this.#failure;
  }
  get pendingMail(): number {
    return this.#mail.length;
  }

  #createSources(seed: number, watermarkInterval: number): readonly SourceSubtask[] {
    const job = {
      clock: this.#clock,
      seed,
      watermarkInterval,
      fail: (vertex: StreamVertex, error: unknown, record: unknown): never => this.#fail(vertex, error, record),
      drain: (): void => this.#work.drain(),
      progress: this.#progress,
    };
    return this.#built.flatMap(({ subtask, source }) => {
      const counters = subtask.operators[0]?.counters;
      return source && counters ? [new SourceSubtask(source.vertex, subtask, source.output, job, counters)] : [];
    });
  }

  /** Each subtask tells; one is enough. */
  #noteTypeChange(vertex: number, change: StateTypeChange): void {
    const known = this.#typeChanges.get(vertex) ?? [];
    if (known.every(({ state }) => state !== change.state)) this.#typeChanges.set(vertex, [...known, change]);
  }

  // ── Mail

  deliver(mail: Mail): void {
    if (this.#stepping) throw new Error('deliver() must not be called from inside the job');
    this.#journal.append(this.#progress.recordCount, this.#turnCount, mail);
    this.#mail.push(mail);
  }

  /** Handles the first mail, or a part of it when it brings more records than `budget`; gives the number of records that went through the job. */
  #handleMail(mail: Mail, budget: number): number {
    let records = 0;
    switch (mail.kind) {
      case 'elements': {
        const source = this.#sources.firstOf(mail.source);
        for (; this.#element < mail.elements.length; this.#element++) {
          const element = mail.elements[this.#element];
          if (!element || !source) continue;
          if (this.#progress.holding > 0) return records;
          if (element.kind === 'record' && records === budget) return records;
          source.element(element);
          if (element.kind !== 'record') continue;
          records++;
          this.#turnCount++;
          this.#measureState();
        }
        this.#element = 0;
        break;
      }
      case 'splits':
        this.#sources.assign(mail.source, mail.splits);
        break;
      case 'source-data':
        this.#sources.supply(mail.source, mail.split, mail.offset, mail.bytes, mail.end);
        break;
      case 'source-failed': {
        const source = this.#sources.firstOf(mail.source);
        if (source) this.#fail(source.vertex, new RuntimeException(mail.message), undefined);
        break;
      }
      case 'answer':
        this.#answer(mail);
        break;
      case 'processing-time':
        this.#advanceTime(mail.now);
        break;
      case 'pace':
        this.#until = mail.until;
        break;
      case 'checkpoint':
        this.#checkpoints.trigger(mail, () => this.#work.drain());
        break;
      case 'checkpoint-complete':
        this.#checkpoints.complete(mail.checkpoint);
        break;
      case 'checkpoint-aborted':
        this.#checkpoints.abort(mail.checkpoint);
        break;
      case 'crash':
        this.#crash.plan(this.#progress.recordCount, mail.records);
        break;
      case 'drain':
        for (const source of this.#sources.subtasks) source.drain();
    }
    this.#mail.splice(this.#mail.indexOf(mail), 1);
    return records;
  }

  #answer({ operator, subtask: index, call, attempt, outcome }: Extract<Mail, { kind: 'answer' }>): void {
    for (const subtask of this.#subtasks) {
      if (subtask.index !== index) continue;
      const asking = subtask.operators.find(({ vertex }) => vertex.id === operator);
      if (asking === undefined) continue;
      asking.instance.answered?.(call, attempt, outcome);
      subtask.goOnFinishing();
      this.#work.drain();
    }
  }

  /** The mail that comes next: records wait while sources are held, but not what may end that. */
  #nextMail(): Mail | undefined {
    return this.#progress.holding === 0 ? this.#mail[0] : this.#mail.find(({ kind }) => kind !== 'elements');
  }

  #advanceTime(now: number): void {
    const before = this.#clock.now;
    if (now <= before) return;
    this.#clock.now = now;
    this.#sources.advanceTime(now);
    for (const subtask of this.#upstreamFirst) {
      if (subtask.finished) continue;
      subtask.advanceTime(now);
      this.#work.drain();
    }
    if (Math.floor(now / MEASURED_TIME) > Math.floor(before / MEASURED_TIME)) this.#memory.measure();
  }

  // ── Steps

  step(maxRecords: number): StepKind {
    if (this.#stepping) throw new Error('step() must not be called from inside the job');
    if (this.#failure) return 'failed';
    this.#stepping = true;
    try {
      this.#open();
      return this.#run(maxRecords);
    } catch (error) {
      return this.#stop(error);
    } finally {
      this.#stepping = false;
    }
  }

  #run(maxRecords: number): StepKind {
    let done = 0;
    let worked = false;
    for (let mail = this.#nextMail(); mail; mail = this.#nextMail()) {
      worked = true;
      done += this.#handleMail(mail, this.#crash.room(this.#progress.recordCount, maxRecords - done));
      if (this.#nextMail() === mail) break;
    }
    this.#checkFailed();
    if (this.#progress.holding > 0) return this.#rest(worked);
    if (this.#mail.length > 0) return 'progress';
    const limit = done + this.#crash.room(this.#progress.recordCount, maxRecords - done);
    while (done < limit) {
      if (this.#progress.holding > 0) return this.#rest(worked);
      const alone = this.#until === Number.POSITIVE_INFINITY ? this.#turns.alone() : null;
      if (alone) {
        const unmeasured = MEASURED_RECORDS - (this.#progress.recordCount % MEASURED_RECORDS);
        const records = alone.source.run(alone.slot, Math.min(limit - done, unmeasured));
        done += records;
        this.#turnCount += records;
        worked ||= records > 0;
        this.#checkFailed();
        this.#measureState();
        if (done >= limit) break;
      }
      const turn = this.#turns.next(this.#until);
      // Looking at the readers is a turn as well: what a reader rate-limits may depend on when it was asked.
      if (turn.kind === 'waiting') this.#turnCount++;
      if (turn.kind === 'waiting' || turn.kind === 'finished') return this.#rest(worked);
      worked = true;
      done++;
      this.#turnCount++;
      if (turn.kind === 'record') turn.source.emitHead(turn.slot);
      else turn.source.endSlot(turn.slot);
      this.#checkFailed();
      this.#measureState();
    }
    return 'progress';
  }

  #rest(worked: boolean): StepKind {
    if (worked) return 'progress';
    return this.#ended ? 'finished' : 'waiting';
  }

  /** The end of the input has gone through all of the job. */
  get #ended(): boolean {
    return this.#sources.ended && this.#subtasks.every(({ finished }) => finished);
  }

  #measureState(): void {
    if (this.#progress.recordCount % MEASURED_RECORDS === 0) this.#memory.measure();
  }

  #exceeded(): never {
    const { error, operator } = stateTooLarge(this.#memory, this.configuration);
    const vertex = this.#graph.vertices.flatMap(({ chain }) => chain).find(({ id }) => id === operator);
    if (vertex === undefined) throw error;
    return this.#fail(vertex, error, undefined);
  }

  /** Throws when the job has failed, which user code may have caught on the way up, or has to. */
  #checkFailed(): void {
    if (this.#failed) throw this.#failed.cause;
    this.#crash.check(this.#progress.recordCount);
  }

  #fail(vertex: StreamVertex, error: unknown, record: unknown): never {
    if (error instanceof OperatorFailure) throw error;
    const cause = new OperatorFailure(vertex, error, record);
    this.#failed ??= { cause };
    this.#progress.failed = true;
    throw this.#failed.cause;
  }

  #stop(error: unknown): StepKind {
    const failure = this.#failed?.cause ?? error;
    const { reading, recordCount } = this.#progress;
    const place = { recordNumber: reading ? recordCount + 1 : null, source: reading?.name ?? null };
    // State is measured when a record is through.
    if (failure instanceof OperatorFailure && failure.cause instanceof StateTooLargeException) place.recordNumber ??= recordCount;
    this.#failure =
      failure instanceof OperatorFailure
        ? describeError(this.#program, failure.cause, failure.vertex, failure.record, place)
        : { ...describeError(this.#program, failure, reading?.vertex ?? null, undefined, place), hint: hintOf(failure) };
    return 'failed';
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    for (const subtask of this.#subtasks) {
      for (const { instance } of [...subtask.operators].reverse()) instance.open?.();
    }
    this.#work.drain();
    if (this.#isRescaled) for (const source of this.#sources.subtasks) source.repeatWatermark();
  }

  // ── Looking in from outside

  wanted(): ReturnType<Executor['wanted']> {
    return this.#sources.wanted();
  }

  nextWakeUp(): number {
    let next = this.#sources.nextWakeUp();
    for (const subtask of this.#subtasks) next = Math.min(next, subtask.nextWakeUp());
    return next;
  }

  nextTimestamp(): number | null {
    return this.#turns.nextTimestamp();
  }

  displayWatermark(display: number): number {
    return this.#inspection.displayWatermark(display);
  }
  takeRows(display: number, limit: number): ReturnType<Executor['takeRows']> {
    return this.#inspection.takeRows(display, limit);
  }
  rowTotals(): readonly number[] {
    return this.#inspection.rowTotals();
  }
  takeLate(display: number, limit: number): ReturnType<Executor['takeLate']> {
    return this.#inspection.takeLate(display, limit);
  }
  get printedCount(): number {
    return this.#printed.total;
  }
  takePrinted(): ReturnType<Executor['takePrinted']> {
    return this.#printed.take();
  }
  accumulators(): ReturnType<Executor['accumulators']> {
    return this.#inspection.accumulators();
  }
  userMetrics(): ReturnType<Executor['userMetrics']> {
    return this.#inspection.userMetrics();
  }
  metrics(): ReturnType<Executor['metrics']> {
    return this.#inspection.metrics();
  }

  openWindows(display: number, limit: number): readonly OpenWindow[] {
    if (this.#failure) return [];
    try {
      return this.#inspection.openWindows(display, limit, this.#evaluations.spare.graph);
    } catch {
      return [];
    }
  }

  probeTimestamps(source: number, split: SplitDescription, pieces: readonly InputPiece[]): readonly number[] {
    const fresh = this.#evaluations.spare;
    const vertex = fresh.graph.vertices.find(({ id }) => id === source);
    if (vertex?.role.kind !== 'source') return [];
    const { role } = vertex;
    return probeTimestamps(
      role.source,
      (value, own) => assignTimestamp(role.strategy, value, timestampOrMin(own)),
      split,
      pieces,
      fresh.env.seed,
    );
  }

  failureAt(operator: number, error: unknown, record: unknown): JobFailure {
    const vertex = this.#graph.vertices.flatMap(({ chain }) => chain).find(({ id }) => id === operator) ?? null;
    return describeError(this.#program, error, vertex, record, { recordNumber: null, source: null });
  }

  get noticesCheckpoints(): boolean {
    return this.#checkpoints.areNoticed;
  }

  get snapshot(): Executor['snapshot'] {
    return this.#checkpoints.current;
  }

  positions(): ReturnType<Executor['positions']> {
    return this.#sources.positions();
  }

  stateMemory(): ReturnType<Executor['stateMemory']> {
    return { ...stateLimits(this.configuration), bytes: this.#memory.bytes };
  }

  stateBytes(): Uint8Array {
    const writer = new ByteWriter();
    for (const subtask of this.#upstreamFirst) {
      for (const { vertex, instance, counters } of subtask.operators) {
        writer.uint32(vertex.id);
        writer.uint32(subtask.index);
        writer.float64(counters.watermark);
        instance.writeState?.(writer);
      }
    }
    return writer.finish();
  }

  journal(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  takeJournal(): readonly JournalEntry[] {
    return this.#journal.take();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#opened) this.#closeFunctions();
    this.#stores.dispose();
  }

  #closeFunctions(): void {
    for (const subtask of this.#upstreamFirst) {
      for (const { instance } of subtask.operators) {
        try {
          instance.close?.();
        } catch {
          // The job is over: an error in close() must not hide how it ended, nor keep the other functions open.
        }
      }
    }
  }
}

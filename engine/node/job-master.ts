import { CheckpointError } from '../checkpoint/manifest-codec.ts';
import type { CheckpointKind, CheckpointManifest, CheckpointRef } from '../checkpoint/manifest.ts';
import type { JobRestore } from '../checkpoint/snapshot.ts';
import { PartWriteQueue } from '../connectors/part-write-queue.ts';
import {
  decideRestart,
  NEVER_FAILED,
  type RestartDecision,
  type RestartState,
  type RestartStrategy,
} from '../failover/restart-strategy.ts';
import type { CreateExecutor, Executor, ExecutorOptions, JobFailure, JobProgram, StepKind } from '../runtime/job.ts';
import type { Pace } from '../runtime/pace.ts';
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts';
import { type ExceptionEntry, withException } from '../failover/exception-history.ts';
import { changeStatus, isTerminal, type JobStatus } from '../failover/job-status.ts';
import { AsyncCalls } from './async-calls.ts';
import { Checkpointer, type CheckpointEvents, type Sabotage } from './checkpoints/checkpointer.ts';
import {
  checkpointSettings,
  claimsRestored,
  compressesState,
  discardsCheckpoints,
  restartStrategy,
  retainedCheckpoints,
} from './checkpoints/settings.ts';
import { gzipBytes } from './gzip-bytes.ts';
import { jobFailure } from './job-failure.ts';
import { JobRunner, type RunnerPorts } from './job-runner.ts';
import type { PartFiles } from './part-files.ts';
import { UserSinkError } from './user-sink-error.ts';
import { UserSinks } from './user-sinks.ts';
import { type RunnerClock, systemClock } from './runner-clock.ts';

/** One attempt at a job, as it begins. */
export interface Attempt {
  readonly executor: Executor;
  /** 0 for the first. */
  readonly attempt: number;
  /** Its clock at the start, ms. */
  readonly startTime: number;
  /** What it goes on from; null = from the beginning of the input. Rows of displays beyond those that its executor counts are withdrawn. */
  readonly restored: CheckpointRef | null;
  /** Why the attempt before failed; null for the first. */
  readonly failure: JobFailure | null;
}

export interface JobMasterOptions<Env> {
  readonly program: JobProgram<Env>;
  readonly createExecutor: CreateExecutor<Env>;
  readonly executor: Omit<ExecutorOptions, 'restore' | 'attempt' | 'run' | 'startTime' | 'parts' | 'sinks' | 'calls'>;
  readonly baseDirectory: string;
  readonly pace: Pace;
  /** The job's checkpoints, opened for a new run. */
  readonly store: CheckpointStore;
  /** The files of its sinks. */
  readonly parts: PartFiles;
  /** What the run begins with, read and verified; null = the beginning of the input. */
  readonly restore: JobRestore | null;
  readonly events: CheckpointEvents;
  onAttempt(attempt: Attempt): void;
  /** As JobRunnerOptions.onProgress. */
  readonly onProgress: () => void;
  /** How a step of an executor is made; default: `executor.step`. */
  readonly step?: (executor: Executor, maxRecords: number) => StepKind;
  readonly ports?: Partial<RunnerPorts>;
  /** The job's status has changed. */
  readonly onStatus?: (status: JobStatus) => void;
  /** An attempt has failed, and it is decided what follows. */
  readonly onException?: (entry: ExceptionEntry) => void;
  /** From 0 to 1, for the jitter of restarts; default: Math.random. */
  readonly random?: () => number;
}

/** A failure that is asked for, so that somebody can watch the job recover. */
export type Injection =
  /** Once so many more records have passed; 0 = now. */
  { readonly kind: 'crash'; readonly records: number } | { readonly kind: Sabotage };

export type JobEnd =
  | { readonly kind: 'finished' | 'stopped'; readonly failure: null }
  | { readonly kind: 'failed'; readonly failure: JobFailure };

/**
 * Runs a job through its failures: each attempt is a new executor, restored from the newest checkpoint of the run, or from what the run began with. Takes
 * checkpoints meanwhile. The executor of the last attempt stays its owner's, who closes it.
 */
export class JobMaster<Env> {
  readonly #options: JobMasterOptions<Env>;
  readonly #clock: RunnerClock;
  readonly #random: () => number;
  #runner: JobRunner | null = null;
  #checkpointer: Checkpointer | null = null;
  #last = 0;
  #stopped = false;
  #pace: Pace;
  #wake: (() => void) | null = null;
  #status: JobStatus = 'CREATED';
  /** Of the newest attempt. */
  #configuration: Executor['configuration'] = {};
  /** Newest first. */
  #exceptions: readonly ExceptionEntry[] = [];

  constructor(options: JobMasterOptions<Env>) {
    this.#options = options;
    this.#pace = options.pace;
    this.#clock = options.ports?.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  /** Share of the bounded input that has been read; null when it is not known. */
  get fraction(): number | null {
    return this.#runner?.fraction ?? null;
  }

  /** JobRunner.timeLeft. */
  get timeLeft(): number | null {
    return this.#runner?.timeLeft ?? null;
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** The newest failures and what was done about them, newest first (Flink's exception history). */
  get exceptions(): readonly ExceptionEntry[] {
    return this.#exceptions;
  }

  /** Runs the job to its end. Call once. */
  async run(): Promise<JobEnd> {
    const end = await this.#run();
    if (discardsCheckpoints(this.#configuration, end.kind)) {
      // What could not be deleted is still readable, and goes with the other old runs.
      await this.#options.store.discard().catch(() => undefined);
    }
    // One that has stopped with a savepoint has finished, as in Flink.
    if (this.#status === 'CANCELLING') this.#become('CANCELED');
    else this.#become(end.kind === 'failed' ? 'FAILED' : 'FINISHED');
    return end;
  }

  async #run(): Promise<JobEnd> {
    const { restore, store } = this.#options;
    let from = restore;
    let state: RestartState = NEVER_FAILED;
    let failure: JobFailure | null = null;
    for (let attempt = 0; ; attempt++) {
      const end = await this.#attempt(from, attempt, failure);
      if (end.kind !== 'failed') return end;
      failure = end.failure;
      this.#become('FAILING');
      const event = { failure, now: this.#clock.now(), draw: 2 * this.#random() - 1 };
      const { state: next, decision } = decideRestart(state, event, end.strategy);
      state = next;
      this.#remember({
        timestamp: this.#clock.now(),
        attempt,
        failure,
        decision,
        begunFrom: from && { run: from.run, checkpoint: from.checkpoint },
      });
      if (this.#isStopped()) return { kind: 'stopped', failure: null };
      if (decision.kind === 'fail') return { kind: 'failed', failure: explained(failure, decision, attempt, end.strategy) };
      this.#become('RESTARTING');
      await this.#sleep(decision.delay);
      if (this.#isStopped()) return { kind: 'stopped', failure: null };
      try {
        from = (await store.loadNewest()) ?? restore;
      } catch (error) {
        return { kind: 'failed', failure: jobFailure(error) };
      }
    }
  }

  async #attempt(
    from: JobRestore | null,
    attempt: number,
    failure: JobFailure | null,
  ): Promise<
    | { readonly kind: 'finished' | 'stopped'; readonly failure: null }
    | { readonly kind: 'failed'; readonly failure: JobFailure; readonly strategy: ReturnType<typeof restartStrategy> }
  > {
    const { program, createExecutor, store, parts, events, baseDirectory, ports, onProgress, step } = this.#options;
    const clock = this.#clock;
    const writes = new PartWriteQueue(gzipBytes);
    const sinks = new UserSinks((ms) => new Promise((resolve) => void clock.wakeAfter(ms, resolve)));
    const calls = new AsyncCalls();
    const startTime = clock.now();
    const created = createExecutor(program, {
      ...this.#options.executor,
      startTime,
      restore: from,
      attempt,
      run: store.run,
      parts: writes,
      sinks,
      calls,
    });
    // What cannot be evaluated or restored will not be the next time either.
    if (!created.ok) return { kind: 'failed', failure: created.failure, strategy: { type: 'none' } };
    const { executor } = created;
    const strategy = restartStrategy(executor.configuration);
    this.#configuration = executor.configuration;
    this.#become('RUNNING');
    this.#options.onAttempt({ executor, attempt, startTime, restored: from, failure });
    const checkpointer = new Checkpointer({
      executor,
      store,
      parts,
      sinks,
      writes,
      settings: checkpointSettings(executor.configuration),
      retained: retainedCheckpoints(executor.configuration),
      claims: claimsRestored(executor.configuration),
      compressed: compressesState(executor.configuration),
      clock,
      last: this.#last,
      events,
    });
    this.#checkpointer = checkpointer;
    this.#runner = new JobRunner(executor, {
      baseDirectory,
      pace: this.#pace,
      onProgress,
      duties: checkpointer,
      calls,
      ...(step ? { step: (maxRecords: number) => step(executor, maxRecords) } : {}),
      ...(ports ? { ports } : {}),
    });
    if (this.#stopped) this.#runner.stop();
    // All input had ended before the failure, be it that it was drained. What a run was begun from is read on from, as in Flink.
    if (from !== this.#options.restore && from?.ended === true) this.#runner.deliver({ kind: 'drain' });
    let end: 'finished' | 'failed' | 'stopped';
    let fatal: unknown = null;
    try {
      await parts.recover(writes.sinks, store.run, from?.committables ?? [], store.earlierParts);
      await sinks.recover(from?.checkpoint ?? null);
      end = await this.#runner.run();
    } catch (error) {
      end = 'failed';
      fatal = error;
    }
    await checkpointer.close();
    await sinks.close();
    this.#last = checkpointer.last;
    this.#checkpointer = null;
    if (end === 'stopped') await this.#tidy(writes);
    if (end !== 'failed') return { kind: end, failure: null };
    executor.close();
    // Another run goes on instead of this one.
    const isOver = fatal instanceof CheckpointError && fatal.reason === 'locked';
    return { kind: 'failed', failure: executor.failure ?? outerFailure(executor, fatal), strategy: isOver ? { type: 'none' } : strategy };
  }

  /** A job that was stopped leaves no files behind that no checkpoint knows. What cannot be removed now is in nobody's way. */
  async #tidy({ sinks }: PartWriteQueue): Promise<void> {
    const { store, parts } = this.#options;
    try {
      if (store.inDoubt) await store.loadNewest();
    } catch {
      // Nobody knows what is needed.
      return;
    }
    const committables = store.newest?.operators.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.committables)) ?? [];
    await parts.recover(sinks, store.run, committables).catch(() => undefined);
  }

  /** Ends the job after the step under way; its last checkpoint stays. */
  stop(): void {
    this.#become('CANCELLING');
    this.#end();
  }

  #end(): void {
    this.#stopped = true;
    this.#runner?.stop();
    this.#wake?.();
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#runner?.setPace(pace);
  }

  /** Takes a checkpoint now. Rejects when it comes to nothing, or between two attempts. */
  async checkpoint(kind: CheckpointKind, label: string | null): Promise<CheckpointManifest> {
    this.#checkKind(kind);
    return await this.#running().checkpointer.request(kind, label);
  }

  /**
   * Takes a checkpoint, behind which nothing is read, and ends the job; rejects, and the job goes on, when it comes to nothing. `drain`: the input ends
   * first, so that everything that waits for the last watermark is emitted; such a job is not meant to go on.
   */
  async stopWith(kind: CheckpointKind, label: string | null, drain = false): Promise<CheckpointManifest> {
    this.#checkKind(kind);
    const { checkpointer, runner } = this.#running();
    if (drain) runner.deliver({ kind: 'drain' });
    const manifest = await checkpointer.request(kind, label, !drain);
    if (!drain) this.#end();
    return manifest;
  }

  /** Throws for a savepoint that would not outlive the job. */
  #checkKind(kind: CheckpointKind): void {
    const { noSavepoints } = this.#options.store;
    if (kind === 'savepoint' && noSavepoints !== null) throw new Error(noSavepoints);
  }

  /** Makes the job fail. Throws between two attempts. */
  inject(injection: Injection): void {
    const { checkpointer, runner } = this.#running();
    if (injection.kind === 'crash') runner.deliver(injection);
    else checkpointer.sabotage(injection.kind);
  }

  #running(): { readonly checkpointer: Checkpointer; readonly runner: JobRunner } {
    if (this.#checkpointer === null || this.#runner === null) throw new Error('The job is not running now.');
    return { checkpointer: this.#checkpointer, runner: this.#runner };
  }

  #become(status: JobStatus): void {
    if (status === this.#status || isTerminal(this.#status)) return;
    // A job that was told to stop does not fail or restart any more.
    if (this.#status === 'CANCELLING' && status !== 'CANCELED') return;
    this.#status = changeStatus(this.#status, status);
    this.#options.onStatus?.(status);
  }

  #remember(entry: ExceptionEntry): void {
    this.#exceptions = withException(this.#exceptions, entry);
    this.#options.onException?.(entry);
  }

  /** A method, because the field changes while others run. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #sleep(milliseconds: number): Promise<void> {
    const clock = this.#clock;
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAfter(Math.max(1, milliseconds), resolve);
      this.#wake = (): void => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }
}

/** What went wrong beside the executor; that of a user's sink at its operator. */
function outerFailure(executor: Executor, error: unknown): JobFailure {
  return error instanceof UserSinkError ? executor.failureAt(error.place.vertex, error.cause, error.record) : jobFailure(error);
}

/** The failure with why it was the last one. */
function explained(
  failure: JobFailure,
  { reason }: Extract<RestartDecision, { kind: 'fail' }>,
  restarts: number,
  strategy: RestartStrategy,
): JobFailure {
  const why = reasonText(reason, restarts, strategy);
  if (why === null) return failure;
  return { ...failure, hint: failure.hint === null ? why : `${failure.hint} ${why}` };
}

function reasonText(
  reason: Extract<RestartDecision, { kind: 'fail' }>['reason'],
  restarts: number,
  strategy: RestartStrategy,
): string | null {
  if (reason === 'repeated') return 'It came back at the same record after a restart, so restarting again would not help.';
  if (reason !== 'exhausted') return null;
  switch (strategy.type) {
    case 'fixed-delay':
      return restarts === 0 ? null : `The job was restarted ${restarts} times (restart-strategy.fixed-delay.attempts).`;
    case 'failure-rate':
      return `There were more than ${strategy.maxFailuresPerInterval} failures within ${strategy.interval} ms (restart-strategy.failure-rate.max-failures-per-interval).`;
    case 'exponential-delay':
      return `The job was restarted ${strategy.attemptsBeforeReset} times without running long enough between (restart-strategy.exponential-delay.attempts-before-reset-backoff).`;
    case 'none':
      return null;
  }
}

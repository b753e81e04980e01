import type { Mail } from '../runtime/mail.ts';
import type { Executor, SourceDescription, StepKind } from '../runtime/job.ts';
import type { EventTimeRange } from '../runtime/pace-clock.ts';
import type { Pace } from '../runtime/pace.ts';
import type { AsyncCalls } from './async-calls.ts';
import { findEventTimeRange } from './event-time-range.ts';
import { FileFeed, openOnDisk, type OpenFileByPath } from './file-feed.ts';
import { FileListingError, listFiles, type ListedFile } from './list-files.ts';
import { LiveFeeds } from './live-feeds.ts';
import { Pacer } from './pacer.ts';
import { remainingTime } from './remaining-time.ts';
import { readFraction } from './read-fraction.ts';
import { systemClock, type RunnerClock } from './runner-clock.ts';
import { splitOf } from './split-of.ts';
import type { StandardInput } from './standard-input.ts';

/** What has to be done beside a job's records: checkpoints, and the files that its sinks write. */
export interface RunnerDuties {
  /** Called between two steps, with how a step is made. True when there was something to do, so that the job should go on at once. */
  between(step: (maxRecords: number) => StepKind): boolean;
  /** All records are through: may the job end? */
  mayEnd(): boolean;
  /** So much waits to be written that the job should wait too. */
  congested(): boolean;
  /** Ms until something is due; Infinity when nothing waits for the clock. */
  dueIn(): number;
  /** `wake` is to be called when there is something to do that did not wait for the clock. */
  onWork(wake: () => void): void;
}

export interface JobRunnerOptions {
  /** Folder that relative paths start from: the notebook's. */
  readonly baseDirectory: string;
  readonly pace: Pace;
  /** Called at most every 100 ms and at the end, between steps: the place to take rows. It may call `stop`. */
  onProgress(): void;
  /** How a step of the executor is made; default: `executor.step`. For an owner that has to be able to interrupt user code. */
  readonly step?: (maxRecords: number) => StepKind;
  readonly duties?: RunnerDuties | null;
  /** Where the outcomes of the job's calls come from; the same that its executor has. */
  readonly calls?: AsyncCalls | null;
  /** What the outside world is, where it is not as usual. */
  readonly ports?: Partial<RunnerPorts>;
}

/** What a runner uses of the outside world. */
export interface RunnerPorts {
  readonly clock: RunnerClock;
  readonly openFile: OpenFileByPath;
  /** Size of each read; null = small at first, then larger. */
  readonly readBytes: number | null;
  /** Null where there is none. */
  readonly standardInput: StandardInput | null;
}

/** How long the job may keep the event loop, in ms. */
const SLICE = 8;

/** A step is made longer below the first, shorter above the second of these, in ms. */
const SHORT_STEP = 1;
const LONG_STEP = 4;
const MAX_STEP_RECORDS = 4_096;

const PROGRESS_INTERVAL = 100;

/** Longest sleep, in ms. */
const MAX_SLEEP = 1_000;

/**
 * Drives an executor with real files and the real clock: brings bytes and time as mail, lets it work in slices and yields in between, so that
 * messages are handled. The executor stays its owner's, who closes it.
 */
export class JobRunner {
  readonly #executor: Executor;
  readonly #options: JobRunnerOptions;
  readonly #step: (maxRecords: number) => StepKind;
  readonly #clock: RunnerClock;
  readonly #openFile: OpenFileByPath;
  readonly #feed: FileFeed;
  readonly #live: LiveFeeds;
  readonly #pacer: Pacer;
  readonly #duties: RunnerDuties | null;
  readonly #calls: AsyncCalls | null;
  readonly #files = new Map<number, readonly ListedFile[]>();
  /** Where the input was when its pace was set. */
  #paceBegan: { readonly fraction: number; readonly at: number } | null = null;
  #range: Promise<EventTimeRange | null> | null = null;
  #newPace: Pace | null;
  #stopped = false;
  #now = Number.NEGATIVE_INFINITY;
  #stepRecords = 16;
  #lastProgress = Number.NEGATIVE_INFINITY;
  #unreported = true;
  /** Every source has the bytes that it needs to show its next record. */
  #settled = false;
  #wake: (() => void) | null = null;

  constructor(executor: Executor, options: JobRunnerOptions) {
    this.#executor = executor;
    this.#options = options;
    this.#step = options.step ?? ((maxRecords) => executor.step(maxRecords));
    this.#clock = options.ports?.clock ?? systemClock;
    this.#openFile = options.ports?.openFile ?? openOnDisk;
    this.#feed = new FileFeed(this.#openFile, options.ports?.readBytes ?? null, () => this.#wake?.());
    this.#live = new LiveFeeds(this.#clock, () => this.#wake?.());
    this.#pacer = new Pacer(executor, options.pace, () => this.fraction);
    this.#newPace = options.pace;
    this.#duties = options.duties ?? null;
    this.#duties?.onWork(() => this.#wake?.());
    this.#calls = options.calls ?? null;
    this.#calls?.onWork(() => this.#wake?.());
  }

  /** Share of the bounded input that has been read, from 0 to 1; null when the input has no end or no known size. */
  get fraction(): number | null {
    return readFraction(this.#executor, this.#files, (source, split, offset) => this.#feed.storedOffset(source, split, offset));
  }

  /** About how many ms the rest of the bounded input takes at this pace; null when nobody can tell, or not yet. */
  get timeLeft(): number | null {
    const now = this.#clock.elapsed();
    const { fraction } = this;
    if (fraction === null || fraction >= 1) return null;
    return this.#pacer.timeLeft(now) ?? remainingTime(this.#paceBegan, fraction, now);
  }

  /** Runs the job until it has finished or failed, or was stopped. Call once. */
  async run(): Promise<'finished' | 'failed' | 'stopped'> {
    try {
      for (const source of this.#executor.sources) await this.#listSplits(source);
      if (!this.#isStopped())
        for (const source of this.#executor.sources) this.#live.connect(source, this.#options.ports?.standardInput ?? null);
      return await this.#drive();
    } finally {
      await this.#live.close();
      await this.#feed.close();
      this.#options.onProgress();
    }
  }

  /** Ends `run` before the next step; results so far stay. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Hands mail to the job before its next step. */
  deliver(mail: Mail): void {
    this.#executor.deliver(mail);
    this.#wake?.();
  }

  /** Plays on at another pace from where the input is now. */
  setPace(pace: Pace): void {
    this.#newPace = pace;
    this.#wake?.();
  }

  async #listSplits(description: SourceDescription): Promise<void> {
    const { source, enumeration } = description;
    if (enumeration.kind !== 'files') return;
    const restored = this.#executor.positions().find((each) => each.source === source)?.positions ?? [];
    if (await this.#live.watch(description, this.#options.baseDirectory, restored, (file) => this.#feed.add(source, file, true))) return;
    try {
      const files = await listFiles(this.#options.baseDirectory, enumeration.paths);
      this.#files.set(source, files);
      for (const file of files) this.#feed.add(source, file);
      this.#executor.deliver({ kind: 'splits', source, splits: files.map(splitOf) });
    } catch (error) {
      if (!(error instanceof FileListingError)) throw error;
      this.#executor.deliver({ kind: 'source-failed', source, split: null, message: error.message });
    }
  }

  async #drive(): Promise<'finished' | 'failed' | 'stopped'> {
    for (;;) {
      if (this.#newPace !== null) await this.#changePace(this.#newPace);
      if (this.#isStopped()) return 'stopped';
      this.#deliverTime();
      this.#pacer.advance(this.#clock.elapsed(), this.#settled);
      const step = this.#duties?.congested() === true ? 'progress' : this.#slice();
      if (step === 'failed') return step;
      const worked = this.#duties?.between(this.#step) ?? false;
      if (step === 'finished' && !worked && (this.#duties?.mayEnd() ?? true)) return step;
      const supplied = this.#supply();
      this.#settled = step === 'waiting' && !supplied && !this.#feed.busy;
      this.#reportProgress();
      if (this.#isStopped()) return 'stopped';
      if (step === 'progress' || supplied || worked) await this.#clock.yield();
      else await this.#sleep();
    }
  }

  /** A method, because the field changes while others run. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #changePace(pace: Pace): Promise<void> {
    this.#newPace = null;
    if (pace.kind === 'duration') this.#range ??= findEventTimeRange(this.#executor, this.#files, this.#openFile);
    const now = this.#clock.elapsed();
    this.#pacer.setPace(pace, (await this.#range) ?? null, now);
    const { fraction } = this;
    this.#paceBegan = fraction === null ? null : { fraction, at: now };
  }

  #deliverTime(): void {
    const now = this.#clock.now();
    if (now <= this.#now) return;
    this.#now = now;
    this.#executor.deliver({ kind: 'processing-time', now });
  }

  /** Lets the job work for a few milliseconds. */
  #slice(): StepKind {
    const end = this.#clock.elapsed() + SLICE;
    for (;;) {
      const start = this.#clock.elapsed();
      const allowed = this.#pacer.allowance(start, this.#stepRecords);
      const step = this.#step(allowed);
      if (step !== 'waiting') this.#unreported = true;
      if (step !== 'progress') return step;
      if (allowed === 0) return 'waiting';
      const now = this.#clock.elapsed();
      if (now - start < SHORT_STEP) this.#stepRecords = Math.min(MAX_STEP_RECORDS, this.#stepRecords * 2);
      else if (now - start > LONG_STEP) this.#stepRecords = Math.max(1, this.#stepRecords >> 1);
      if (now >= end || this.#stopped) return step;
    }
  }

  /** Hands over the outcomes of calls and the bytes that have come, or else asks for those that are wanted. True when there were some. */
  #supply(): boolean {
    const idle = this.#executor.pendingMail === 0;
    // What was handed over is only off the list of wishes once the job has worked it off: asking before would read it twice.
    if (idle && !this.#feed.hasDeliveries) {
      for (const { source, split, offset } of this.#executor.wanted()) {
        if (!this.#live.request(source, split, offset)) this.#feed.request(source, split, offset);
      }
    }
    // Sockets wait while the job has not worked off what came from them before.
    const deliveries = [...(this.#calls?.take() ?? []), ...(idle ? this.#live.take() : []), ...this.#feed.take()];
    for (const delivery of deliveries) this.#executor.deliver(delivery);
    return deliveries.length > 0;
  }

  #reportProgress(): void {
    const now = this.#clock.elapsed();
    if (!this.#unreported || now - this.#lastProgress < PROGRESS_INTERVAL) return;
    this.#lastProgress = now;
    this.#unreported = false;
    this.#options.onProgress();
  }

  /** Sleeps until the clock, the pace, a file or a call wants something done. */
  async #sleep(): Promise<void> {
    const now = this.#clock.elapsed();
    const report = this.#unreported ? this.#lastProgress + PROGRESS_INTERVAL - now : MAX_SLEEP;
    const duties = this.#duties?.dueIn() ?? Number.POSITIVE_INFINITY;
    const due = Math.min(MAX_SLEEP, report, duties, this.#executor.nextWakeUp() - this.#clock.now(), this.#pacer.waitTime(now));
    const live = this.#live.hasDeliveries && this.#executor.pendingMail === 0;
    if (this.#feed.hasDeliveries || live || this.#calls?.hasAnswers === true || this.#newPace !== null) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.wakeAfter(Math.max(1, Math.ceil(due)), resolve);
      this.#wake = (): void => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }
}

import type { Executor, JobFailure } from '../../engine/runtime/job.ts';
import { describeFailure } from '../output/failure.ts';
import { OutputFold } from '../output/fold.ts';
import { finiteTime } from '../output/text.ts';
import type { Notice, OutputDelta, OutputState, ReplayStatus } from '../output/types.ts';
import type { JobProgress, StartJob } from './protocol.ts';

/** Newest rows and late records taken over per tick and display. */
const ROWS_PER_TICK = 10_000;
const LATE_PER_TICK = 500;
/** Open windows shown per display. */
const MAX_GHOSTS = 50;

/** An output of the job with what fills it; `display` is null for the log, the configuration and an error. */
interface Slot {
  readonly fold: OutputFold;
  readonly display: number | null;
}

/** The outputs of one job: its displays; without one, what it prints; its configuration if it reads nothing; else why it cannot run. */
export class JobOutputs {
  readonly #job: StartJob;
  /** Null when the program could not be evaluated. */
  #executor: Executor | null;
  readonly #slots: readonly Slot[];
  readonly #totals = new Map<OutputFold, number>();
  #printed = 0;

  /** The outputs of a replay can `rewind`. */
  constructor(job: StartJob, executor: Executor | null) {
    this.#job = job;
    this.#executor = executor;
    this.#slots = createSlots(job, executor);
  }

  /** Lines printed so far. */
  get printed(): number {
    return this.#printed;
  }

  /** A replay has gone back and is another executor now, at a place where so many lines had been printed. */
  rewind(executor: Executor, printed: number): void {
    this.#executor = executor;
    this.#printed = printed;
    for (const [index, { fold, display }] of this.#slots.entries()) {
      const rows = display === null ? 0 : executor.takeRows(display, 0).total;
      const { dropped, counted } = display === null ? { dropped: 0, counted: 0 } : executor.takeLate(display, 0);
      fold.rewind({ rows, dropped, counted, log: index === 0 ? printed : 0 });
      this.#totals.set(fold, rows);
    }
  }

  /** Says where the replay stands, in the first output. */
  setReplay(replay: ReplayStatus | null): void {
    this.#slots[0]?.fold.setReplay(replay);
  }

  /** The job goes on as another executor, from a checkpoint: later results are withdrawn. Gives how many. */
  follow(executor: Executor): number {
    this.#executor = executor;
    return this.#slots.reduce(
      (sum, { fold, display }) => sum + (display === null ? 0 : fold.withdraw(executor.takeRows(display, 0).total)),
      0,
    );
  }

  /** Puts back the rows of an earlier run that the checkpoint covers which this one starts from. */
  resume(executor: Executor, earlier: readonly OutputState[]): void {
    for (const { fold, display } of this.#slots) {
      if (display === null) {
        continue;
      }
      const before = earlier.find(({ id }) => id === `${this.#job.outputPrefix}/${display}`);
      fold.restore(before?.rows ?? [], executor.takeRows(display, 0).total);
    }
  }

  /** Says something above the outputs. */
  setNotice(notice: Notice): void {
    for (const { fold } of this.#slots) {
      fold.setNotice(notice);
    }
  }

  /** Results of all displays; without displays the lines printed. */
  get recordsOut(): number {
    const hasDisplays = this.#slots.some(({ display }) => display !== null);
    return hasDisplays ? [...this.#totals.values()].reduce((sum, total) => sum + total, 0) : this.#printed;
  }

  states(): readonly OutputState[] {
    return this.#slots.map(({ fold }) => fold.state());
  }

  /** What has changed since the last call. */
  takeDeltas(): readonly OutputDelta[] {
    return this.#slots.map(({ fold }) => fold.takeDelta());
  }

  /** Adds a line to the first output. */
  addError(line: string): void {
    this.#slots[0]?.fold.addLog([{ stream: 'stderr', line }]);
  }

  /** Takes over what the executor has made since the last call. */
  update(progress: JobProgress, failure: JobFailure | null): void {
    const { phase, elapsed, recordsIn } = progress;
    const lines = this.#executor?.takePrinted() ?? [];
    this.#printed += lines.length;
    for (const [index, slot] of this.#slots.entries()) {
      const { fold, display } = slot;
      let { watermark } = progress;
      if (this.#executor !== null && display !== null) {
        this.#takeResults(this.#executor, fold, display, phase === 'running' || phase === 'stopped');
        watermark = finiteTime(this.#executor.displayWatermark(display));
      }
      if (index === 0) {
        fold.addLog(lines);
      }
      if (failure !== null) {
        fold.setError(describeFailure(failure, this.#job.program.cells));
      }
      fold.setStatus({ phase, elapsed, recordsIn, watermark });
    }
  }

  #takeResults(executor: Executor, fold: OutputFold, display: number, withGhosts: boolean): void {
    const { rows, total } = executor.takeRows(display, ROWS_PER_TICK);
    fold.addRows(rows, total);
    this.#totals.set(fold, total);
    const late = executor.takeLate(display, LATE_PER_TICK);
    fold.addLate(late.records, late.dropped, late.counted);
    fold.setGhosts(withGhosts ? executor.openWindows(display, MAX_GHOSTS) : []);
  }
}

function createSlots({ outputPrefix, program: { jobName }, replay }: StartJob, executor: Executor | null): readonly Slot[] {
  const single = (suffix: string, kind: 'log' | 'config'): Slot => ({
    display: null,
    fold: new OutputFold({ id: `${outputPrefix}/${suffix}`, name: jobName, kind, window: null }, replay !== null),
  });
  if (executor === null) {
    return [single('error', 'log')];
  }
  if (executor.sources.length === 0) {
    const slot = single('config', 'config');
    addConfiguration(slot.fold, executor.configuration);
    return [slot];
  }
  if (executor.displays.length === 0) {
    return [single('log', 'log')];
  }
  return executor.displays.map(({ id, name, kind, window, options }) => ({
    display: id,
    fold: new OutputFold({ id: `${outputPrefix}/${id}`, name, kind, window }, replay !== null, options),
  }));
}

function addConfiguration(fold: OutputFold, configuration: Executor['configuration']): void {
  const options = Object.entries(configuration);
  const rows = options.map(([option, value], index) => ({
    index,
    kind: '+I' as const,
    timestamp: null,
    window: null,
    key: undefined,
    value: { option, value },
    watermark: Number.NEGATIVE_INFINITY,
  }));
  fold.addRows(rows, rows.length);
}

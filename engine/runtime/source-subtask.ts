import { type Advance, END, NO_TIMESTAMP, RECORD, type Source, type SplitPosition } from '../connectors/source.ts';
import type { StreamVertex } from '../graph/stream-graph.ts';
import type { AlignmentPlan, StrategyPlan } from '../api/watermark-strategy.ts';
import type { SourceElement, SplitDescription } from './mail.ts';
import type { OperatorCounters, Output } from './operator.ts';
import { ReaderSlot } from './reader-slot.ts';
import { type SourceRestore, SourceSplits, type SourceSubtaskState } from './source-splits.ts';
import type { Subtask } from './subtask.ts';
import { MAX_WATERMARK, NO_TIMESTAMP_SET } from './timestamps.ts';
import { assignTimestamp, checkTimestamp, WatermarkGeneration } from './watermark-generation.ts';

/** Splits of a bounded source have readers of their own, so that they can be merged by time; beyond this many they share. */
const MAX_READERS = 64;

/** What a source needs of the job. */
export interface SourceJob {
  readonly clock: { readonly now: number };
  readonly seed: number;
  readonly watermarkInterval: number;
  fail(vertex: StreamVertex, error: unknown, record: unknown): never;
  /** Works on everything downstream before the source goes on (rule 1). */
  drain(): void;
  readonly progress: ReadingProgress;
}

/** How far a job has got; shared, as it changes with every record. */
export interface ReadingProgress {
  /** Source records that have passed through the whole job. */
  recordCount: number;
  /** The source whose record is in the job. */
  reading: SourceSubtask | null;
  /** Elements that wait in channels. */
  waiting: number;
  /** The job has failed, even if user code caught the error. */
  failed: boolean;
  /** Operators that have so much under way that no record may follow. */
  holding: number;
}

/** The reading end of a source in one subtask: readers, timestamps, watermarks. */
export class SourceSubtask {
  readonly vertex: StreamVertex;
  readonly subtask: Subtask;
  readonly source: Source<unknown>;
  readonly bounded: boolean;
  readonly slots: ReaderSlot[] = [];
  readonly splits: SourceSplits;
  parseErrors = 0;
  ended = false;
  readonly #plan: StrategyPlan;
  readonly #output: Output;
  readonly #counters: OperatorCounters;
  readonly #job: SourceJob;
  readonly #generation: WatermarkGeneration;
  #splitsKnown = false;
  #idle = false;
  #endedBefore = false;
  #repeats = false;

  constructor(vertex: StreamVertex, subtask: Subtask, output: Output, job: SourceJob, counters: OperatorCounters) {
    if (vertex.role.kind !== 'source') throw new Error('not a source');
    this.vertex = vertex;
    this.subtask = subtask;
    this.source = vertex.role.source;
    this.splits = new SourceSplits(this.name);
    this.bounded = this.source.boundedness === 'BOUNDED';
    this.#plan = vertex.role.strategy;
    this.#output = output;
    this.#counters = counters;
    this.#job = job;
    // A bounded source is waited for: its silence is never that of its input, so it is not idle, and results do not depend on timing.
    const plan = this.bounded && !this.pushed ? { ...this.#plan, idleness: null } : this.#plan;
    this.#generation = new WatermarkGeneration(plan, job.watermarkInterval, job.clock, {
      collect: output.collect,
      idle: output.idle,
      watermark: (watermark) => {
        counters.watermark = watermark;
        output.watermark(watermark);
        job.drain();
      },
    });
  }

  /** Elements come by mail, not from readers. */
  get pushed(): boolean {
    return this.source.enumeration.kind === 'elements';
  }

  /** Its splits are not known yet. */
  get waitsForSplits(): boolean {
    return !this.#splitsKnown && !this.pushed;
  }

  get name(): string {
    return this.vertex.name.replace(/^Source: /, '');
  }

  /** More splits may come, without end. */
  get watched(): boolean {
    const { enumeration } = this.source;
    return enumeration.kind === 'files' && enumeration.watch !== undefined;
  }

  /** More splits of a source that is watched; those that it has had before are left out. */
  add(splits: readonly SplitDescription[]): void {
    const reading = splits.filter(({ id }) => !this.splits.knows(id));
    this.slots[0]?.reader.addSplits(this.splits.resume(reading).reading);
  }

  /** All splits of this subtask, or the first ones; comes once. */
  assign(splits: readonly SplitDescription[]): void {
    this.#splitsKnown = true;
    const groups: SplitDescription[][] = [];
    const readers = this.bounded ? Math.min(MAX_READERS, splits.length) : 1;
    for (const [at, split] of splits.entries()) {
      const group = groups[at % Math.max(1, readers)] ?? [];
      groups[at % Math.max(1, readers)] = group;
      group.push(split);
    }
    let firstSplit = 0;
    // In a restored job the splits have the readers they had before, so that they are merged as they were: only then are those finished left out.
    for (const whole of groups.length > 0 ? groups : [[]]) {
      const { reading, held } = this.splits.resume(whole);
      const reader = this.source.createReader({
        subtask: this.subtask.index,
        parallelism: this.subtask.vertex.parallelism,
        seed: this.#job.seed,
        currentProcessingTime: () => this.#job.clock.now,
        countParseError: () => {
          this.parseErrors++;
        },
      });
      reader.addSplits(reading);
      if (!this.watched) reader.noMoreSplits();
      this.slots.push(new ReaderSlot(reader, firstSplit, held));
      firstSplit += reading.length;
    }
    const generation = this.splits.takeGeneration();
    if (generation === null) return;
    this.#generation.restore(generation);
    if (this.#repeats) this.#generation.repeat();
  }

  /** The job is open, with other subtasks than it had when its checkpoint was taken: these know nothing of the watermarks so far. */
  repeatWatermark(): void {
    this.#repeats = true;
    this.#generation.repeat();
    this.#job.drain();
  }

  /** Before the splits are known. */
  restore(restored: SourceRestore): void {
    if (!this.pushed) this.splits.restore(restored);
    const { state } = restored;
    if (state === null) return;
    this.parseErrors = state.parseErrors;
    this.#idle = state.idle;
    this.#endedBefore = state.ended;
    if (this.pushed) this.#generation.restore(state.generation);
  }

  /** For a checkpoint, between two records. */
  save(): { readonly positions: readonly SplitPosition[]; readonly state: SourceSubtaskState } {
    return {
      positions: [...this.slots.flatMap((slot) => slot.positions()), ...this.splits.finished],
      state: { ended: this.ended, idle: this.#idle, parseErrors: this.parseErrors, ...this.splits.save(this.#generation.save()) },
    };
  }

  slotOf(split: string): ReaderSlot | undefined {
    return this.slots.find(({ reader }) => reader.positions().some((position) => position.split === split));
  }

  /** Tries to have the next record of a reader at hand. Returns what `advance` said: RECORD also when it already was. */
  fill(slot: ReaderSlot): Advance {
    if (slot.hasHead) return RECORD;
    if (slot.ended) return END;
    try {
      const advance = slot.reader.advance();
      if (advance === RECORD) {
        const own = slot.reader.currentTimestamp;
        slot.timestamp = assignTimestamp(this.#plan, slot.reader.current, own === NO_TIMESTAMP ? NO_TIMESTAMP_SET : own);
        slot.hasHead = true;
      }
      return advance;
    } catch (error) {
      this.#job.progress.reading = this;
      this.#job.fail(this.vertex, error, undefined);
    }
  }

  /**
   * `fill` and `emitHead` again and again, for a job with this one reader: at most `budget` records, until `fill` gives something else.
   * Returns the number of records.
   */
  run(slot: ReaderSlot, budget: number): number {
    const { progress } = this.#job;
    let records = 0;
    if (!slot.hasHead && slot.held.length === 0 && slot.reader.splitCount === 1 && this.#generation.isPlain && !this.watched)
      return this.#runPlain(slot, budget);
    while (records < budget && this.fill(slot) === RECORD) {
      this.emitHead(slot);
      records++;
      if (progress.failed || progress.holding > 0) break;
    }
    return records;
  }

  /** The same for one split and watermarks without user code, with nothing per record that such a source does not need. */
  #runPlain(slot: ReaderSlot, budget: number): number {
    const { progress } = this.#job;
    const { collect } = this.#output;
    const { reader, firstSplit } = slot;
    const assign = this.#plan.assigner?.call;
    const counters = this.#counters;
    const generation = this.#generation;
    let largest = generation.largestOf(firstSplit);
    let records = 0;
    let value: unknown;
    let emitting = false;
    progress.reading = this;
    try {
      while (records < budget) {
        emitting = false;
        value = undefined;
        if (reader.advance() !== RECORD) break;
        ({ current: value } = reader);
        const assigned = assign ? assign(value, reader.currentTimestamp) : reader.currentTimestamp;
        // The number as it is, without a copy: it goes through calls that would have to box it again.
        const timestamp = typeof assigned === 'number' && assigned > NO_TIMESTAMP ? assigned : checkTimestamp(assigned);
        if (records === 0) generation.beforeRecord(firstSplit);
        emitting = true;
        counters.recordsOut++;
        collect(value, timestamp);
        if (progress.waiting > 0) this.#job.drain();
        if (progress.failed) return records;
        if (timestamp > largest) {
          largest = timestamp;
          generation.afterRecord(firstSplit, value, timestamp);
        }
        progress.recordCount++;
        records++;
        if (progress.holding > 0) break;
      }
    } catch (error) {
      if (emitting) throw error;
      this.#job.fail(this.vertex, error, value);
    }
    progress.reading = null;
    return records;
  }

  /** Sends the head of a reader through the whole job. */
  emitHead(slot: ReaderSlot): void {
    const { reader, firstSplit } = slot;
    const { currentSplit } = reader;
    slot.hasHead = false;
    if (slot.held.length > 0) this.#releaseHeld(slot);
    if (reader.takeFinished !== undefined) for (const split of reader.takeFinished()) this.#generation.release(firstSplit + split);
    if (currentSplit !== slot.lastSplit) {
      if (reader.isSplitFinished(slot.lastSplit)) this.#generation.release(firstSplit + slot.lastSplit);
      slot.lastSplit = currentSplit;
    }
    this.#emit(firstSplit + currentSplit, reader.current, slot.timestamp);
  }

  #releaseHeld(slot: ReaderSlot): void {
    for (const split of slot.held) this.#generation.release(split);
    slot.held = [];
  }

  #emit(split: number, value: unknown, timestamp: number): void {
    const { progress } = this.#job;
    progress.reading = this;
    try {
      this.#generation.beforeRecord(split);
    } catch (error) {
      this.#job.fail(this.vertex, error, value);
    }
    this.#counters.recordsOut++;
    this.#output.collect(value, timestamp);
    if (progress.waiting > 0) this.#job.drain();
    if (progress.failed) return;
    try {
      this.#generation.afterRecord(split, value, timestamp);
    } catch (error) {
      this.#job.fail(this.vertex, error, value);
    }
    progress.recordCount++;
    progress.reading = null;
  }

  /** A reader gave its last record. */
  endSlot(slot: ReaderSlot): void {
    slot.ended = true;
    if (this.slots.every(({ ended }) => ended)) {
      this.end();
      return;
    }
    this.#releaseHeld(slot);
    for (let split = 0; split < slot.reader.splitCount; split++) this.#generation.release(slot.firstSplit + split);
    this.#job.drain();
  }

  /** End of input: the last watermark, then the end itself. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    if (!this.#endedBefore) this.#generation.pass(MAX_WATERMARK);
    this.#job.drain();
    this.subtask.finish();
    this.#job.drain();
  }

  /** The input ends here, wherever the readers are. */
  drain(): void {
    this.#splitsKnown = true;
    for (const slot of this.slots) {
      slot.hasHead = false;
      slot.ended = true;
    }
    this.end();
  }

  /** One element of a source whose elements come by mail. */
  element(element: SourceElement): void {
    if (this.ended) return;
    if (element.kind !== 'idle' && this.#idle) {
      this.#idle = false;
      this.#generation.active();
    }
    switch (element.kind) {
      case 'record': {
        let timestamp = NO_TIMESTAMP_SET;
        try {
          timestamp = assignTimestamp(this.#plan, element.value, element.timestamp ?? NO_TIMESTAMP_SET);
        } catch (error) {
          this.#job.progress.reading = this;
          this.#job.fail(this.vertex, error, element.value);
        }
        this.#emit(0, element.value, timestamp);
        break;
      }
      case 'watermark':
        this.#generation.pass(element.watermark);
        break;
      case 'idle':
        this.#idle = true;
        this.#generation.idle();
        break;
      case 'end':
        this.end();
    }
    this.#job.drain();
  }

  advanceTime(now: number): void {
    if (this.ended) return;
    try {
      this.#generation.advanceTime(now);
    } catch (error) {
      this.#job.fail(this.vertex, error, undefined);
    }
    this.#job.drain();
  }

  nextWakeUp(): number {
    if (this.ended) return Number.POSITIVE_INFINITY;
    let next = this.#generation.nextWakeUp();
    for (const { reader, ended, hasHead } of this.slots) if (!ended && !hasHead) next = Math.min(next, reader.nextWakeUp());
    return next;
  }

  get watermark(): number {
    return this.#generation.watermark;
  }

  /** Nobody waits for its watermark. */
  get isIdle(): boolean {
    return this.#generation.isIdle;
  }

  /** What other sources it is not to run ahead of. */
  get alignment(): AlignmentPlan | null {
    return this.#plan.alignment;
  }

  /** Also, for the first subtask, those that a restored job waits for. */
  positions(): readonly SplitPosition[] {
    if (this.waitsForSplits) return this.subtask.index === 0 ? this.splits.awaited : [];
    return [...this.slots.flatMap(({ reader }) => reader.positions()), ...this.splits.finished];
  }
}

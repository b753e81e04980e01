import { RuntimeException } from '../api/errors.ts';
import type { GeneratorPlan, StrategyPlan } from '../api/watermark-strategy.ts';
import { Watermark, type WatermarkGenerator, type WatermarkOutput } from '../api/watermark.ts';
import type { Receiver } from './operator.ts';
import { MIN_TIMESTAMP, NO_TIMESTAMP_SET, timestampOrMin } from './timestamps.ts';

function isGenerator(value: unknown): value is WatermarkGenerator<unknown> {
  return typeof value === 'object' && value !== null && 'onEvent' in value && 'onPeriodicEmit' in value;
}

function createGenerator(plan: GeneratorPlan): WatermarkGenerator<unknown> | null {
  switch (plan.kind) {
    case 'none':
    case 'bounded':
      return null;
    case 'custom': {
      const generator = plan.create({ getMetricGroup: () => ({}) });
      if (isGenerator(generator)) return generator;
      throw new RuntimeException('The watermark generator needs the methods onEvent and onPeriodicEmit.');
    }
  }
}

/** Flink's timestamp of a record: what the assigner says, or the record's own. Throws RuntimeException for anything but a number. */
export function assignTimestamp(plan: StrategyPlan, value: unknown, timestamp: number): number {
  return plan.assigner ? checkTimestamp(plan.assigner.call(value, timestampOrMin(timestamp))) : timestamp;
}

/** What a timestamp assigner returned, as a record's timestamp. Throws RuntimeException for anything but a number. */
export function checkTimestamp(assigned: unknown): number {
  if (typeof assigned === 'number' && !Number.isNaN(assigned)) return assigned === MIN_TIMESTAMP ? NO_TIMESTAMP_SET : assigned;
  const what =
    assigned instanceof Date ? 'a Date' : typeof assigned === 'string' ? `the text ${JSON.stringify(assigned)}` : String(assigned);
  throw new RuntimeException(
    `The timestamp assigner returned ${what}, not a number of milliseconds since 1970.`,
    assigned === undefined ? 'Is the name of the time field right?' : 'Convert it, for example with Date.parse(text) or date.getTime().',
  );
}

/** The watermark and idleness of one split. Bounded out-of-orderness needs no generator: largest timestamp − bound − 1 ms. */
class Part implements WatermarkOutput {
  watermark = MIN_TIMESTAMP;
  largest = MIN_TIMESTAMP;
  idle = false;
  lastActivity: number;
  readonly generator: WatermarkGenerator<unknown> | null;
  changed = false;
  constructor(generator: WatermarkGenerator<unknown> | null, now: number) {
    this.generator = generator;
    this.lastActivity = now;
  }
  emitWatermark(watermark: Watermark | number): void {
    const time = watermark instanceof Watermark ? watermark.getTimestamp() : watermark;
    if (this.idle) this.changed = true;
    this.idle = false;
    if (!(time > this.watermark)) return;
    this.watermark = time;
    this.changed = true;
  }
  markIdle(): void {
    if (!this.idle) this.changed = true;
    this.idle = true;
  }
  markActive(): void {
    if (this.idle) this.changed = true;
    this.idle = false;
  }
}

/** Name of the state of an operator that makes watermarks. */
export const WATERMARK_STATE = 'watermarks';

/** A generation in a checkpoint; watermarks and timestamps are ms of event time, `nextEmit` and `lastActivity` ms of the job's clock. */
export interface GenerationState {
  readonly parts: readonly {
    readonly split: number;
    readonly watermark: number;
    readonly largest: number;
    readonly idle: boolean;
    readonly lastActivity: number;
  }[];
  readonly combined: number;
  readonly idle: boolean;
  readonly nextEmit: number;
  /** Since when there could have been records, ms of the job's clock; only where that matters, for idleness. */
  readonly begun?: number;
}

/**
 * Runs a watermark strategy: one generator per split, combined as Flink's CombinedWatermarkStatus: the smallest watermark of the
 * splits that are not idle; when all are idle the stream is idle. A split counts from its first record until it is finished.
 */
export class WatermarkGeneration {
  readonly #plan: StrategyPlan;
  readonly #receiver: Receiver;
  readonly #clock: { readonly now: number };
  /** ms; 0 = after every record. */
  readonly #interval: number;
  readonly #parts = new Map<number, Part>();
  /** NaN when watermarks are not those of bounded out-of-orderness. */
  readonly #bound: number;
  #lastPart: Part | null = null;
  #lastSplit = -1;
  #combined = MIN_TIMESTAMP;
  #idle = false;
  #nextEmit: number;
  #begun: number;

  constructor(plan: StrategyPlan, interval: number, clock: { readonly now: number }, receiver: Receiver) {
    this.#plan = plan;
    this.#bound = plan.generator.kind === 'bounded' ? plan.generator.bound : Number.NaN;
    this.#interval = interval;
    this.#clock = clock;
    this.#receiver = receiver;
    this.#nextEmit = interval > 0 ? clock.now + interval : Number.POSITIVE_INFINITY;
    this.#begun = clock.now;
  }

  /** What is kept in a checkpoint: all but a user's generator, which begins anew as in Flink. */
  save(): GenerationState {
    const parts = [...this.#parts].map(([split, { watermark, largest, idle, lastActivity }]) => ({
      split,
      watermark,
      largest,
      idle,
      lastActivity,
    }));
    const begun = this.#plan.idleness === null ? {} : { begun: this.#begun };
    return { parts, combined: this.#combined, idle: this.#idle, nextEmit: this.#nextEmit, ...begun };
  }

  /** Says again what it has said: those downstream are others, which have not heard it. */
  repeat(): void {
    if (this.#combined > MIN_TIMESTAMP) this.#receiver.watermark(this.#combined);
    if (this.#idle) this.#receiver.idle(true);
  }

  /** Before the first record. Sends nothing: those downstream have their watermark back too, unless there are others now (`repeat`). */
  restore({ parts, combined, idle, nextEmit, begun = this.#begun }: GenerationState): void {
    for (const { split, watermark, largest, idle: partIdle, lastActivity } of parts) {
      const part = new Part(createGenerator(this.#plan.generator), lastActivity);
      part.watermark = watermark;
      part.largest = largest;
      part.idle = partIdle;
      this.#parts.set(split, part);
    }
    this.#combined = combined;
    this.#idle = idle;
    this.#begun = begun;
    if (this.#interval > 0) this.#nextEmit = nextEmit;
  }

  /** No user code, no clock: only the largest timestamp counts. */
  get isPlain(): boolean {
    return this.#interval === 0 && this.#plan.idleness === null && this.#plan.generator.kind !== 'custom';
  }

  /** Largest timestamp of a split so far: smaller ones need no call of `afterRecord` when the generation is plain. */
  largestOf(split: number): number {
    return this.#partOf(split).largest;
  }

  get watermark(): number {
    return this.#combined;
  }

  get isIdle(): boolean {
    return this.#idle;
  }

  /** Ends idleness before a record is sent on. */
  beforeRecord(split: number): void {
    const part = this.#partOf(split);
    part.lastActivity = this.#clock.now;
    if (!part.idle) return;
    part.idle = false;
    this.#update();
  }

  #partOf(split: number): Part {
    if (split === this.#lastSplit && this.#lastPart) return this.#lastPart;
    const part = this.#parts.get(split) ?? this.#add(split);
    this.#lastPart = part;
    this.#lastSplit = split;
    return part;
  }

  #add(split: number): Part {
    const part = new Part(createGenerator(this.#plan.generator), this.#clock.now);
    this.#parts.set(split, part);
    if (this.#idle) this.#update();
    return part;
  }

  /** The record was sent on. May throw what the user's generator throws. */
  afterRecord(split: number, value: unknown, timestamp: number): void {
    const part = this.#partOf(split);
    if (timestamp > part.largest) {
      part.largest = timestamp;
      // Also false for NaN: no bounded out-of-orderness.
      if (this.#interval === 0 && timestamp - this.#bound - 1 > part.watermark) {
        part.watermark = timestamp - this.#bound - 1;
        this.#update();
      }
    }
    if (!part.generator) return;
    part.generator.onEvent(value, timestampOrMin(timestamp), part);
    if (this.#interval === 0) part.generator.onPeriodicEmit(part);
    if (!part.changed) return;
    part.changed = false;
    this.#update();
  }

  /** The split gives no further record: it no longer holds the others back. */
  release(split: number): void {
    this.#lastPart = null;
    if (this.#parts.delete(split)) this.#update();
  }

  /** Periodic watermarks and idleness, on the job's clock. */
  advanceTime(now: number): void {
    const periodic = now >= this.#nextEmit;
    if (periodic) this.#nextEmit = now + this.#interval;
    for (const part of this.#parts.values()) {
      if (this.#plan.idleness !== null && now - part.lastActivity > this.#plan.idleness) part.markIdle();
      else if (periodic) this.#emitPeriodically(part);
      part.changed = false;
    }
    if (this.#parts.size === 0 && now >= this.#idleFrom) this.idle();
    this.#update();
  }

  /** When an input that has never had a record is idle. */
  get #idleFrom(): number {
    return this.#plan.idleness === null ? Number.POSITIVE_INFINITY : this.#begun + this.#plan.idleness + 1;
  }

  #emitPeriodically(part: Part): void {
    part.generator?.onPeriodicEmit(part);
    if (part.largest !== MIN_TIMESTAMP && !Number.isNaN(this.#bound)) part.emitWatermark(part.largest - this.#bound - 1);
  }

  /** Earliest processing time at which `advanceTime` may change something. */
  nextWakeUp(): number {
    let next = this.#plan.generator.kind === 'none' ? Number.POSITIVE_INFINITY : this.#nextEmit;
    if (this.#plan.idleness === null) return next;
    if (this.#parts.size === 0 && !this.#idle) next = Math.min(next, this.#idleFrom);
    for (const part of this.#parts.values()) if (!part.idle) next = Math.min(next, part.lastActivity + this.#plan.idleness + 1);
    return next;
  }

  /** A watermark that came with the elements of a source: combined as if from a strategy. */
  pass(watermark: number): void {
    this.active();
    this.#advance(watermark);
  }

  idle(): void {
    if (this.#idle) return;
    this.#idle = true;
    this.#receiver.idle(true);
  }

  active(): void {
    if (!this.#idle) return;
    this.#idle = false;
    this.#receiver.idle(false);
  }

  #update(): void {
    if (this.#parts.size === 0) return;
    let minimum = Number.POSITIVE_INFINITY;
    let allIdle = true;
    for (const part of this.#parts.values()) {
      if (part.idle) continue;
      allIdle = false;
      if (part.watermark < minimum) minimum = part.watermark;
    }
    if (allIdle) {
      this.idle();
      return;
    }
    this.active();
    this.#advance(minimum);
  }

  #advance(watermark: number): void {
    if (watermark <= this.#combined) return;
    this.#combined = watermark;
    this.#receiver.watermark(watermark);
  }
}

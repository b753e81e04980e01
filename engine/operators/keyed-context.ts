import { IllegalArgumentException } from '../api/errors.ts';
import { tagId } from '../api/output-tag.ts';
import type { TimeDomain } from '../api/process-functions.ts';
import type { Output } from '../runtime/operator.ts';
import { MAX_WATERMARK, timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import type { KeyedStateBackend } from '../state/keyed-backend.ts';
import { KeyedStateAccess, type KeyedStateStore } from '../state/keyed-state-access.ts';
import type { TimerTable } from '../state/timers.ts';
import { CurrentTime } from './process.ts';

/** The timers of the current key, and the current time. */
export class TimerService extends CurrentTime {
  readonly #backend: KeyedStateBackend;
  readonly #eventTime: TimerTable;
  readonly #processingTime: TimerTable;
  readonly #isBatch: boolean;
  constructor(
    clock: { readonly now: number },
    backend: KeyedStateBackend,
    eventTime: TimerTable,
    processingTime: TimerTable,
    isBatch = false,
  ) {
    super(clock);
    this.#isBatch = isBatch;
    this.#backend = backend;
    this.#eventTime = eventTime;
    this.#processingTime = processingTime;
  }
  /** In BATCH mode timers fire when there is nothing to come: one that they set themselves would never end, so Flink leaves it out. */
  get #isOver(): boolean {
    return this.#isBatch && this.watermark === MAX_WATERMARK;
  }
  registerEventTimeTimer(time: number): void {
    if (!this.#isOver) this.#eventTime.register(this.#backend.context.key, checkedTime(time));
  }
  deleteEventTimeTimer(time: number): void {
    this.#eventTime.delete(this.#backend.context.key, checkedTime(time));
  }
  registerProcessingTimeTimer(time: number): void {
    if (!this.#isOver) this.#processingTime.register(this.#backend.context.key, checkedTime(time));
  }
  deleteProcessingTimeTimer(time: number): void {
    this.#processingTime.delete(this.#backend.context.key, checkedTime(time));
  }
}

function checkedTime(time: unknown): number {
  if (typeof time === 'number' && !Number.isNaN(time)) return time;
  throw new IllegalArgumentException(`A timer needs a time in milliseconds, not ${String(time)}.`);
}

/** The context of `processElement` and `onTimer`: one object per operator, about what is being processed. */
export class KeyedContext extends KeyedStateAccess {
  /** ms of event time, or NaN. */
  current: number = Number.NaN;
  domain: TimeDomain = 'EVENT_TIME';
  readonly #timers: TimerService;
  readonly #backend: KeyedStateBackend;
  readonly #output: Output;
  constructor(timers: TimerService, backend: KeyedStateBackend, output: Output) {
    super();
    this.#timers = timers;
    this.#backend = backend;
    this.#output = output;
  }
  timestamp(): number | null {
    return timestampOrNull(this.current);
  }
  timerService(): TimerService {
    return this.#timers;
  }
  timeDomain(): TimeDomain {
    return this.domain;
  }
  getCurrentKey(): unknown {
    return this.#backend.context.key;
  }
  output(tag: unknown, value: unknown): void {
    this.#output.side(tagId(tag), value, timestampOrMin(this.current));
  }
  protected override keyedState(): KeyedStateStore {
    return this.#backend;
  }
}

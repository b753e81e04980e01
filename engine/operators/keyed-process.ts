import type { TimeDomain } from '../api/process-functions.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output } from '../runtime/operator.ts';
import { timestampOrMin, timestampOrNull } from '../runtime/timestamps.ts';
import { tagId } from '../api/output-tag.ts';
import { KeyedStateBackend } from '../state/keyed-backend.ts';
import { KeyedStateAccess, type KeyedStateStore } from '../state/keyed-state-access.ts';
import type { StateStore } from '../state/stored/state-store.ts';
import { StoredTimers } from '../state/stored/stored-timers.ts';
import { type TimerKind, Timers, type TimerTable } from '../state/timers.ts';
import { IllegalArgumentException } from '../api/errors.ts';
import { hasNullPart, keyError, keyReaderOf, nullKeyError } from './key-selection.ts';
import { lifecycleOf } from './lifecycle.ts';
import { CurrentTime } from './process.ts';
import { countingCollector, emitReturned } from './results.ts';

/** The timers of the current key, and the current time. */
class TimerService extends CurrentTime {
  readonly #backend: KeyedStateBackend;
  readonly #eventTime: TimerTable;
  readonly #processingTime: TimerTable;
  constructor(clock: { readonly now: number }, backend: KeyedStateBackend, eventTime: TimerTable, processingTime: TimerTable) {
    super(clock);
    this.#backend = backend;
    this.#eventTime = eventTime;
    this.#processingTime = processingTime;
  }
  registerEventTimeTimer(time: number): void {
    this.#eventTime.register(this.#backend.context.key, checkedTime(time));
  }
  deleteEventTimeTimer(time: number): void {
    this.#eventTime.delete(this.#backend.context.key, checkedTime(time));
  }
  registerProcessingTimeTimer(time: number): void {
    this.#processingTime.register(this.#backend.context.key, checkedTime(time));
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
class KeyedContext extends KeyedStateAccess {
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

/** Records of a key with keyed state, timers and side outputs. */
export function keyedProcessOperator(fn: UserFunction, keys: KeySelection): OperatorSpec {
  return {
    kind: 'keyedProcess',
    keepsState: true,
    config: describeSelection(keys),
    functions: [fn],
    create: (context, output) => new KeyedProcess(fn, keys, context, output).instance(),
  };
}

function createTimers(kind: TimerKind, { maxParallelism, memory }: OperatorContext, store: StateStore | null): TimerTable {
  return store === null ? new Timers(kind, maxParallelism, memory) : new StoredTimers(store, kind, maxParallelism);
}

class KeyedProcess {
  readonly #fn: UserFunction;
  readonly #keys: KeySelection;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #backend: KeyedStateBackend;
  readonly #eventTime: TimerTable;
  readonly #processingTime: TimerTable;
  readonly #service: TimerService;
  readonly #ctx: KeyedContext;
  readonly #out: ReturnType<typeof countingCollector>;
  readonly #keyOf: (record: unknown) => unknown;
  readonly #onTimer: ReturnType<typeof methodOf>;

  constructor(fn: UserFunction, keys: KeySelection, context: OperatorContext, output: Output) {
    this.#fn = fn;
    this.#keys = keys;
    this.#context = context;
    this.#output = output;
    const store = context.openStore();
    this.#backend = new KeyedStateBackend(context.maxParallelism, store, context.memory);
    this.#eventTime = createTimers('event-time timers', context, store);
    this.#processingTime = createTimers('processing-time timers', context, store);
    this.#service = new TimerService(context.clock, this.#backend, this.#eventTime, this.#processingTime);
    this.#ctx = new KeyedContext(this.#service, this.#backend, output);
    this.#out = countingCollector(context, output.collect);
    this.#keyOf = keyReaderOf(keys, context);
    this.#onTimer = fn.arrow ? null : methodOf(fn.target, 'onTimer');
    context.runtime.attachState(this.#backend);
  }

  instance(): OperatorInstance {
    return {
      ...lifecycleOf([this.#fn], this.#context),
      collect: (value, timestamp) => this.#collect(value, timestamp),
      // Timers fire with the new watermark as the current one, and before it goes on.
      watermark: (watermark) => {
        this.#fireOverdue();
        this.#service.watermark = watermark;
        this.#fire(this.#eventTime, watermark, 'EVENT_TIME');
        this.#output.watermark(watermark);
        this.#fireOverdue();
      },
      idle: this.#output.idle,
      // A processing-time timer T fires once the clock shows T + 1, as Flink's.
      advanceTime: (now) => this.#fire(this.#processingTime, now - 1, 'PROCESSING_TIME'),
      nextWakeUp: () => this.#processingTime.next + 1,
      writeState: (writer) => {
        this.#backend.writeState(writer);
        this.#eventTime.writeState(writer);
        this.#processingTime.writeState(writer);
      },
      capture: (full) => [...this.#backend.capture(full), this.#eventTime.capture(full), this.#processingTime.capture(full)],
      stateBytes: () => this.#backend.estimatedBytes + this.#eventTime.estimatedBytes + this.#processingTime.estimatedBytes,
      keyedState: (key, limit) => [
        ...this.#backend.views(key, limit),
        ...[this.#eventTime, this.#processingTime].flatMap((timers) => timers.view(key, limit) ?? []),
      ],
      restore: ({ keyed, watermark }) => {
        this.#service.watermark = watermark;
        for (const state of keyed) {
          if (state.kind === 'event-time timers') this.#eventTime.restore(state);
          else if (state.kind === 'processing-time timers') this.#processingTime.restore(state);
          else this.#backend.restore(state);
        }
      },
    };
  }

  #collect(value: unknown, timestamp: number): void {
    const { counters, ambient } = this.#context;
    this.#fireOverdue();
    counters.recordsIn++;
    let key: unknown;
    try {
      key = this.#keyOf(value);
    } catch (error) {
      this.#context.fail(error, value);
    }
    if (key === null || key === undefined || hasNullPart(key)) this.#context.fail(nullKeyError(this.#keys, value, key), value);
    const { windowStart, windowEnd, key: outerKey } = ambient;
    this.#enter(key, timestamp);
    this.#out.timestamp = timestamp;
    try {
      const returned = this.#fn.call(value, this.#ctx, this.#out);
      if (returned !== undefined) emitReturned(returned, this.#fn, this.#out, 'process');
    } catch (error) {
      this.#context.fail(keyError(error), value);
    }
    this.#backend.context.clear();
    ambient.set(windowStart, windowEnd, outerKey);
    this.#fireOverdue();
  }

  #enter(key: unknown, timestamp: number): void {
    this.#backend.context.set(key);
    this.#ctx.current = timestamp;
    this.#context.ambient.set(Number.NaN, Number.NaN, key);
  }

  /** A processing-time timer of the past fires at once: after the record or watermark that set it, or before the first one of a restored job. */
  #fireOverdue(): void {
    const { now } = this.#context.clock;
    if (this.#processingTime.next < now) this.#fire(this.#processingTime, now - 1, 'PROCESSING_TIME');
  }

  /** Everything due at `time`, also what `onTimer` registers meanwhile. */
  #fire(timers: TimerTable, time: number, domain: TimeDomain): void {
    if (timers.next > time) return;
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    for (let timer = timers.poll(time); timer !== null; timer = timers.poll(time)) {
      this.#enter(timer.key, timer.time);
      this.#context.trace?.enter(timer.key, null);
      this.#ctx.domain = domain;
      this.#out.timestamp = domain === 'EVENT_TIME' ? timer.time : Number.NaN;
      try {
        const returned = this.#onTimer?.(timer.time, this.#ctx, this.#out);
        if (returned !== undefined) emitReturned(returned, this.#fn, this.#out, 'onTimer');
      } catch (error) {
        this.#context.fail(keyError(error), undefined);
      }
    }
    this.#backend.context.clear();
    ambient.set(windowStart, windowEnd, outerKey);
  }
}

import type { StateDescriptor } from '../api/state-descriptors.ts';
import type { TimeDomain } from '../api/process-functions.ts';
import { methodOf, type UserFunction } from '../api/user-function.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { Collect, OperatorContext, OperatorInstance, Output } from '../runtime/operator.ts';
import { createTimers } from '../state/create-timers.ts';
import { KeyedStateBackend } from '../state/keyed-backend.ts';
import type { TimerTable } from '../state/timers.ts';
import { type KeyedContext, TimerService } from './keyed-context.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from './key-selection.ts';
import { lifecycleOf } from './lifecycle.ts';
import type { ElementContext } from './process.ts';
import { countingCollector, type ElementCall, emitReturned, type TimestampedCollector } from './results.ts';

/** What tells one kind of keyed operator from another. */
export interface KeyedWork<Ctx extends KeyedContext> {
  /** The context that user code gets. */
  contextOf(timers: TimerService, backend: KeyedStateBackend): Ctx;
  /** For each timer that is due, with its key as the current one; null = nobody registers any. */
  readonly onTimer: ElementCall | null;
}

/** `onTimer` of a user function, if it has one. */
export function userTimers(fn: UserFunction): ElementCall | null {
  return fn.arrow ? null : methodOf(fn.target, 'onTimer');
}

/** What keyed operators have in common, with one input or two: keyed state, timers of both kinds, and a user function that is called with a current key. */
export class KeyedOperator<Ctx extends KeyedContext> {
  readonly backend: KeyedStateBackend;
  readonly ctx: Ctx;
  readonly timers: TimerService;
  /** Emits with the timestamp of the record or timer under way. */
  readonly out: TimestampedCollector;
  readonly #fn: UserFunction;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #eventTime: TimerTable;
  readonly #processingTime: TimerTable;
  readonly #onTimer: ElementCall | null;

  constructor(fn: UserFunction, context: OperatorContext, output: Output, work: KeyedWork<Ctx>) {
    this.#fn = fn;
    this.#context = context;
    this.#output = output;
    const store = context.openStore();
    this.backend = new KeyedStateBackend(context.maxParallelism, store, context.memory, context.clock, context.onTypeChange);
    this.#eventTime = createTimers('event-time timers', context, store);
    this.#processingTime = createTimers('processing-time timers', context, store);
    this.timers = new TimerService(context.clock, this.backend, this.#eventTime, this.#processingTime, context.batch);
    this.ctx = work.contextOf(this.timers, this.backend);
    this.out = countingCollector(context, output.collect);
    this.#onTimer = work.onTimer;
    context.runtime.attachState(this.backend);
  }

  /** Takes the records of one input: calls `call` for each, with its key as the current one. `what`: the call in messages. */
  input(keys: KeySelection, call: ElementCall, what: string): Collect {
    const keyOf = keyReaderOf(keys, this.#context);
    const { counters, ambient } = this.#context;
    const { ctx, out, backend } = this;
    return (value, timestamp) => {
      this.#fireOverdue();
      counters.recordsIn++;
      let key: unknown;
      try {
        key = keyOf(value);
      } catch (error) {
        this.#context.fail(error, value);
      }
      if (isMissingKey(key)) this.#context.fail(nullKeyError(keys, value, key), value);
      const { windowStart, windowEnd, key: outerKey } = ambient;
      this.#enter(key, timestamp);
      out.timestamp = timestamp;
      try {
        const returned = call(value, ctx, out);
        if (returned !== undefined) emitReturned(returned, this.#fn, out, what);
      } catch (error) {
        this.#context.fail(keyError(error), value);
      }
      backend.context.clear();
      ambient.set(windowStart, windowEnd, outerKey);
      this.#fireOverdue();
    };
  }

  /** Takes the records of an input that has no keys. Keyed state can only be reached key by key, by `forEachKey`. */
  inputWithoutKey(call: ElementCall, what: string, ctx: ElementContext): Collect {
    const { counters } = this.#context;
    const { out } = this;
    return (value, timestamp) => {
      this.#fireOverdue();
      counters.recordsIn++;
      ctx.current = timestamp;
      out.timestamp = timestamp;
      try {
        const returned = call(value, ctx, out);
        if (returned !== undefined) emitReturned(returned, this.#fn, out, what);
      } catch (error) {
        this.#context.fail(keyError(error), value);
      }
    };
  }

  /** Calls `visit` for every key that has the state, in their canonical order and with each as the current one. There must not be one yet. */
  forEachKey<S>(descriptor: StateDescriptor<S>, visit: (key: unknown, state: S) => void): void {
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    try {
      this.backend.forEachKey(descriptor, (key, state) => {
        ambient.set(Number.NaN, Number.NaN, key);
        visit(key, state);
      });
    } finally {
      ambient.set(windowStart, windowEnd, outerKey);
    }
  }

  /** All of an instance but its inputs. */
  instance(): Omit<OperatorInstance, 'collect'> {
    return {
      ...lifecycleOf([this.#fn], this.#context),
      // Timers fire with the new watermark as the current one, and before it goes on.
      watermark: (watermark) => {
        this.#fireOverdue();
        this.timers.watermark = watermark;
        this.#fire(this.#eventTime, watermark, 'EVENT_TIME');
        this.#output.watermark(watermark);
        this.#fireOverdue();
      },
      idle: this.#output.idle,
      // A processing-time timer T fires once the clock shows T + 1, as Flink's.
      advanceTime: (now) => this.#fire(this.#processingTime, now - 1, 'PROCESSING_TIME'),
      nextWakeUp: () => this.#processingTime.next + 1,
      writeState: (writer) => {
        this.backend.writeState(writer);
        this.#eventTime.writeState(writer);
        this.#processingTime.writeState(writer);
      },
      capture: (full) => [...this.backend.capture(full), this.#eventTime.capture(full), this.#processingTime.capture(full)],
      stateBytes: () => this.backend.estimatedBytes + this.#eventTime.estimatedBytes + this.#processingTime.estimatedBytes,
      keyedState: (key, limit) => [
        ...this.backend.views(key, limit),
        ...[this.#eventTime, this.#processingTime].flatMap((timers) => timers.view(key, limit) ?? []),
      ],
      restore: ({ keyed, watermark }) => {
        this.timers.watermark = watermark;
        for (const state of keyed) {
          if (state.kind === 'event-time timers') this.#eventTime.restore(state);
          else if (state.kind === 'processing-time timers') this.#processingTime.restore(state);
          else this.backend.restore(state);
        }
      },
    };
  }

  #enter(key: unknown, timestamp: number): void {
    this.backend.context.set(key);
    this.ctx.current = timestamp;
    this.#context.ambient.set(Number.NaN, Number.NaN, key);
  }

  /** A processing-time timer of the past fires at once: after the record or watermark that set it, or before the first one of a restored job. */
  #fireOverdue(): void {
    // In BATCH mode nothing fires before the end.
    if (this.#context.batch === true) return;
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
      this.ctx.domain = domain;
      this.out.timestamp = domain === 'EVENT_TIME' ? timer.time : Number.NaN;
      try {
        const returned = this.#onTimer?.(timer.time, this.ctx, this.out);
        if (returned !== undefined) emitReturned(returned, this.#fn, this.out, 'onTimer');
      } catch (error) {
        this.#context.fail(keyError(error), undefined);
      }
    }
    this.backend.context.clear();
    ambient.set(windowStart, windowEnd, outerKey);
  }
}

import { RuntimeException } from '../api/errors.ts';
import { type AlignedWindows, noTimestamp } from '../api/window-assigner.ts';
import { windowStart } from '../api/windows.ts';
import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { OpenWindow } from '../runtime/job.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output, SubtaskRestore } from '../runtime/operator.ts';
import { hasTimestamp, MIN_TIMESTAMP } from '../runtime/timestamps.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { decodeEntryKey } from '../state/entry-codec.ts';
import { freeAccount } from '../state/state-memory.ts';
import type { WindowAggregation } from './aggregations/window-aggregation.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from './key-selection.ts';
import { takeLate } from './late-records.ts';
import { lifecycleOf } from './lifecycle.ts';
import { TimeQueue } from '../state/time-queue.ts';
import { HeapWindows } from './heap-windows.ts';
import { StoredWindows } from './stored-windows.ts';
import { WINDOW_STATE } from './window-capture.ts';
import { type WindowEmitter, windowEmitter } from './window-function.ts';
import { StaggeredOffset } from './windowing/staggered-offset.ts';
import { WindowStates } from './windowing/window-states.ts';
import { describeWindows, shownWindows, windowFunctions, type WindowSettings } from './window-settings.ts';
import type { WindowPage, WindowTable, WindowTables } from './window-tables.ts';

/** Everything about a window operator with the default trigger of its assigner. */
export interface WindowSpec extends WindowSettings {
  readonly windows: AlignedWindows;
}

/** A window operator over aligned windows; ghosts need its aggregation. */
export interface WindowOperatorSpec extends OperatorSpec {
  readonly aggregation: WindowAggregation;
}

export function windowOperator(spec: WindowSpec): WindowOperatorSpec {
  const { windows, aggregation } = spec;
  return {
    kind: 'window',
    keepsState: true,
    config: describeWindows(spec, windows),
    functions: windowFunctions(spec),
    aggregation,
    create: (context, output) => {
      const store = context.openStore();
      const states = new WindowStates(context, store);
      return store === null
        ? new WindowOperator(spec, new HeapWindows(aggregation, context.maxParallelism, context.memory), states, context, output).instance()
        : new WindowOperator(spec, new StoredWindows(store, aggregation, context.maxParallelism), states, context, output).instance();
    },
  };
}

function isWindowOperator(spec: OperatorSpec): spec is WindowOperatorSpec {
  return spec.kind === 'window' && 'aggregation' in spec;
}

function otherWindows(size: number, start = Number.NaN, end = Number.NaN): RuntimeException {
  return new RuntimeException(
    `The checkpoint holds a window from ${start} to ${end}, but the windows are ${size} ms long now.`,
    'Start fresh, or set the windows back to what they were.',
  );
}

/**
 * Windows of all keys, each a table of its own. As every key of an aligned window has the same timers, the window itself is the
 * bucket of its timers: one entry in a queue per window, for firing and then for clean-up.
 */
class WindowOperator<Table extends WindowTable> {
  readonly #spec: WindowSpec;
  readonly #tables: WindowTables<Table>;
  readonly #states: WindowStates;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #emitter: WindowEmitter;
  readonly #keyOf: (record: unknown) => unknown;
  readonly #eventTime: boolean;
  readonly #lateness: number;
  readonly #size: number;
  readonly #slide: number;
  readonly #offset: StaggeredOffset;
  readonly #open = new Map<number, Table>();
  readonly #queue = new TimeQueue();
  #watermark = MIN_TIMESTAMP;
  #current: Table | null = null;
  #currentStart = Number.NaN;
  #currentEnd = Number.NaN;
  #expectedRows = 0;

  constructor(spec: WindowSpec, tables: WindowTables<Table>, states: WindowStates, context: OperatorContext, output: Output) {
    const { windows } = spec;
    this.#spec = spec;
    this.#tables = tables;
    this.#states = states;
    this.#context = context;
    this.#output = output;
    this.#emitter = windowEmitter(spec.windowFunction, spec.aggregation.listed, context, output, states);
    context.runtime.attachState(states.global);
    this.#keyOf = keyReaderOf(spec.keys, context);
    this.#eventTime = windows.eventTime;
    this.#lateness = windows.eventTime ? spec.allowedLateness : 0;
    this.#size = windows.size;
    this.#slide = windows.slide;
    this.#offset = new StaggeredOffset(windows, context);
    context.memory.onWalk((visit) => {
      for (const window of this.#open.values()) window.walk(visit);
    });
  }

  instance(): OperatorInstance {
    const { counters } = this.#context;
    return {
      ...lifecycleOf(windowFunctions(this.#spec), this.#context),
      collect: (value, timestamp) => {
        counters.recordsIn++;
        this.#process(value, timestamp);
      },
      watermark: (watermark) => {
        this.#watermark = watermark;
        if (this.#eventTime && watermark >= this.#queue.next) this.#advance(watermark);
        this.#output.watermark(watermark);
      },
      idle: this.#output.idle,
      advanceTime: (now) => {
        // A processing-time timer T fires once the clock shows T + 1.
        if (!this.#eventTime) this.#advance(now - 1);
      },
      nextWakeUp: () => (this.#eventTime ? Number.POSITIVE_INFINITY : this.#queue.next + 1),
      writeState: (writer) => this.#writeState(writer),
      capture: (full) => [this.#tables.capture(this.#sorted(), full), ...this.#states.capture(full)],
      stateBytes: () => this.#tables.estimatedBytes(this.#open.values()) + this.#states.estimatedBytes,
      operatorState: () => this.#offset.operatorState(),
      restore: (state) => this.#restore(state),
      openWindows: (limit, fresh) => this.#openWindows(limit, fresh),
      keyedState: (key, limit) => [...this.#keyedState(key), ...this.#states.views(key, limit)],
    };
  }

  #process(value: unknown, timestamp: number): void {
    try {
      const key = this.#keyOf(value);
      if (isMissingKey(key)) throw nullKeyError(this.#spec.keys, value, key);
      if (timestamp > this.#watermark && timestamp >= this.#currentStart && timestamp < this.#currentEnd && this.#current) {
        this.#current.add(key, value);
        return;
      }
      if (!this.#eventTime) this.#assign(key, value, this.#context.clock.now, false);
      else if (hasTimestamp(timestamp) && timestamp !== MIN_TIMESTAMP) this.#assign(key, value, timestamp, timestamp <= this.#watermark);
      else throw noTimestamp();
    } catch (error) {
      this.#context.fail(keyError(error), value);
    }
  }

  /** Newest window first, as Flink's sliding assigner. */
  #assign(key: unknown, value: unknown, time: number, behind: boolean): void {
    const size = this.#size;
    const offset = this.#offset.fixed();
    let assigned = false;
    for (let start = windowStart(time, offset, this.#slide); start > time - size; start -= this.#slide) {
      if (behind && this.#isLate(start + size - 1)) continue;
      assigned = true;
      const window = this.#open.get(start) ?? this.#openWindow(start);
      const row = window.add(key, value);
      if (behind && window.maxTimestamp <= this.#watermark) this.#fireLate(window, row);
      else if (size === this.#slide && this.#eventTime) this.#makeCurrent(window);
    }
    if (behind) this.#behind(key, value, time, assigned);
  }

  #isLate(maxTimestamp: number): boolean {
    return maxTimestamp + this.#lateness <= this.#watermark;
  }

  #behind(key: unknown, value: unknown, timestamp: number, counted: boolean): void {
    const record = { timestamp, watermark: this.#watermark, key, value, counted };
    takeLate(record, this.#lateness, this.#spec.lateTag, this.#context, this.#output);
  }

  #openWindow(start: number): Table {
    const window = this.#tables.open(start, start + this.#size, this.#expectedRows);
    this.#open.set(start, window);
    const fired = this.#eventTime && window.maxTimestamp <= this.#watermark;
    this.#queue.push(fired ? window.maxTimestamp + this.#lateness : window.maxTimestamp, start);
    return window;
  }

  #makeCurrent(window: Table): void {
    this.#current = window;
    this.#currentStart = window.start;
    this.#currentEnd = window.end;
  }

  /** Fires and cleans up what is due at `time`, in order of time. */
  #advance(time: number): void {
    const { ambient } = this.#context;
    const { windowStart: outerStart, windowEnd: outerEnd, key: outerKey } = ambient;
    while (this.#queue.size > 0 && this.#queue.next <= time) {
      const due = this.#queue.next;
      const window = this.#open.get(this.#queue.pop());
      if (!window) continue;
      if (due === window.maxTimestamp) this.#fire(window);
      if (due === window.maxTimestamp && this.#lateness > 0) this.#queue.push(window.maxTimestamp + this.#lateness, window.start);
      else this.#drop(window, due);
    }
    this.#states.leave();
    ambient.set(outerStart, outerEnd, outerKey);
  }

  #fire(window: Table): void {
    this.#expectedRows = window.expectedRows;
    const clears = this.#lateness === 0 ? this.#emitter.clear : null;
    for (const page of window.pages()) {
      for (const row of page.rows()) {
        this.#fireRow(window, page, row);
        clears?.(page.keyOf(row), window.start, window.end, this.#watermark);
      }
    }
  }

  /** A record within the allowed lateness fires its window again, with the updated full result. */
  #fireLate(window: Table, row: number): void {
    const { ambient } = this.#context;
    const { windowStart: outerStart, windowEnd: outerEnd, key: outerKey } = ambient;
    this.#fireRow(window, window, row);
    this.#states.leave();
    ambient.set(outerStart, outerEnd, outerKey);
  }

  #fireRow(window: Table, page: Pick<WindowPage, 'keyOf' | 'result'>, row: number): void {
    const key = page.keyOf(row);
    this.#context.trace?.enter(key, window);
    let contents: unknown;
    try {
      contents = page.result(row, key);
    } catch (error) {
      this.#context.fail(error, undefined);
    }
    this.#emitter.emit(this.#spec.keys.kind === 'all' ? undefined : key, window.start, window.end, contents, this.#watermark);
  }

  #drop(window: Table, due: number): void {
    if (due !== window.maxTimestamp && this.#emitter.clear) {
      for (const page of window.pages()) {
        for (const row of page.rows()) this.#emitter.clear(page.keyOf(row), window.start, window.end, this.#watermark);
      }
    }
    this.#open.delete(window.start);
    this.#tables.drop(window);
    if (this.#current === window) {
      this.#current = null;
      this.#currentStart = Number.NaN;
    }
  }

  #writeState(writer: ByteWriter): void {
    writer.float64(this.#watermark);
    writer.float64(this.#offset.value);
    const windows = this.#sorted();
    writer.uint32(windows.length);
    for (const window of windows) window.writeState(writer, this.#context.maxParallelism);
    this.#states.writeState(writer);
  }

  #sorted(): readonly Table[] {
    return [...this.#open.values()].sort((a, b) => a.start - b.start);
  }

  #restore({ keyed, operator, watermark }: SubtaskRestore): void {
    this.#watermark = watermark;
    this.#offset.restore(operator);
    for (const state of keyed) if (state.name !== WINDOW_STATE) this.#states.restore(state);
    for (const [key, value] of keyed.find(({ name }) => name === WINDOW_STATE)?.entries ?? []) {
      const entry = decodeEntryKey(key);
      const [start, end] = Array.isArray(entry.namespace) ? entry.namespace.map(Number) : [];
      if (start === undefined || end !== start + this.#size) throw otherWindows(this.#spec.windows.size, start, end);
      const window = this.#open.get(start) ?? this.#openWindow(start);
      this.#tables.restore(window, entry, value);
    }
  }

  #keyedState(key: unknown): readonly KeyedStateView[] {
    return this.#sorted().flatMap((window) => window.view(key));
  }

  #openWindows(limit: number, fresh: OperatorSpec): readonly OpenWindow[] {
    const accumulators = isWindowOperator(fresh) && !this.#spec.windowFunction ? fresh.aggregation.create(0, freeAccount()) : null;
    const found: OpenWindow[] = [];
    const windows = [...this.#open.values()].filter((window) => !this.#eventTime || window.maxTimestamp > this.#watermark);
    for (const window of windows.sort((a, b) => a.start - b.start)) {
      if (found.length >= limit) break;
      found.push(...window.ghosts(limit - found.length, accumulators));
    }
    return shownWindows(this.#spec, found);
  }
}

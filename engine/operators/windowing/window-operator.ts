import { AlignedWindowAssigner, isMerging, type WindowAssigner } from '../../api/window-assigner.ts';
import type { Evictor } from '../../api/evictor.ts';
import { graphDataOf } from '../../api/graph-data.ts';
import type { MetricGroup } from '../../api/metric-group.ts';
import type { RuntimeContext } from '../../api/runtime-context.ts';
import { isFire, isPurge, type Trigger, type TriggerResult } from '../../api/trigger.ts';
import { EndOfStreamTrigger } from '../../api/triggers/end-of-stream.ts';
import type { Window } from '../../api/windows.ts';
import type { OpenWindow } from '../../runtime/job.ts';
import type { OperatorContext, OperatorInstance, OperatorSpec, Output, SubtaskRestore } from '../../runtime/operator.ts';
import { MAX_WATERMARK, timestampOrMin } from '../../runtime/timestamps.ts';
import { keyGroupOf } from '../../state/key-groups.ts';
import type { Namespace } from '../../state/namespace.ts';
import type { ContentsFold } from '../aggregations/contents-fold.ts';
import { isMissingKey, keyError, keyReaderOf, nullKeyError } from '../key-selection.ts';
import { takeLate } from '../late-records.ts';
import { lifecycleOf } from '../lifecycle.ts';
import { CurrentTime } from '../process.ts';
import { WINDOW_STATE } from '../window-capture.ts';
import { type WindowEmitter, windowEmitter } from '../window-function.ts';
import { describeWindows, shownWindows, windowFunctions, type WindowSettings } from '../window-settings.ts';
import { ContentsState } from './contents-state.ts';
import { timestampedFold, WindowEviction } from './eviction.ts';
import { openWindowsOf } from './ghosts.ts';
import { cannotMerge } from './merge-errors.ts';
import { type Merge, MergingWindows } from './merging-set.ts';
import { StaggeredOffset } from './staggered-offset.ts';
import { heapTables, storedTables, type WindowOperatorTables } from './tables.ts';
import { TriggerCalls } from './trigger-calls.ts';
import { namespaceOfWindow, windowOfNamespace } from './window-namespace.ts';
import { MERGING_STATE } from './window-states.ts';

/** Everything about a window operator of any kind. */
export interface AnyWindowSpec extends WindowSettings {
  readonly assigner: WindowAssigner<unknown, Window>;
  readonly trigger: Trigger<unknown, Window>;
  readonly evictor: Evictor<unknown, Window> | null;
}

/** The operator; ghosts need its aggregation. */
export interface AnyWindowOperatorSpec extends OperatorSpec {
  readonly window: AnyWindowSpec;
}

/** Any assigner with any trigger and evictor (Flink's WindowOperator and EvictingWindowOperator); `windowOperator` is faster for what it can do. */
export function anyWindowOperator(spec: AnyWindowSpec): AnyWindowOperatorSpec {
  const { assigner, trigger, evictor } = spec;
  const parts = [assigner, trigger, ...(evictor ? [evictor] : [])].map(graphDataOf);
  return {
    kind: 'triggeredWindow',
    keepsState: true,
    config: describeWindows(
      spec,
      parts.map(({ data }) => data),
    ),
    functions: [...windowFunctions(spec), ...parts.flatMap(({ functions }) => functions)],
    window: spec,
    create: (context, output) => {
      const store = context.openStore();
      return store === null
        ? new AnyWindowOperator(spec, heapTables(context), context, output).instance()
        : new AnyWindowOperator(spec, storedTables(store, context), context, output).instance();
    },
  };
}

function isAnyWindowOperator(spec: OperatorSpec): spec is AnyWindowOperatorSpec {
  return spec.kind === 'triggeredWindow' && 'window' in spec;
}

class AnyWindowOperator<Slot> {
  readonly #spec: AnyWindowSpec;
  readonly #context: OperatorContext;
  readonly #output: Output;
  readonly #tables: WindowOperatorTables<Slot>;
  readonly #contents: ContentsState<Slot>;
  readonly #fold: ContentsFold;
  readonly #merging: MergingWindows<Slot> | null;
  readonly #eviction: WindowEviction | null;
  readonly #emitter: WindowEmitter;
  readonly #trigger: TriggerCalls;
  readonly #time: WindowClock;
  readonly #offset: StaggeredOffset | null;
  readonly #keyOf: (record: unknown) => unknown;
  readonly #eventTime: boolean;
  readonly #lateness: number;
  /** It gives nothing before the end of the input. */
  readonly #atEnd: boolean;

  constructor(spec: AnyWindowSpec, tables: WindowOperatorTables<Slot>, context: OperatorContext, output: Output) {
    const { assigner, aggregation, trigger } = spec;
    const { states, timers } = tables;
    this.#spec = spec;
    this.#context = context;
    this.#output = output;
    this.#tables = tables;
    this.#atEnd = trigger instanceof EndOfStreamTrigger;
    this.#eviction = spec.evictor !== null || this.#atEnd ? new WindowEviction(spec.evictor, aggregation, this.#atEnd) : null;
    this.#fold = this.#eviction === null ? aggregation.contents : timestampedFold;
    this.#contents = new ContentsState(tables.contents, tables.scope, states.context, this.#fold);
    this.#time = new WindowClock(context);
    this.#trigger = new TriggerCalls(trigger, states, timers, this.#time);
    this.#merging = isMerging(assigner) ? new MergingWindows(tables.merging, states.context, assigner) : null;
    this.#emitter = windowEmitter(spec.windowFunction, aggregation.listed, context, output, states);
    this.#offset = assigner instanceof AlignedWindowAssigner ? new StaggeredOffset(assigner.windows, context) : null;
    this.#keyOf = keyReaderOf(spec.keys, context);
    this.#eventTime = assigner.isEventTime();
    this.#lateness = this.#eventTime ? spec.allowedLateness : 0;
    context.runtime.attachState(states.global);
  }

  instance(): OperatorInstance {
    const { states, timers, contents, merging } = this.#tables;
    const kept = [contents, ...(this.#merging ? [merging] : []), timers.eventTime, timers.processingTime];
    return {
      ...lifecycleOf(windowFunctions(this.#spec), this.#context),
      collect: (value, timestamp) => this.#collect(value, timestamp),
      watermark: (watermark) => this.#watermark(watermark),
      idle: this.#output.idle,
      // A processing-time timer T fires once the clock shows T + 1, as Flink's.
      advanceTime: (now) => this.#fire(false, now - 1),
      nextWakeUp: () => timers.processingTime.next + 1,
      writeState: (writer) => {
        writer.float64(this.#time.watermark);
        writer.float64(this.#offset?.value ?? 0);
        for (const state of kept) state.writeState(writer);
        states.writeState(writer);
      },
      capture: (full) => [...kept.map((state) => state.capture(full)), ...states.capture(full)],
      stateBytes: () => kept.reduce((sum, state) => sum + state.estimatedBytes, states.estimatedBytes),
      operatorState: () => this.#offset?.operatorState() ?? [],
      restore: (state) => this.#restore(state),
      openWindows: (limit, fresh) => this.#openWindows(limit, fresh),
      keyedState: (key, limit) => {
        const keyGroup = keyGroupOf(key, this.#context.maxParallelism);
        return [
          ...this.#contents.views(keyGroup, key).map((view) => ({ ...view, window: this.#actualWindow(keyGroup, key, view.window) })),
          ...states.views(key, limit),
          ...[timers.eventTime, timers.processingTime].flatMap((table) => table.view(key, limit) ?? []),
        ];
      },
    };
  }

  #watermark(watermark: number): void {
    this.#fireOverdue();
    this.#time.watermark = watermark;
    this.#fire(true, watermark);
    if (!this.#atEnd || watermark === MAX_WATERMARK) this.#output.watermark(watermark);
    this.#fireOverdue();
  }

  #collect(value: unknown, timestamp: number): void {
    const { counters, ambient } = this.#context;
    this.#fireOverdue();
    counters.recordsIn++;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    try {
      const key = this.#keyOf(value);
      if (isMissingKey(key)) throw nullKeyError(this.#spec.keys, value, key);
      this.#tables.states.context.set(key);
      const time = timestampOrMin(timestamp);
      const isTaken = this.#assign(key, value, timestamp);
      if (this.#eventTime && time <= this.#time.watermark) this.#behind(key, value, time, isTaken);
    } catch (error) {
      this.#context.fail(keyError(error), value);
    }
    this.#tables.states.leave();
    ambient.set(windowStart, windowEnd, outerKey);
    this.#fireOverdue();
  }

  /** Gives whether the record is in a window now. */
  #assign(key: unknown, value: unknown, timestamp: number): boolean {
    const time = timestampOrMin(timestamp);
    let isTaken = false;
    for (const assigned of this.#windowsOf(value, time)) {
      const window = this.#merging === null ? assigned : this.#merging.add(assigned, (merge) => this.#merge(merge));
      const namespace = namespaceOfWindow(window);
      if (this.#isLate(window)) {
        this.#merging?.retire(namespace);
        continue;
      }
      isTaken = true;
      const stateNamespace = this.#merging === null ? namespace : (this.#merging.stateOf(namespace) ?? namespace);
      this.#contents.add(
        stateNamespace,
        this.#eviction === null ? value : { timestamp: Number.isNaN(timestamp) ? null : timestamp, value },
      );
      this.#tables.states.enter(key, namespace);
      this.#act(this.#trigger.onElement(value, time, window), key, namespace, stateNamespace);
      this.#registerCleanup(window, namespace);
    }
    return isTaken;
  }

  #windowsOf(value: unknown, time: number): Iterable<Window> {
    const { assigner } = this.#spec;
    const { now } = this.#context.clock;
    return this.#offset !== null && assigner instanceof AlignedWindowAssigner
      ? assigner.windowsAt(time, now, this.#offset.fixed())
      : assigner.assignWindows(value, time, this.#time);
  }

  #merge({ result, merged, stateResult, mergedStates }: Merge): void {
    const { states, timers } = this.#tables;
    const { key } = states.context;
    if (this.#eventTime ? this.#isLate(result) : result.maxTimestamp() <= this.#time.now) {
      throw cannotMerge(result, key, this.#eventTime ? this.#time.watermark : null, this.#time.now);
    }
    states.enter(key, namespaceOfWindow(result));
    this.#trigger.onMerge(result, merged);
    for (const namespace of merged) {
      const window = windowOfNamespace(namespace);
      states.enter(key, namespace);
      this.#trigger.clear(window);
      (this.#eventTime ? timers.eventTime : timers.processingTime).delete(key, this.#cleanupTime(window), namespace);
    }
    this.#contents.merge(stateResult, mergedStates);
  }

  /** Infinity: never. */
  #cleanupTime(window: Window): number {
    return window.maxTimestamp() + this.#lateness;
  }

  #isLate(window: Window): boolean {
    return this.#eventTime && this.#cleanupTime(window) <= this.#time.watermark;
  }

  #registerCleanup(window: Window, namespace: Namespace): void {
    const time = this.#cleanupTime(window);
    if (time === Number.POSITIVE_INFINITY) return;
    const { states, timers } = this.#tables;
    (this.#eventTime ? timers.eventTime : timers.processingTime).register(states.context.key, time, namespace);
  }

  #behind(key: unknown, value: unknown, timestamp: number, counted: boolean): void {
    const record = { timestamp, watermark: this.#time.watermark, key, value, counted };
    takeLate(record, this.#lateness, this.#spec.lateTag, this.#context, this.#output);
  }

  /** Does what the trigger wants. */
  #act(result: TriggerResult, key: unknown, namespace: Namespace, stateNamespace: Namespace): void {
    if (isFire(result)) this.#emit(key, namespace, stateNamespace);
    if (isPurge(result)) this.#contents.clear(stateNamespace);
  }

  /** An empty window gives nothing. */
  #emit(key: unknown, namespace: Namespace, stateNamespace: Namespace): void {
    const contents = this.#contents.read(stateNamespace);
    if (contents === undefined) return;
    const [start, end] = namespace;
    const shownKey = this.#spec.keys.kind === 'all' ? undefined : key;
    const { watermark } = this.#time;
    this.#context.trace?.enter(key, { start, end });
    if (this.#eviction === null) {
      this.#emitter.emit(shownKey, start, end, this.#fold.result(contents, key), watermark);
      return;
    }
    const eviction = this.#eviction.begin(contents, key, windowOfNamespace(namespace), this.#time);
    if (eviction.result !== undefined) this.#emitter.emit(shownKey, start, end, eviction.result, watermark);
    const left = eviction.end();
    this.#tables.states.enter(key, namespace);
    if (left.length === 0) this.#contents.clear(stateNamespace);
    else this.#contents.write(stateNamespace, left);
  }

  /** A processing-time timer of the past fires at once: after the record or watermark that set it, or before the first one of a restored job. */
  #fireOverdue(): void {
    const { now } = this.#context.clock;
    if (this.#tables.timers.processingTime.next < now) this.#fire(false, now - 1);
  }

  /** Everything due at `time`, also what triggers register meanwhile. */
  #fire(eventTime: boolean, time: number): void {
    const { timers, states } = this.#tables;
    const table = eventTime ? timers.eventTime : timers.processingTime;
    if (table.next > time) return;
    const { ambient } = this.#context;
    const { windowStart, windowEnd, key: outerKey } = ambient;
    for (let timer = table.poll(time); timer !== null; timer = table.poll(time)) {
      if (timer.namespace === undefined) continue;
      try {
        this.#onTimer(eventTime, timer.key, timer.namespace, timer.time);
      } catch (error) {
        this.#context.fail(keyError(error), undefined);
      }
    }
    states.leave();
    ambient.set(windowStart, windowEnd, outerKey);
  }

  #onTimer(eventTime: boolean, key: unknown, namespace: Namespace, time: number): void {
    this.#tables.states.enter(key, namespace);
    const stateNamespace = this.#merging === null ? namespace : this.#merging.stateOf(namespace);
    // A window that has merged away; its trigger left a timer behind.
    if (stateNamespace === undefined) return;
    const window = windowOfNamespace(namespace);
    const result = eventTime ? this.#trigger.onEventTime(time, window) : this.#trigger.onProcessingTime(time, window);
    this.#act(result, key, namespace, stateNamespace);
    if (eventTime === this.#eventTime && time === this.#cleanupTime(window)) this.#drop(key, window, namespace, stateNamespace);
  }

  #drop(key: unknown, window: Window, namespace: Namespace, stateNamespace: Namespace): void {
    const { states } = this.#tables;
    states.enter(key, namespace);
    this.#contents.clear(stateNamespace);
    this.#trigger.clear(window);
    this.#emitter.clear?.(key, namespace[0], namespace[1], this.#time.watermark);
    states.enter(key, namespace);
    this.#merging?.retire(namespace);
  }

  #restore({ keyed, operator, watermark }: SubtaskRestore): void {
    const { states, timers, contents, merging } = this.#tables;
    this.#time.watermark = watermark;
    this.#offset?.restore(operator);
    for (const state of keyed) {
      if (state.name === WINDOW_STATE) contents.restore(state);
      else if (state.name === MERGING_STATE) merging.restore(state);
      else if (state.kind === 'event-time timers') timers.eventTime.restore(state);
      else if (state.kind === 'processing-time timers') timers.processingTime.restore(state);
      else states.restore(state);
    }
  }

  #actualWindow(keyGroup: number, key: unknown, state: KeyedWindow | undefined): KeyedWindow {
    const { start, end } = state ?? { start: Number.NaN, end: Number.NaN };
    const [actualStart, actualEnd] = this.#merging?.windowOf(keyGroup, key, [start, end]) ?? [start, end];
    return { start: actualStart, end: actualEnd };
  }

  #openWindows(limit: number, fresh: OperatorSpec): readonly OpenWindow[] {
    const freshFold =
      isAnyWindowOperator(fresh) && this.#eviction === null && !this.#spec.windowFunction && !this.#spec.aggregation.listed
        ? fresh.window.aggregation.contents
        : null;
    const found = openWindowsOf(this.#tables.contents, this.#fold, limit, freshFold, (keyGroup, key, state) => {
      const window = this.#actualWindow(keyGroup, key, state);
      return this.#eventTime && window.end - 1 <= this.#time.watermark ? null : window;
    });
    return shownWindows(this.#spec, found);
  }
}

interface KeyedWindow {
  readonly start: number;
  readonly end: number;
}

/** The current time, for assigners, triggers and evictors, and where the last two count. */
class WindowClock extends CurrentTime {
  readonly #now: { readonly now: number };
  readonly #runtime: RuntimeContext;
  constructor({ clock, runtime }: Pick<OperatorContext, 'clock' | 'runtime'>) {
    super(clock);
    this.#now = clock;
    this.#runtime = runtime;
  }
  getMetricGroup(): MetricGroup {
    return this.#runtime.getMetricGroup();
  }
  get now(): number {
    return this.#now.now;
  }
  getCurrentProcessingTime(): number {
    return this.#now.now;
  }
  getCurrentWatermark(): number {
    return this.watermark;
  }
}

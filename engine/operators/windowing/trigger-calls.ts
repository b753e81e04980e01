import { IllegalArgumentException, RuntimeException } from '../../api/errors.ts';
import { AppendingStateDescriptor, ListStateDescriptor, type StateDescriptor } from '../../api/state-descriptors.ts';
import type { MetricGroup } from '../../api/metric-group.ts';
import { type OnMergeContext, type Trigger, TriggerResult } from '../../api/trigger.ts';
import type { Window } from '../../api/windows.ts';
import { type FoldedState, KEPT } from '../../state/keyed/appending-state.ts';
import type { Namespace } from '../../state/namespace.ts';
import type { TimerTable } from '../../state/timers.ts';
import type { WindowStates } from './window-states.ts';

/** Times that triggers see, and where they count. */
export interface WindowTime {
  readonly watermark: number;
  readonly now: number;
  getMetricGroup(): MetricGroup;
}

interface TriggerTimers {
  readonly eventTime: TimerTable;
  readonly processingTime: TimerTable;
}

/** What a trigger is called with: one object per operator, about the current key and window of `states`. */
class CurrentTriggerContext implements OnMergeContext {
  /** Windows that are merging into the current one. */
  merged: readonly Namespace[] = [];
  readonly #states: WindowStates;
  readonly #timers: TriggerTimers;
  readonly #time: WindowTime;

  constructor(states: WindowStates, timers: TriggerTimers, time: WindowTime) {
    this.#states = states;
    this.#timers = timers;
    this.#time = time;
  }
  getCurrentProcessingTime(): number {
    return this.#time.now;
  }
  getCurrentWatermark(): number {
    return this.#time.watermark;
  }
  getMetricGroup(): MetricGroup {
    return this.#time.getMetricGroup();
  }
  registerEventTimeTimer(time: number): void {
    const { key, namespace } = this.#states.context;
    this.#timers.eventTime.register(key, checkedTime(time), namespace);
  }
  registerProcessingTimeTimer(time: number): void {
    const { key, namespace } = this.#states.context;
    this.#timers.processingTime.register(key, checkedTime(time), namespace);
  }
  deleteEventTimeTimer(time: number): void {
    const { key, namespace } = this.#states.context;
    this.#timers.eventTime.delete(key, checkedTime(time), namespace);
  }
  deleteProcessingTimeTimer(time: number): void {
    const { key, namespace } = this.#states.context;
    this.#timers.processingTime.delete(key, checkedTime(time), namespace);
  }
  getPartitionedState<S>(descriptor: StateDescriptor<S>): S {
    return this.#states.of(descriptor);
  }
  mergePartitionedState(descriptor: StateDescriptor<unknown>): void {
    if (descriptor instanceof AppendingStateDescriptor) this.#mergeFolded(descriptor);
    else if (descriptor instanceof ListStateDescriptor) this.#mergeLists(descriptor);
    else throw new IllegalArgumentException('The given state descriptor does not refer to a mergeable state (MergingState)');
  }

  #mergeFolded(descriptor: AppendingStateDescriptor<unknown>): void {
    const fold = AppendingStateDescriptor.foldOf(descriptor);
    const state = foldedState(this.#states.of(descriptor));
    let all = state[KEPT].get();
    this.#inMerged(() => {
      const kept = state[KEPT].get();
      state.clear();
      if (kept !== undefined) all = all === undefined ? kept : fold.merge(all, kept);
    });
    if (all !== undefined) state[KEPT].set(all);
  }

  #mergeLists<T>(descriptor: ListStateDescriptor<T>): void {
    const state = this.#states.of(descriptor);
    const all: T[] = [];
    this.#inMerged(() => {
      all.push(...state.get());
      state.clear();
    });
    state.addAll(all);
  }

  #inMerged(visit: () => void): void {
    const { context } = this.#states;
    const { namespace } = context;
    for (const merged of this.merged) {
      // Its state is the result's own already.
      if (namespace !== undefined && merged[0] === namespace[0] && merged[1] === namespace[1]) continue;
      context.namespace = merged;
      visit();
    }
    context.namespace = namespace;
  }
}
function foldedState(state: unknown): FoldedState {
  // SAFETY: the backend gives this for an AppendingStateDescriptor.
  return state as FoldedState;
}

function checkedTime(time: unknown): number {
  if (typeof time === 'number' && !Number.isNaN(time)) return time;
  throw new IllegalArgumentException(`A timer needs a time in milliseconds, not ${String(time)}.`);
}

function checkedResult(result: unknown, method: string): TriggerResult {
  if (typeof result === 'string' && Object.hasOwn(TriggerResult, result)) {
    // SAFETY: it is one of the names.
    return result as TriggerResult;
  }
  throw new RuntimeException(
    `${method} of the trigger returned ${typeof result === 'string' ? JSON.stringify(result) : result === undefined ? 'undefined' : `a value of type ${typeof result}`}.`,
    'Return a TriggerResult, for example TriggerResult.CONTINUE.',
  );
}

/** Calls the trigger of an operator for the current key and window of `states`. All may throw what user code throws. */
export class TriggerCalls {
  readonly #trigger: Trigger<unknown, Window>;
  readonly #context: CurrentTriggerContext;

  constructor(trigger: Trigger<unknown, Window>, states: WindowStates, timers: TriggerTimers, time: WindowTime) {
    this.#trigger = trigger;
    this.#context = new CurrentTriggerContext(states, timers, time);
  }
  onElement(element: unknown, timestamp: number, window: Window): TriggerResult {
    return checkedResult(this.#trigger.onElement(element, timestamp, window, this.#context), 'onElement');
  }
  onEventTime(time: number, window: Window): TriggerResult {
    return checkedResult(this.#trigger.onEventTime(time, window, this.#context), 'onEventTime');
  }
  onProcessingTime(time: number, window: Window): TriggerResult {
    return checkedResult(this.#trigger.onProcessingTime(time, window, this.#context), 'onProcessingTime');
  }
  onMerge(window: Window, merged: readonly Namespace[]): void {
    this.#context.merged = merged;
    this.#trigger.onMerge(window, this.#context);
    this.#context.merged = [];
  }
  clear(window: Window): void {
    this.#trigger.clear(window, this.#context);
  }
}

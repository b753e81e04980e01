import { UnsupportedOperationException } from './errors.ts';
import type { MetricGroup } from './metric-group.ts';
import type { StateDescriptor } from './state-descriptors.ts';
import type { Window } from './windows.ts';

/** What becomes of a window. FIRE computes its result and keeps its contents; PURGE drops them, but not the window. */
export type TriggerResult = 'CONTINUE' | 'FIRE' | 'PURGE' | 'FIRE_AND_PURGE';
export const TriggerResult: { readonly [R in TriggerResult]: R } = {
  CONTINUE: 'CONTINUE',
  FIRE: 'FIRE',
  PURGE: 'PURGE',
  FIRE_AND_PURGE: 'FIRE_AND_PURGE',
};

export function isFire(result: TriggerResult): boolean {
  return result === 'FIRE' || result === 'FIRE_AND_PURGE';
}

export function isPurge(result: TriggerResult): boolean {
  return result === 'PURGE' || result === 'FIRE_AND_PURGE';
}

/** What a trigger may do, for the current key and window. Times in ms. */
export interface TriggerContext {
  /** ms on the job's clock. */
  getCurrentProcessingTime(): number;
  /** −Infinity before the first watermark. */
  getCurrentWatermark(): number;
  /** Of the operator in this subtask. */
  getMetricGroup(): MetricGroup;
  registerProcessingTimeTimer(time: number): void;
  registerEventTimeTimer(time: number): void;
  deleteProcessingTimeTimer(time: number): void;
  deleteEventTimeTimer(time: number): void;
  /** State of this key and window. Cleared by the trigger's own `clear`. */
  getPartitionedState<S>(descriptor: StateDescriptor<S>): S;
}

/** The same while windows merge: the current window is the result. */
export interface OnMergeContext extends TriggerContext {
  /** Brings the state of the windows that have merged together in the current one. Throws IllegalArgumentException for state that cannot merge. */
  mergePartitionedState<S>(descriptor: StateDescriptor<S>): void;
}

/** Decides when the result of a window is computed. One instance works for all keys and windows: what it remembers belongs into partitioned state. */
export abstract class Trigger<T, W extends Window> {
  abstract onElement(element: T, timestamp: number, window: W, ctx: TriggerContext): TriggerResult;
  /** When a timer of the trigger is due; so it is at the end of a window in processing time. */
  abstract onProcessingTime(time: number, window: W, ctx: TriggerContext): TriggerResult;
  abstract onEventTime(time: number, window: W, ctx: TriggerContext): TriggerResult;
  /** The window is dropped: removes timers and state. */
  abstract clear(window: W, ctx: TriggerContext): void;
  /** Session windows need true, and then `onMerge`. */
  canMerge(): boolean {
    return false;
  }
  /** Throws UnsupportedOperationException unless it is overridden, as in Flink. */
  onMerge(_window: W, _ctx: OnMergeContext): void {
    throw new UnsupportedOperationException('This trigger does not support merging.');
  }
}

export function isTrigger(value: unknown): value is Trigger<unknown, Window> {
  return value instanceof Trigger;
}

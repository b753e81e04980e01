import type { UserFunction } from '../api/user-function.ts';
import { describeSelection } from '../graph/graph-hash.ts';
import type { KeySelection } from '../graph/stream-graph.ts';
import type { OpenWindow } from '../runtime/job.ts';
import type { WindowAggregation } from './aggregations/window-aggregation.ts';
import type { WindowFunctionSpec } from './window-function.ts';

/** What every window operator knows, whatever its windows are. */
export interface WindowSettings {
  readonly keys: KeySelection;
  readonly aggregation: WindowAggregation;
  readonly windowFunction: WindowFunctionSpec | null;
  /** ms; event time only. */
  readonly allowedLateness: number;
  /** Id of the tag that late records go to; null = they are counted and dropped. */
  readonly lateTag: string | null;
}

/** The user's functions that make results of records. */
export function windowFunctions({ aggregation, windowFunction }: WindowSettings): readonly UserFunction[] {
  return [...aggregation.functions, ...(windowFunction ? [windowFunction.fn] : [])];
}

/** The settings as data, part of the graph. `windows`: which windows there are, as data. */
export function describeWindows(
  { keys, aggregation, windowFunction, allowedLateness, lateTag }: WindowSettings,
  windows: unknown,
): readonly unknown[] {
  return [describeSelection(keys), windows, aggregation.kind, aggregation.config, windowFunction?.form ?? null, allowedLateness, lateTag];
}

/** Open windows as they are shown: those of a `windowAll` have no key. */
export function shownWindows({ keys }: WindowSettings, found: readonly OpenWindow[]): readonly OpenWindow[] {
  return keys.kind === 'all' ? found.map((window) => ({ ...window, key: undefined })) : found;
}

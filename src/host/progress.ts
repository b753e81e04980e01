import type { Executor, OperatorMetrics, StateMemoryUse } from '../../engine/runtime/job.ts';
import { finiteTime } from '../output/text.ts';
import type { RunPhase } from '../output/types.ts';
import type { JobProgress } from './protocol.ts';

/** Of a job that does not run. */
export const NO_STATE: StateMemoryUse = { bytes: 0, jobLimit: Number.POSITIVE_INFINITY, windowLimit: Number.POSITIVE_INFINITY };

/** What an executor itself tells of its progress; null = there is none yet. */
export function progressOf(
  executor: Executor | null,
  phase: RunPhase,
  recordsOut: number,
): Pick<JobProgress, 'phase' | 'recordsIn' | 'recordsOut' | 'watermark' | 'lateDropped' | 'stateBytes' | 'stateMemory'> {
  const metrics = executor?.metrics() ?? [];
  return {
    phase,
    recordsIn: executor?.recordCount ?? 0,
    recordsOut,
    watermark: watermarkOf(executor, metrics),
    lateDropped: metrics.reduce((sum, operator) => sum + operator.lateDropped, 0),
    stateMemory: executor?.stateMemory() ?? NO_STATE,
    stateBytes: metrics.reduce((sum, operator) => sum + operator.stateBytes, 0),
  };
}

/** The smallest watermark over the displays; without displays the last operator's. */
function watermarkOf(executor: Executor | null, metrics: readonly OperatorMetrics[]): number | null {
  const displays = executor?.displays ?? [];
  if (executor !== null && displays.length > 0) {
    return finiteTime(Math.min(...displays.map(({ id }) => executor.displayWatermark(id))));
  }
  return finiteTime(metrics.at(-1)?.watermark ?? Number.NEGATIVE_INFINITY);
}

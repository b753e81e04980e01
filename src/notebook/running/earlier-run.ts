import { NO_FIGURES } from '../../host/figures.ts';
import { NO_STATE } from '../../host/progress.ts';
import type { JobProgress } from '../../host/protocol.ts';
import type { OutputState } from '../../output/types.ts';
import type { RunEnd } from './run-reducer.ts';

/** What the outputs of a run of an earlier session tell of it; null without outputs. */
export function earlierRun(outputs: readonly OutputState[]): { readonly end: RunEnd; readonly progress: JobProgress } | null {
  const status = outputs[0]?.status;
  if (status === undefined) {
    return null;
  }
  const { phase, elapsed, recordsIn, watermark, lateDropped } = status;
  const recordsOut = outputs.reduce((sum, { totalRows }) => sum + totalRows, 0);
  return {
    end: phase === 'finished' || phase === 'failed' ? phase : 'stopped',
    progress: {
      phase,
      elapsed,
      recordsIn,
      recordsOut,
      watermark,
      fraction: null,
      timeLeft: null,
      lateDropped,
      run: null,
      checkpoint: null,
      stateBytes: 0,
      stateMemory: NO_STATE,
      restarts: 0,
      status: null,
      figures: NO_FIGURES,
      replay: null,
    },
  };
}

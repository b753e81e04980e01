import { noChart } from './no-chart.ts';
import type { OutputError, OutputState, RunPhase } from './types.ts';

/**
 * An output that only says why there is no other: what `OutputFold` gives that was told nothing but the error. Written out, since the fold with all charts is
 * much code, which the extension host has no other use for.
 */
export function errorState(id: string, name: string, phase: RunPhase, error: OutputError): OutputState {
  return {
    version: 1,
    id,
    name,
    kind: 'log',
    window: null,
    view: null,
    maxRows: null,
    rows: [],
    log: [],
    totalRows: 0,
    totalLog: 0,
    status: { phase, elapsed: 0, recordsIn: 0, results: 0, watermark: null, lateDropped: 0, lateCounted: 0, nextWindow: null },
    columns: [],
    ghosts: [],
    late: [],
    chart: noChart(),
    error,
    notice: null,
    replay: null,
  };
}

import { keepNewest, MAX_LOG, rowLimit } from './limits.ts';
import type { OutputDelta, OutputState } from './types.ts';

/** The state after a change; null when the change does not start from this state: ask for the full one. */
export function applyDelta(state: OutputState, delta: OutputDelta): OutputState | null {
  if (delta.id !== state.id || delta.base.rows !== state.totalRows || delta.base.log !== state.totalLog) {
    return null;
  }
  return {
    version: 1,
    id: state.id,
    name: state.name,
    kind: state.kind,
    window: state.window,
    view: state.view ?? null,
    maxRows: state.maxRows ?? null,
    rows: keepNewest(state.rows, delta.rows, rowLimit(state.maxRows)),
    log: keepNewest(state.log, delta.log, MAX_LOG),
    totalRows: delta.totalRows,
    totalLog: delta.totalLog,
    status: delta.status,
    columns: delta.columns,
    ghosts: delta.ghosts,
    late: delta.late,
    chart: delta.chart,
    error: delta.error,
    notice: delta.notice,
    replay: delta.replay,
  };
}

import type { CheckpointManifest, CheckpointRef, FailedCheckpoint, OperatorManifest, RunInfo } from './manifest.ts';

/** Minimum, mean, percentiles and maximum of one figure over checkpoints. */
export interface FigureSummary {
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

/** One operator in a checkpoint; sizes in bytes. */
interface TaskStatistics {
  readonly id: number;
  readonly status: 'COMPLETED';
  readonly num_subtasks: number;
  readonly num_acknowledged_subtasks: number;
  readonly state_size: number;
}

/** One checkpoint; times are ms of the wall clock, durations ms, sizes bytes. */
export interface CheckpointHistoryEntry {
  readonly id: number;
  readonly status: 'COMPLETED' | 'FAILED';
  readonly is_savepoint: boolean;
  readonly checkpoint_type: 'CHECKPOINT' | 'SAVEPOINT';
  readonly trigger_timestamp: number;
  readonly latest_ack_timestamp: number;
  readonly state_size: number;
  /** What it wrote: less than the state when it holds only what had changed. */
  readonly checkpointed_size: number;
  readonly end_to_end_duration: number;
  /** The job stood still for the first, and worked on beside the second and third. */
  readonly sync_duration: number;
  readonly async_duration: number;
  readonly num_subtasks: number;
  readonly num_acknowledged_subtasks: number;
  readonly tasks: Readonly<Record<string, TaskStatistics>>;
  readonly failure_message: string | null;
}

/**
 * Checkpoints of one run as Flink's REST API tells them (`/jobs/:jobid/checkpoints`, CheckpointingStatistics). Barriers pass between two records, so nothing
 * is ever buffered, processed or persisted for their alignment: those figures are left out. In `history` and `summary` are those that are still there.
 */
export interface CheckpointStatistics {
  readonly counts: {
    readonly restored: number;
    readonly total: number;
    readonly in_progress: number;
    readonly completed: number;
    readonly failed: number;
  };
  readonly summary: {
    readonly checkpointed_size: FigureSummary;
    readonly state_size: FigureSummary;
    readonly end_to_end_duration: FigureSummary;
  };
  readonly latest: {
    readonly completed: CheckpointHistoryEntry | null;
    readonly savepoint: CheckpointHistoryEntry | null;
    readonly failed: CheckpointHistoryEntry | null;
    readonly restored: CheckpointRef | null;
  };
  /** Newest first. */
  readonly history: readonly CheckpointHistoryEntry[];
}

/** Statistics of a run: of its checkpoints that are there, and of those that are known to have failed. */
export function checkpointStatistics(
  { forkedFrom }: Pick<RunInfo, 'forkedFrom'>,
  manifests: readonly CheckpointManifest[],
  failures: readonly FailedCheckpoint[],
): CheckpointStatistics {
  const completed = manifests.map(completedEntry).sort(byNewest);
  const failed = failures.map(failedEntry).sort(byNewest);
  const history = [...completed, ...failed].sort(byNewest);
  // Numbers are given to all that are triggered; those that were deleted had been completed.
  const total = history[0]?.id ?? 0;
  return {
    counts: { restored: forkedFrom === null ? 0 : 1, total, in_progress: 0, completed: total - failed.length, failed: failed.length },
    summary: {
      checkpointed_size: summarize(completed.map((one) => one.checkpointed_size)),
      state_size: summarize(completed.map((one) => one.state_size)),
      end_to_end_duration: summarize(completed.map((one) => one.end_to_end_duration)),
    },
    latest: {
      completed: completed.find((one) => !one.is_savepoint) ?? null,
      savepoint: completed.find((one) => one.is_savepoint) ?? null,
      failed: failed[0] ?? null,
      restored: forkedFrom,
    },
    history,
  };
}

function byNewest(a: CheckpointHistoryEntry, b: CheckpointHistoryEntry): number {
  return b.id - a.id;
}

function completedEntry(manifest: CheckpointManifest): CheckpointHistoryEntry {
  const { checkpoint, kind, triggered, completed, pause, encoding, writing, stateBytes, writtenBytes, operators } = manifest;
  const subtasks = operators.reduce((sum, operator) => sum + operator.subtasks.length, 0);
  return {
    id: checkpoint,
    status: 'COMPLETED',
    is_savepoint: kind === 'savepoint',
    checkpoint_type: kind === 'savepoint' ? 'SAVEPOINT' : 'CHECKPOINT',
    trigger_timestamp: triggered,
    latest_ack_timestamp: completed,
    state_size: stateBytes,
    checkpointed_size: writtenBytes,
    end_to_end_duration: Math.max(0, completed - triggered),
    sync_duration: pause,
    async_duration: encoding + writing,
    num_subtasks: subtasks,
    num_acknowledged_subtasks: subtasks,
    tasks: Object.fromEntries(operators.map((operator) => [operator.id, taskStatistics(operator, checkpoint)])),
    failure_message: null,
  };
}

function taskStatistics({ subtasks, keyed }: OperatorManifest, checkpoint: number): TaskStatistics {
  return {
    id: checkpoint,
    status: 'COMPLETED',
    num_subtasks: subtasks.length,
    num_acknowledged_subtasks: subtasks.length,
    state_size: keyed.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function failedEntry({ checkpoint, at, reason }: FailedCheckpoint): CheckpointHistoryEntry {
  return {
    id: checkpoint,
    status: 'FAILED',
    is_savepoint: false,
    checkpoint_type: 'CHECKPOINT',
    trigger_timestamp: at,
    latest_ack_timestamp: at,
    state_size: 0,
    checkpointed_size: 0,
    end_to_end_duration: 0,
    sync_duration: 0,
    async_duration: 0,
    num_subtasks: 0,
    num_acknowledged_subtasks: 0,
    tasks: {},
    failure_message: reason,
  };
}

const NOTHING: FigureSummary = { min: 0, max: 0, avg: 0, p50: 0, p90: 0, p95: 0, p99: 0, p999: 0 };

/** Flink's StatsSummarySnapshot: percentiles are those of commons-math's Percentile (position p·(n + 1), interpolated). */
export function summarize(values: readonly number[]): FigureSummary {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return NOTHING;
  const percentile = (share: number): number => {
    const position = share * (sorted.length + 1);
    const below = Math.floor(position);
    if (below < 1) return min;
    if (below >= sorted.length) return max;
    const lower = sorted[below - 1] ?? min;
    return lower + (position - below) * ((sorted[below] ?? max) - lower);
  };
  return {
    min,
    max,
    avg: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p95: percentile(0.95),
    p99: percentile(0.99),
    p999: percentile(0.999),
  };
}

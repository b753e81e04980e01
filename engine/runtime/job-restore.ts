import { hintOf, IllegalStateException } from '../api/errors.ts';
import { redistribute } from '../checkpoint/redistribute.ts';
import type { JobRestore, OperatorState, RestoredOperator } from '../checkpoint/snapshot.ts';
import { keyGroupRange } from '../state/key-groups.ts';
import type { RestoredState } from '../state/state-capture.ts';
import { decodeValue } from '../state/stored-value.ts';
import { OperatorFailure } from './failure.ts';
import { type CheckpointedJob, type RuntimeState, subtaskKey } from './job-checkpoints.ts';
import type { SubtaskRestore } from './operator.ts';
import type { RestoreOptions, RestorePlan } from './restore-plan.ts';
import { redistributed, type SourceSubtaskState } from './source-splits.ts';
import type { Subtask } from './subtask.ts';
import { MIN_TIMESTAMP } from './timestamps.ts';
import { WATERMARK_STATE } from './watermark-generation.ts';

/**
 * Puts a job that was just built where a checkpoint found it. Everything is put back before sources get their splits and before `open`.
 * `plan`: for the graph of the job. Whether the job has other subtasks than it had.
 */
export function restoreJob(restore: JobRestore, plan: RestorePlan, job: CheckpointedJob, options: RestoreOptions): boolean {
  const ids = plan.savedIds;
  const restored = new Map(restore.operators.map((operator) => [operator.id, operator]));
  // SAFETY: written by JobCheckpoints of the same format version; its bytes were verified.
  const runtime = decodeValue(restore.runtime) as RuntimeState;
  job.progress.recordCount = restore.records;
  job.turns.restore(runtime.turns);
  job.inspection.restore(runtime.views, ids);
  for (const built of job.built) {
    const { subtask, routers, randoms } = built;
    const saved = runtime.subtasks[subtaskKey(ids, subtask)];
    const sameParallelism = restored.get(ids.get(subtask.vertex.id) ?? '')?.parallelism === subtask.vertex.parallelism;
    if (saved !== undefined && sameParallelism) {
      subtask.restore(options.watermarks ? saved.subtask : { finished: saved.subtask.finished, valve: null });
      routers.forEach((router, at) => router.restore?.(saved.routers[at]));
      randoms.forEach((random, at) => {
        const state = saved.randoms[at];
        if (state !== undefined) random.restore(state);
      });
    }
    subtask.operators.forEach(({ vertex, instance, counters }, at) => {
      const operator = restored.get(ids.get(vertex.id) ?? '');
      if (operator === undefined) return;
      const own = subtaskRestore(operator, restore.checkpoint, subtask, options);
      const before = sameParallelism ? saved?.counters[at] : undefined;
      if (before !== undefined) Object.assign(counters, before);
      counters.watermark = own.watermark;
      try {
        instance.restore?.(own);
      } catch (error) {
        // It fits, but it is too large.
        if (error instanceof OperatorFailure) throw error;
        throw new OperatorFailure(vertex, doesNotFit(vertex.name, restore, error), undefined);
      }
    });
  }
  for (const source of job.sources.subtasks) {
    const operator = restored.get(ids.get(source.vertex.id) ?? '');
    if (operator === undefined) continue;
    const saved = runtime.subtasks[subtaskKey(ids, source.subtask)];
    const same = operator.parallelism === source.subtask.vertex.parallelism;
    const state = same ? (saved?.source ?? null) : source.pushed ? null : redistributed(sourcesOf(runtime, operator.id));
    source.restore({
      positions: new Map(operator.subtasks.flatMap(({ positions }) => positions.map((position) => [position.split, position]))),
      state: options.watermarks ? state : null,
    });
  }
  return job.built.some(({ subtask: { operators, vertex } }) =>
    operators.some((operator) => {
      const before = restored.get(ids.get(operator.vertex.id) ?? '');
      return before !== undefined && before.parallelism !== vertex.parallelism;
    }),
  );
}

/** All subtasks of a source. */
function sourcesOf(runtime: RuntimeState, id: string): readonly SourceSubtaskState[] {
  return Object.entries(runtime.subtasks).flatMap(([key, { source }]) => (key.startsWith(`${id}/`) && source !== null ? [source] : []));
}

function doesNotFit(name: string, { run, checkpoint }: JobRestore, error: unknown): IllegalStateException {
  const reason = error instanceof Error ? error.message : String(error);
  return new IllegalStateException(
    `The state of ${name} in checkpoint ${checkpoint} of run ${run} does not fit the program now: ${reason}`,
    hintOf(error) ?? 'Start fresh, or set the operator back to what it was.',
  );
}

function subtaskRestore(
  operator: RestoredOperator,
  checkpoint: number,
  { vertex, index }: Subtask,
  { watermarks }: RestoreOptions,
): SubtaskRestore {
  const range = keyGroupRange(index, vertex.maxParallelism, vertex.parallelism);
  const same = operator.parallelism === vertex.parallelism;
  const own = same ? operator.subtasks.find(({ subtask }) => subtask === index) : undefined;
  const watermark =
    own?.watermark ?? operator.subtasks.reduce((least, subtask) => Math.min(least, subtask.watermark), Number.POSITIVE_INFINITY);
  return {
    checkpoint,
    keyed: operator.keyed.map((state) => inRange(state, range.start, range.end)),
    operator: operatorStates(operator, index, vertex.parallelism).filter(({ name }) => watermarks || name !== WATERMARK_STATE),
    watermark: watermarks && operator.subtasks.length > 0 ? watermark : MIN_TIMESTAMP,
  };
}

function inRange({ entries, ...about }: RestoredState, start: number, end: number): RestoredState {
  return {
    ...about,
    entries: {
      *[Symbol.iterator]() {
        for (const entry of entries) {
          const [key] = entry;
          const keyGroup = ((key[0] ?? 0) << 8) | (key[1] ?? 0);
          if (keyGroup > end) return;
          if (keyGroup >= start) yield entry;
        }
      },
    },
  };
}

function operatorStates({ subtasks }: RestoredOperator, index: number, parallelism: number): readonly OperatorState[] {
  const before = [...subtasks].sort((a, b) => a.subtask - b.subtask).map(({ operator }) => operator);
  return redistribute(before, index, parallelism);
}

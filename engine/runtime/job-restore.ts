import { IllegalStateException } from '../api/errors.ts';
import type { JobRestore, OperatorState, RestoredOperator } from '../checkpoint/snapshot.ts';
import { operatorIds } from '../graph/operator-id.ts';
import { keyGroupRange } from '../state/key-groups.ts';
import type { RestoredState } from '../state/state-capture.ts';
import { decodeValue } from '../state/stored-value.ts';
import { type CheckpointedJob, type RuntimeState, subtaskKey } from './job-checkpoints.ts';
import type { SubtaskRestore } from './operator.ts';
import type { Subtask } from './subtask.ts';
import { MIN_TIMESTAMP } from './timestamps.ts';
import { WATERMARK_STATE } from './watermark-generation.ts';

export interface RestoreOptions {
  /** Watermarks and the time of timers are taken over (rule 6); false is Flink's way. */
  readonly watermarks: boolean;
  /** State of operators that the job does not have is left behind instead of refused. */
  readonly ignoreUnclaimed: boolean;
}

/**
 * Puts a job that was just built where a checkpoint found it. Everything is put back before sources get their splits and before `open`.
 * Throws IllegalStateException when the checkpoint does not fit the job.
 */
export function restoreJob(restore: JobRestore, job: CheckpointedJob, options: RestoreOptions): void {
  const ids = operatorIds(job.graph);
  const restored = new Map(restore.operators.map((operator) => [operator.id, operator]));
  checkOperators(restore, job, ids, options);
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
      subtask.restore(options.watermarks ? saved.subtask : { ...saved.subtask, valve: null });
      routers.forEach((router, at) => router.restore?.(saved.routers[at]));
      randoms.forEach((random, at) => {
        const state = saved.randoms[at];
        if (state !== undefined) random.restore(state);
      });
    }
    subtask.operators.forEach(({ vertex, instance, counters }, at) => {
      const operator = restored.get(ids.get(vertex.id) ?? '');
      if (operator === undefined) return;
      const own = subtaskRestore(operator, subtask, options);
      const before = sameParallelism ? saved?.counters[at] : undefined;
      if (before !== undefined) Object.assign(counters, before);
      counters.watermark = own.watermark;
      instance.restore?.(own);
    });
  }
  for (const source of job.sources.subtasks) {
    const operator = restored.get(ids.get(source.vertex.id) ?? '');
    if (operator === undefined) continue;
    const saved = runtime.subtasks[subtaskKey(ids, source.subtask)];
    const same = operator.parallelism === source.subtask.vertex.parallelism;
    source.restore({
      positions: new Map(operator.subtasks.flatMap(({ positions }) => positions.map((position) => [position.split, position]))),
      state: saved !== undefined && same && options.watermarks ? saved.source : null,
    });
  }
}

/** Throws for state that no operator takes over, and for operators that are another kind now. */
function checkOperators(restore: JobRestore, job: CheckpointedJob, ids: ReadonlyMap<number, string>, options: RestoreOptions): void {
  const byId = new Map(job.graph.vertices.map((vertex) => [ids.get(vertex.id) ?? '', vertex]));
  const where = `checkpoint ${restore.checkpoint} of run ${restore.run}`;
  for (const operator of restore.operators) {
    if (!hasState(operator)) continue;
    const vertex = byId.get(operator.id);
    if (vertex === undefined) {
      if (options.ignoreUnclaimed) continue;
      throw new IllegalStateException(
        `Cannot map the state of operator ${operator.name} in ${where} to the new program, because the operator is not available in the new program.`,
        "Give operators a uid before they are changed; to leave this state behind, set 'execution.state-recovery.ignore-unclaimed-state' to true.",
      );
    }
    const kind = vertex.role.kind === 'source' ? 'source' : vertex.role.operator.kind;
    if (kind !== operator.kind) {
      throw new IllegalStateException(
        `${where} holds state of a ${operator.kind} (${operator.name}) where the program now has a ${kind} (${vertex.name}).`,
        'Start fresh, or give the operators uids of their own.',
      );
    }
    const maximum = job.subtasks.find(({ vertex: { chain } }) => chain.includes(vertex))?.vertex.maxParallelism ?? operator.maxParallelism;
    if (operator.keyed.length > 0 && maximum !== operator.maxParallelism) {
      throw new IllegalStateException(
        `The max parallelism of ${vertex.name} is ${maximum}, but its state in ${where} was written with ${operator.maxParallelism}.`,
        `Key groups cannot change: set its max parallelism to ${operator.maxParallelism}.`,
      );
    }
  }
}

function hasState({ keyed, subtasks }: RestoredOperator): boolean {
  return keyed.length > 0 || subtasks.some(({ operator, positions }) => operator.length > 0 || positions.length > 0);
}

function subtaskRestore(operator: RestoredOperator, { vertex, index }: Subtask, { watermarks }: RestoreOptions): SubtaskRestore {
  const range = keyGroupRange(index, vertex.maxParallelism, vertex.parallelism);
  const same = operator.parallelism === vertex.parallelism;
  const own = same ? operator.subtasks.find(({ subtask }) => subtask === index) : undefined;
  const watermark =
    own?.watermark ?? operator.subtasks.reduce((least, subtask) => Math.min(least, subtask.watermark), Number.POSITIVE_INFINITY);
  return {
    keyed: operator.keyed.map((state) => inRange(state, range.start, range.end)),
    operator: operatorStates(operator, index).filter(({ name }) => watermarks || name !== WATERMARK_STATE),
    watermark: watermarks && operator.subtasks.length > 0 ? watermark : MIN_TIMESTAMP,
  };
}

function inRange({ name, kind, entries }: RestoredState, start: number, end: number): RestoredState {
  return {
    name,
    kind,
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

/** Values of every subtask for 'union', else those of the subtask with the same index. */
function operatorStates({ subtasks }: RestoredOperator, index: number): readonly OperatorState[] {
  const states = new Map<string, OperatorState>();
  for (const { subtask, operator } of subtasks) {
    for (const state of operator) {
      if (state.redistribution === 'subtask' && subtask !== index) continue;
      const before = states.get(state.name)?.values ?? [];
      states.set(state.name, { ...state, values: [...before, ...state.values] });
    }
  }
  return [...states.values()];
}

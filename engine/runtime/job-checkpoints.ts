import type { CheckpointBarrier } from '../checkpoint/barrier-aligner.ts';
import type { SeededRandom } from '../api/random.ts';
import type { OperatorIdentity, SourcePosition } from '../checkpoint/snapshot.ts';
import { operatorSignature } from '../graph/graph-hash.ts';
import { kindOf, operatorIds } from '../graph/operator-id.ts';
import type { StreamGraph, StreamVertex } from '../graph/stream-graph.ts';
import { encodeValue } from '../state/stored-value.ts';
import type { Inspection, ViewState } from './inspection.ts';
import type { BuiltSubtask } from './job-builder.ts';
import type { Router } from './router.ts';
import { type CapturedOperator, SnapshotInProgress } from './snapshot-in-progress.ts';
import type { SourceGroup } from './source-group.ts';
import type { SourceSubtaskState } from './source-splits.ts';
import type { ReadingProgress, SourceSubtask } from './source-subtask.ts';
import type { Subtask, SubtaskState } from './subtask.ts';
import { noticesCheckpoints } from './checkpointed-functions.ts';
import type { OperatorCounters, OperatorInstance } from './operator.ts';
import { MAX_WATERMARK } from './timestamps.ts';
import type { Turns, TurnState } from './turns.ts';

/** The parts of a job that a checkpoint is made of. */
export interface CheckpointedJob {
  readonly graph: StreamGraph;
  readonly graphHash: string;
  /** JobProgram.cellName; null where it has none. */
  cellName(cell: number): string | null;
  readonly built: readonly BuiltSubtask[];
  /** Upstream first. */
  readonly subtasks: readonly Subtask[];
  readonly sources: SourceGroup;
  readonly turns: Turns;
  readonly inspection: Inspection;
  readonly clock: { readonly now: number };
  readonly progress: ReadingProgress;
}

/** What belongs to no operator: `JobSnapshot.runtime`, decoded. Subtasks by the id of their first operator and their index. */
export interface RuntimeState {
  readonly turns: TurnState;
  /** Rows, late records and counters that users see. */
  readonly views: ViewState;
  readonly subtasks: Readonly<Record<string, RuntimeSubtask>>;
}

export interface RuntimeSubtask {
  readonly subtask: SubtaskState;
  readonly source: SourceSubtaskState | null;
  readonly routers: readonly unknown[];
  readonly randoms: readonly ReturnType<SeededRandom['save']>[];
  /** In the order of the chain. */
  readonly counters: readonly OperatorCounters[];
}

/** Name of a subtask in `RuntimeState`. */
export function subtaskKey(ids: ReadonlyMap<number, string>, { vertex, index }: Subtask): string {
  return `${ids.get(vertex.id) ?? ''}/${index}`;
}

/** Takes snapshots of a job: sends barriers and collects what the subtasks hand out. */
export class JobCheckpoints {
  readonly #job: CheckpointedJob;
  readonly #ids: ReadonlyMap<number, string>;
  #captured = new Map<Subtask, readonly CapturedOperator[]>();
  #runtime: Record<string, RuntimeSubtask> = {};
  #current: SnapshotInProgress | null = null;

  constructor(job: CheckpointedJob) {
    this.#job = job;
    this.#ids = operatorIds(job.graph);
    for (const subtask of job.subtasks) subtask.onBarrier = (at, barrier): void => this.#capture(at, barrier);
  }

  /** The checkpoint that is being encoded. */
  get current(): SnapshotInProgress | null {
    if (this.#current?.isOver === true) this.#current = null;
    return this.#current;
  }

  /** Between two records. One checkpoint at a time: what is left of an earlier one is called off. */
  trigger(barrier: CheckpointBarrier, drain: () => void): void {
    this.#current?.release();
    this.#captured = new Map();
    this.#runtime = {};
    const { sources, subtasks } = this.#job;
    for (const { subtask } of sources.subtasks) {
      subtask.passBarrier(barrier);
      drain();
    }
    const missing = subtasks.find((subtask) => !this.#captured.has(subtask));
    if (missing !== undefined)
      throw new Error(`The barrier of checkpoint ${barrier.checkpoint} did not reach ${missing.operators[0]?.vertex.name ?? 'a subtask'}.`);
    this.#current = this.#collected(barrier);
  }

  /** The checkpoint is published. */
  complete(checkpoint: number): void {
    for (const instance of this.#instances()) instance.checkpointComplete?.(checkpoint);
  }

  /** The checkpoint came to nothing. */
  abort(checkpoint: number): void {
    for (const instance of this.#instances()) instance.checkpointAborted?.(checkpoint);
  }

  /** User functions can tell that a checkpoint was taken. */
  get areNoticed(): boolean {
    return this.#job.graph.vertices.some(({ role }) => role.kind === 'operator' && noticesCheckpoints(role.operator.functions));
  }

  #instances(): readonly OperatorInstance[] {
    return this.#job.subtasks.flatMap(({ operators }) => operators.map(({ instance }) => instance));
  }

  #capture(subtask: Subtask, barrier: CheckpointBarrier): void {
    const built = this.#job.built.find((candidate) => candidate.subtask === subtask);
    const source = this.#job.sources.subtasks.find((candidate) => candidate.subtask === subtask)?.save() ?? null;
    const captured = subtask.operators.map(({ instance, counters }, at): CapturedOperator => {
      instance.prepareSnapshot?.(barrier.checkpoint);
      return {
        subtask: subtask.index,
        captures: instance.capture?.(barrier.full) ?? [],
        operator: instance.operatorState?.() ?? [],
        watermark: counters.watermark,
        positions:
          at === 0 && source !== null ? source.positions.map((position): SourcePosition => ({ ...position, subtask: subtask.index })) : [],
        committables: instance.committables?.(barrier.checkpoint) ?? [],
      };
    });
    this.#captured.set(subtask, captured);
    this.#runtime[subtaskKey(this.#ids, subtask)] = {
      subtask: subtask.save(),
      source: source?.state ?? null,
      routers: saveRouters(built?.routers ?? []),
      randoms: (built?.randoms ?? []).map((random) => random.save()),
      counters: subtask.operators.map(({ counters }) => ({ ...counters })),
    };
  }

  #collected(barrier: CheckpointBarrier): SnapshotInProgress {
    const { graphHash, sources, turns, inspection, clock, progress, subtasks } = this.#job;
    const runtime: RuntimeState = { turns: turns.save(), views: inspection.save(this.#ids), subtasks: this.#runtime };
    const operators = this.#job.graph.vertices.map((vertex) => {
      const holders = subtasks.filter(({ vertex: { chain } }) => chain.some(({ id }) => id === vertex.id));
      return {
        vertex: vertex.id,
        identity: this.#identity(vertex, holders[0]),
        subtasks: holders.flatMap(
          (subtask) => this.#captured.get(subtask)?.[subtask.vertex.chain.findIndex(({ id }) => id === vertex.id)] ?? [],
        ),
      };
    });
    const whole = {
      records: progress.recordCount,
      watermark: watermarkOf(sources.subtasks),
      processingTime: clock.now,
      graphHash,
      ended: sources.ended,
      runtime: encodeValue(runtime),
    };
    return new SnapshotInProgress(barrier, inspection.rowTotals(), whole, operators);
  }

  #identity(vertex: StreamVertex, subtask: Subtask | undefined): OperatorIdentity {
    const { id, uid, name, parallelism } = vertex;
    const cell = this.#job.cellName(vertex.cell);
    return {
      id: this.#ids.get(id) ?? '',
      uid,
      name,
      kind: kindOf(vertex),
      parallelism,
      maxParallelism: subtask?.vertex.maxParallelism ?? 0,
      ...(cell === null ? {} : { cell }),
      signature: operatorSignature(vertex),
    };
  }
}

function saveRouters(routers: readonly Router[]): readonly unknown[] {
  return routers.map((router) => router.save?.() ?? null);
}

function watermarkOf(sources: readonly SourceSubtask[]): number {
  return sources.reduce((least, { watermark }) => Math.min(least, watermark), MAX_WATERMARK);
}

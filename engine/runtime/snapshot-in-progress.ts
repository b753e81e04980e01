import type { CheckpointBarrier } from '../checkpoint/barrier-aligner.ts';
import type { JobSnapshot, OperatorIdentity, SubtaskSnapshot } from '../checkpoint/snapshot.ts';
import type { StateCapture } from '../state/state-capture.ts';

/** One operator in one subtask as its barrier found it: keyed state is still to be encoded. */
export interface CapturedOperator extends Omit<SubtaskSnapshot, 'keyed'> {
  readonly captures: readonly StateCapture[];
}

interface CapturedVertex {
  readonly vertex: number;
  readonly identity: OperatorIdentity;
  readonly subtasks: readonly CapturedOperator[];
}

/**
 * A checkpoint between its barriers and its bytes: the job goes on while `encode` is called between steps. What changes before it is encoded is
 * encoded first (rule 4), so the result does not depend on when that is.
 */
export class SnapshotInProgress {
  readonly checkpoint: number;
  /** Rows that each display had at the barrier, by the display's id: the checkpoint covers them. */
  readonly rows: readonly number[];
  readonly #whole: Omit<JobSnapshot, 'checkpoint' | 'operators'>;
  readonly #operators: readonly CapturedVertex[];
  readonly #captures: readonly StateCapture[];
  #at = 0;
  #over = false;

  constructor(
    barrier: CheckpointBarrier,
    rows: readonly number[],
    whole: Omit<JobSnapshot, 'checkpoint' | 'operators'>,
    operators: readonly CapturedVertex[],
  ) {
    this.checkpoint = barrier.checkpoint;
    this.rows = rows;
    this.#whole = whole;
    this.#operators = operators;
    this.#captures = operators.flatMap(({ subtasks }) => subtasks.flatMap(({ captures }) => captures));
  }

  /** No longer of use: finished or called off. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Entries not encoded yet. */
  get remaining(): number {
    return this.#captures.reduce((sum, capture) => sum + capture.remaining, 0);
  }

  /** Encodes about `budget` entries; true when none is left. Throws StateEncodingError, after which only `release` may be called. */
  encode(budget: number): boolean {
    let left = budget;
    for (; this.#at < this.#captures.length; this.#at++) {
      const capture = this.#captures[this.#at];
      if (capture === undefined) continue;
      while (capture.remaining > 0) {
        if (left <= 0) return false;
        const before = capture.remaining;
        capture.encode(left);
        left -= Math.max(1, before - capture.remaining);
      }
    }
    return true;
  }

  /** Everything as bytes. Encodes what is left. */
  finish(): JobSnapshot {
    if (this.#over) throw new Error('this snapshot is over');
    while (!this.encode(Number.MAX_SAFE_INTEGER));
    this.#over = true;
    return {
      ...this.#whole,
      checkpoint: this.checkpoint,
      operators: this.#operators.map(({ vertex, identity, subtasks }) => ({
        ...identity,
        vertex,
        subtasks: subtasks.map(({ captures, ...rest }) => ({ ...rest, keyed: captures.map((capture) => capture.finish()) })),
      })),
    };
  }

  /** The checkpoint was called off. Idempotent. */
  release(): void {
    if (this.#over) return;
    this.#over = true;
    for (const capture of this.#captures) capture.release();
  }
}

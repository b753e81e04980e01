import type { EncodedState, RestoredState } from '../state/state-capture.ts';
import type { TypeDescription } from '../state/state-type.ts';

/** How the values of an operator state are dealt out when a job is restored with another parallelism. */
export type Redistribution =
  /** To the subtask with the same index; lost where there is none. For what only makes sense unchanged, such as the state of a random generator. */
  | 'subtask'
  /** All values of all subtasks to every subtask. */
  | 'union'
  /** Put one behind the other, then cut into pieces of equal length. */
  | 'split'
  /** Every subtask has all values: those of one of them, in turn. */
  | 'broadcast';

/** State of a subtask that belongs to no key: small, encoded with `encodeValue`. */
export interface OperatorState {
  readonly name: string;
  readonly redistribution: Redistribution;
  readonly values: readonly Uint8Array[];
  /** It is of a user function. Absent: of the operator itself, whose names are apart from those. */
  readonly ofFunction?: true;
  /** Of each value; of a broadcast state those of its map. Absent where values describe themselves. */
  readonly type?: TypeDescription;
}

/** A part of a source that has been read up to `offset`. */
export interface SourcePosition {
  readonly subtask: number;
  readonly split: string;
  readonly offset: number;
  readonly finished: boolean;
}

/** One operator in one subtask. */
export interface SubtaskSnapshot {
  readonly subtask: number;
  readonly keyed: readonly EncodedState[];
  readonly operator: readonly OperatorState[];
  /** ms of event time; −Infinity before the first. */
  readonly watermark: number;
  readonly positions: readonly SourcePosition[];
  /** Transactions of a sink that are committed once the checkpoint is complete. */
  readonly committables: readonly Committable[];
}

/** What a sink commits when the checkpoint that holds it is complete: a finished part file. */
export interface Committable {
  /** Folder of the sink, relative to the notebook. */
  readonly directory: string;
  /** Names below it, with `/`; the bytes are in `pending` until the commit renames it to `final`. */
  readonly pending: string;
  readonly final: string;
  readonly bytes: number;
}

/** Which operator state belongs to, known before any barrier. */
export interface OperatorIdentity {
  /** Finds the operator again in another run: the hash of its uid, else of its place in the graph. 32 hexadecimal digits. */
  readonly id: string;
  readonly uid: string | null;
  readonly name: string;
  /** OperatorSpec.kind, or 'source'. */
  readonly kind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** The cell that it is written in, as jobs are called after cells. */
  readonly cell?: string;
  /** Of its kind, settings and functions (operatorSignature): finds one without a uid again after edits elsewhere. */
  readonly signature?: string;
}

/** Just the identity of something that has one, its fields in the order of the manifest. */
export function identityOf({ id, uid, name, kind, parallelism, maxParallelism, cell, signature }: OperatorIdentity): OperatorIdentity {
  return {
    id,
    uid,
    name,
    kind,
    parallelism,
    maxParallelism,
    ...(cell === undefined ? {} : { cell }),
    ...(signature === undefined ? {} : { signature }),
  };
}

export interface OperatorSnapshot extends OperatorIdentity {
  /** Its vertex in the graph of this run. */
  readonly vertex: number;
  readonly subtasks: readonly SubtaskSnapshot[];
}

/** A job as it was at a barrier. */
export interface JobSnapshot {
  readonly checkpoint: number;
  /** Source records that had passed through the job. */
  readonly records: number;
  /** Smallest watermark of the sources, ms; −Infinity before the first. */
  readonly watermark: number;
  /** The job's clock, ms. */
  readonly processingTime: number;
  readonly graphHash: string;
  /** All sources had ended. */
  readonly ended: boolean;
  /** Whose turn it is and whatever else belongs to no operator, encoded with `encodeValue`. */
  readonly runtime: Uint8Array;
  /** Upstream first. */
  readonly operators: readonly OperatorSnapshot[];
}

/** An operator as a restored job gets it. */
export interface RestoredOperator extends OperatorIdentity {
  readonly subtasks: readonly Omit<SubtaskSnapshot, 'keyed' | 'committables'>[];
  /** Every keyed state, of all subtasks: in canonical order. */
  readonly keyed: readonly RestoredState[];
}

/** What a job is restored from: a checkpoint, read and verified. */
export interface JobRestore {
  readonly run: number;
  readonly checkpoint: number;
  readonly records: number;
  readonly processingTime: number;
  readonly graphHash: string;
  readonly ended: boolean;
  readonly runtime: Uint8Array;
  readonly operators: readonly RestoredOperator[];
  readonly committables: readonly Committable[];
}

import type { StateKind } from '../state/state-capture.ts';
import type { TypeDescription } from '../state/state-type.ts';
import type { Committable, OperatorIdentity, Redistribution, SourcePosition } from './snapshot.ts';

/** Version of the format that this version writes. A newer one is refused. See docs/checkpoint-format.md. */
export const CHECKPOINT_FORMAT = 1;

/** Which job a checkpoint belongs to. */
export interface JobIdentity {
  /** Name of the notebook's file, such as "word-count.stream.md". */
  readonly notebook: string;
  /** The cell's `id=`, else its first declared name, else its ordinal. */
  readonly cell: string;
}

/** A segment of sorted entries: bytes in a blob. */
export interface SegmentRef {
  /** SHA-256 of the blob, hexadecimal: its name. */
  readonly blob: string;
  /** The segment's bytes in the blob: blocks, then their index. */
  readonly offset: number;
  readonly length: number;
  readonly indexOffset: number;
  readonly entries: number;
}

/** A keyed state: for each subtask the segments that make it (`runs` in the file), oldest first; a later one wins, and takes entries away. */
export interface StateManifest {
  readonly name: string;
  readonly kind: StateKind;
  readonly entries: number;
  readonly bytes: number;
  /** Of timers: the earliest time, ms. */
  readonly next?: number;
  /** Of each value. Absent where values describe themselves, and in checkpoints from before types were kept. */
  readonly type?: TypeDescription;
  readonly subtasks: readonly { readonly subtask: number; readonly runs: readonly SegmentRef[] }[];
}

export interface OperatorManifest extends OperatorIdentity {
  /** ms; null before the first watermark and after the last (see `ended`). */
  readonly watermark: number | null;
  readonly keyed: readonly StateManifest[];
  /** `values`: base64 of encoded values. */
  readonly subtasks: readonly {
    readonly subtask: number;
    /** "-Infinity", "Infinity" or a number as text. */
    readonly watermark: string;
    readonly operator: readonly {
      readonly name: string;
      readonly redistribution: Redistribution;
      readonly values: readonly string[];
      readonly ofFunction?: true;
      readonly type?: TypeDescription;
    }[];
    readonly positions: readonly SourcePosition[];
    readonly committables: readonly Committable[];
  }[];
}

export type CheckpointKind = 'checkpoint' | 'savepoint';

/** A checkpoint: published last, and the only thing that makes its blobs count. */
export interface CheckpointManifest {
  readonly format: typeof CHECKPOINT_FORMAT;
  readonly job: JobIdentity;
  readonly run: number;
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  /** Given by the user when it was pinned. */
  readonly label: string | null;
  /** The last one of a job whose input ended. */
  readonly final: boolean;
  /** Wall clock, ms. */
  readonly triggered: number;
  readonly completed: number;
  /** ms: how long the job stood still, how long encoding and writing took. */
  readonly pause: number;
  readonly encoding: number;
  readonly writing: number;
  readonly records: number;
  readonly watermark: number | null;
  readonly processingTime: number;
  readonly graphHash: string;
  readonly ended: boolean;
  /** Base64 of JobSnapshot.runtime. */
  readonly runtime: string;
  /** Exact bytes of all state, and of what this checkpoint added to the disk. */
  readonly stateBytes: number;
  readonly writtenBytes: number;
  readonly operators: readonly OperatorManifest[];
}

/** A run of a job as its folder tells. */
export interface RunInfo {
  readonly run: number;
  /** Wall clock, ms. */
  readonly started: number;
  readonly forkedFrom: { readonly run: number; readonly checkpoint: number } | null;
  /** Path of the notebook relative to the directory of checkpoints, with `/`, where notebooks of one name may share it; null elsewhere. */
  readonly notebookPath: string | null;
}

/** A checkpoint that came to nothing. */
export interface FailedCheckpoint {
  readonly run: number;
  readonly checkpoint: number;
  /** Wall clock, ms. */
  readonly at: number;
  readonly reason: string;
}

/** Addresses a checkpoint of a job. */
export interface CheckpointRef {
  readonly run: number;
  readonly checkpoint: number;
}

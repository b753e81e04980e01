/**
 * Messages between the extension host and the worker thread of one job. Requests carry an id and get exactly one reply with it;
 * an error is a reply, never a lost rejection. The worker also sends events on its own.
 */
import type { CheckpointKind, CheckpointRef, JobIdentity } from '../../engine/checkpoint/manifest.ts';
import type { ExceptionEntry } from '../../engine/failover/exception-history.ts';
import type { JobStatus } from '../../engine/failover/job-status.ts';
import type { Injection } from '../../engine/node/job-master.ts';
import type { JobFailure, StateMemoryUse } from '../../engine/runtime/job.ts';
import type { Pace } from '../../engine/runtime/pace.ts';
import type { JobFigures } from '../output/figures.ts';
import type { OutputDelta, OutputState, ReplayAction, ReplayStatus, RunPhase } from '../output/types.ts';
import type { CompiledProgram } from '../program/types.ts';

/** Where a job keeps its checkpoints, and what it starts from. */
export interface CheckpointPlan {
  /** Folder on this machine. */
  readonly directory: string;
  readonly job: JobIdentity;
  /** Of the window: its jobs give way to each other. */
  readonly session: string;
  /** null = from the beginning of the input. */
  readonly restore: CheckpointRef | null;
  /** What the cell showed last: rows that the checkpoint covers are shown again. */
  readonly earlier: readonly OutputState[];
}

/** A run that is replayed instead of running the job. */
export interface ReplayJob {
  /** File of the recording on this machine. */
  readonly recording: string;
  /** Folder for the state at the position, for the Checkpoints view; null = it is not shown. */
  readonly stateDirectory: string | null;
  readonly start: ReplayStart;
}

/** Where a replay starts: it plays from the beginning, rests at the end, or plays on from a record of that run. */
export type ReplayStart = 'play' | 'end' | { readonly run: number; readonly record: number };

export interface StartJob {
  readonly program: CompiledProgram;
  /** Folder that relative paths in cells start from: the notebook's. */
  readonly baseDirectory: string;
  readonly pace: Pace;
  /** Prefix of output ids: notebook URI and cell. */
  readonly outputPrefix: string;
  /** `--set`/settings, by Flink's option names; cells win over settings, `--set` over cells. */
  readonly settings: Readonly<Record<string, string>>;
  /** null = checkpoints are kept in memory, for restarts only. */
  readonly checkpoints: CheckpointPlan | null;
  /** File that the run is recorded to, so that it can be replayed; null = it is not. */
  readonly recording: string | null;
  /** Set when an earlier run is replayed: nothing outside is touched then. */
  readonly replay: ReplayJob | null;
  /** A debugger is attached to the worker: the job says on demand where it is (debug-hook.ts). */
  readonly debug?: boolean;
}

export type JobRequest =
  | { readonly id: number; readonly type: 'start'; readonly job: StartJob }
  | { readonly id: number; readonly type: 'setPace'; readonly pace: Pace }
  /** Take a checkpoint now; the reply comes when it is published. */
  | { readonly id: number; readonly type: 'checkpoint'; readonly kind: CheckpointKind; readonly label: string | null }
  /** Take a savepoint behind which nothing is read, and end; `drain`: the input ends first. The reply comes when it is published. */
  | { readonly id: number; readonly type: 'stopWithSavepoint'; readonly label: string | null; readonly drain: boolean }
  /** Fail on purpose. */
  | { readonly id: number; readonly type: 'inject'; readonly injection: Injection }
  /** Name a checkpoint of the job so that it is kept; null takes the name away. */
  | { readonly id: number; readonly type: 'label'; readonly ref: CheckpointRef; readonly label: string | null }
  | { readonly id: number; readonly type: 'delete'; readonly ref: CheckpointRef }
  /** Only for a replay. */
  | { readonly id: number; readonly type: 'replay'; readonly action: ReplayAction }
  /** Take a last checkpoint, stop reading, keep what there is, end with 'stopped'. */
  | { readonly id: number; readonly type: 'stop' }
  /** Answered at once by a worker whose loop is alive: the watchdog's question. */
  | { readonly id: number; readonly type: 'ping' };

export type JobReply =
  | { readonly type: 'reply'; readonly id: number; readonly ok: true }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly failure: JobFailure };

/** How far a job is, as the status bar of its cell and the Jobs view show it. Times in ms. */
export interface JobProgress {
  readonly phase: RunPhase;
  readonly elapsed: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly watermark: number | null;
  /** 0…1 of the bounded input that has been read; null when unbounded or unknown. */
  readonly fraction: number | null;
  /** About how many ms the rest of the input takes; null when that is not known. */
  readonly timeLeft: number | null;
  readonly lateDropped: number;
  /** Number of the run among the checkpoints of the job; null while there is none. */
  readonly run: number | null;
  /** Newest checkpoint of the run; `time`: wall clock, ms. */
  readonly checkpoint: { readonly number: number; readonly time: number } | null;
  /** Bytes of state as a checkpoint would store it, estimated between two of them. */
  readonly stateBytes: number;
  /** Memory of the state, and its limits, in bytes. */
  readonly stateMemory: StateMemoryUse;
  /** Restarts after failures so far. */
  readonly restarts: number;
  /** Of the job, by Flink's names; null where there is none: before it begins, and in a replay. */
  readonly status: JobStatus | null;
  /** Of user functions. */
  readonly figures: JobFigures;
  /** Set for a replay. */
  readonly replay: ReplayStatus | null;
}

export type JobEvent =
  /** The program was evaluated: one state per output slot, in order. */
  | { readonly type: 'outputs'; readonly outputs: readonly OutputState[] }
  | { readonly type: 'deltas'; readonly deltas: readonly OutputDelta[]; readonly progress: JobProgress }
  /** A replay has gone back: outputs do not follow from the deltas before. */
  | { readonly type: 'rewound'; readonly outputs: readonly OutputState[] }
  /** A checkpoint was published or failed: those who list them look again. */
  | { readonly type: 'checkpoint'; readonly run: number; readonly checkpoint: number; readonly failed: string | null }
  /** An attempt has failed. */
  | { readonly type: 'exception'; readonly exception: ExceptionEntry }
  /** Last message of a job. */
  | {
      readonly type: 'ended';
      readonly phase: 'finished' | 'stopped' | 'failed';
      readonly failure: JobFailure | null;
      readonly progress: JobProgress;
    };

export type FromWorker = JobReply | JobEvent;

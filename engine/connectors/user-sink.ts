import type { JobInfo, TaskInfo } from '../api/runtime-context.ts';
import { splitDistribute } from '../checkpoint/split-distribute.ts';

/** A sink that user code brings: Flink's Sink V2 (`org.apache.flink.api.connector.sink2`). */
export interface UserSink<IN, CommT = unknown, StateT = unknown> {
  createWriter(context: WriterInitContext): UserSinkWriter<IN, CommT, StateT> | Promise<UserSinkWriter<IN, CommT, StateT>>;
  /** SupportsWriterState: instead of createWriter, when a checkpoint has states for this subtask. */
  restoreWriter?(
    context: WriterInitContext,
    recoveredState: readonly StateT[],
  ): UserSinkWriter<IN, CommT, StateT> | Promise<UserSinkWriter<IN, CommT, StateT>>;
  /** SupportsCommitter: makes the sink two-phase. */
  createCommitter?(context: WriterInitContext): UserCommitter<CommT> | Promise<UserCommitter<CommT>>;
}

export interface WriterInitContext {
  getTaskInfo(): TaskInfo;
  getJobInfo(): JobInfo;
  /** Null on a fresh start. */
  getRestoredCheckpointId(): number | null;
}

/** What a writer may ask about the record that it gets; ms. */
export interface WriteContext {
  currentWatermark(): number;
  timestamp(): number | null;
}

/** Called in order, one call at a time; a promise that is returned holds back what follows. */
export interface UserSinkWriter<IN, CommT = unknown, StateT = unknown> {
  write(element: IN, context: WriteContext): void | Promise<void>;
  /** Before each checkpoint, and once more at the end of the input. */
  flush(endOfInput: boolean): void | Promise<void>;
  writeWatermark?(watermark: number): void | Promise<void>;
  /** After `flush`: what the checkpoint has to commit. Plain data. */
  prepareCommit?(): Iterable<CommT> | Promise<Iterable<CommT>>;
  /** After `prepareCommit`. Plain data. */
  snapshotState?(checkpointId: number): readonly StateT[] | Promise<readonly StateT[]>;
  close?(): void | Promise<void>;
}

export interface UserCommitter<CommT> {
  /** Has to be idempotent: what a restored checkpoint holds comes again. */
  commit(requests: readonly CommitRequest<CommT>[]): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** One committable, and what the committer says of it; nothing said means committed. */
export interface CommitRequest<CommT> {
  getCommittable(): CommT;
  getNumberOfRetries(): number;
  retryLater(): void;
  updateAndRetryLater(committable: CommT): void;
  signalAlreadyCommitted(): void;
  /** Both fail the job, unlike in Flink, where the first loses the committable with a line in the log. */
  signalFailedWithKnownReason(error: unknown): void;
  signalFailedWithUnknownReason(error: unknown): void;
}

/** One subtask of such a sink, as the operator feeds it. */
export interface SinkLane {
  /** Before anything is written. States and committables of the checkpoint that fall to this subtask. */
  restore(states: readonly unknown[], committables: readonly unknown[]): void;
  /** `timestamp`, `watermark`: ms; NaN and −Infinity where there is none. */
  write(value: unknown, timestamp: number, watermark: number): void;
  watermark(watermark: number): void;
  barrier(checkpoint: number): void;
  /** The input has ended. */
  finish(): void;
}

/** Who is a lane. */
export interface SinkPlace {
  /** Vertex of the sink. */
  readonly vertex: number;
  readonly subtask: number;
  readonly parallelism: number;
  readonly task: TaskInfo;
  readonly job: JobInfo;
}

/** Feeds writers, which wait for the world outside: the engine calls none itself. */
export interface SinkLanes {
  open(sink: UserSink<unknown>, place: SinkPlace): SinkLane;
}

const DEAF: SinkLane = { restore() {}, write() {}, watermark() {}, barrier() {}, finish() {} };

/** Takes everything, calls nobody: for jobs whose output is not wanted, such as replays. */
export const DISCARDED_SINKS: SinkLanes = { open: () => DEAF };

/** State under which a checkpoint keeps what a sink has. */
export const SINK_STATE = 'sink';

/** What a checkpoint keeps of one subtask of a sink; plain data. */
export interface SavedSink {
  readonly subtask: number;
  readonly parallelism: number;
  readonly states: readonly unknown[];
  readonly committables: readonly unknown[];
}

/** What falls to a subtask. */
export function dealtOut(saved: readonly SavedSink[], subtask: number, parallelism: number): Pick<SavedSink, 'states' | 'committables'> {
  const before = saved[0]?.parallelism ?? 0;
  const of = (field: 'states' | 'committables'): readonly unknown[] => {
    const lists = Array.from({ length: before }, (_, index) => saved.find((one) => one.subtask === index)?.[field] ?? []);
    return splitDistribute(lists, parallelism)[subtask] ?? [];
  };
  return { states: of('states'), committables: of('committables') };
}

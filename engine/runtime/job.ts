import type { CheckpointStorage } from '../api/checkpoint-storage.ts';
import type { MetricValue } from '../api/metric-group.ts';
import type { Boundedness, SplitEnumeration, SplitPosition } from '../connectors/source.ts';
import type { SinkLanes } from '../connectors/user-sink.ts';
import type { PartWrites } from '../connectors/part-writes.ts';
import type { OperatorCompatibility } from '../checkpoint/compatibility.ts';
import type { JobRestore } from '../checkpoint/snapshot.ts';
import type { DisplayOptions } from '../graph/display-options.ts';
import type { StepTrace } from '../observe/step-trace.ts';
import type { Calls } from './async-calls.ts';
import type { JournalEntry, Mail, SplitDescription } from './mail.ts';
import type { InputPiece } from './probe.ts';
import type { CacheLimits } from '../state/stored/cached-entries.ts';
import type { SnapshotInProgress } from './snapshot-in-progress.ts';
import type { StateBackends } from './state-stores.ts';

/** A place in a cell, 1-based. `cell` is the index of the cell in its program's list of cells. */
export interface SourceLocation {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
}

/** A cell's job as the engine sees it: something that can be evaluated afresh, per subtask and per attempt (rule 3). */
export interface JobProgram<Env> {
  readonly name: string;
  /** Describes the pipeline on `env` by running the cells' code. Throws what the cells throw. */
  evaluate(env: Env): void;
  /** Turns a JavaScript stack (of an error, or taken where an operator was created) into a place in a cell. */
  locate(stack: string): SourceLocation | null;
  /** What the job of a cell would be called: tells cells apart across edits. Without it, operators are not told apart by their cells. */
  cellName?(cell: number): string | null;
}

/** Why a job failed, with everything the user needs to find the place. Plain data: it crosses threads. */
export interface JobFailure {
  /** The error's class as the user knows it: "TypeError", "IllegalStateException", "RecordReadError". */
  readonly errorName: string;
  readonly message: string;
  /** The operator whose function threw, or that the engine blames; null when the program failed before it had any. */
  readonly operator: { readonly id: number; readonly name: string; readonly uid: string | null } | null;
  /** Where in the cells: the throwing line if known, else the operator's line. */
  readonly location: SourceLocation | null;
  /** The record that was being processed, encoded for display, cut to 2,000 characters. */
  readonly record: string | null;
  /** Ordinal of the source record (from 1, over the whole job) and the name of its source. */
  readonly recordNumber: number | null;
  readonly source: string | null;
  /** For a record that could not be decoded: file and line. */
  readonly file: { readonly path: string; readonly line: number | null; readonly offset: number } | null;
  /** What the user can do, one sentence. */
  readonly hint: string | null;
  readonly stack: string | null;
  /** The error says that a restart does not help. */
  readonly suppressesRestarts?: boolean;
  /** The job can be restored once these are answered, with `streambook.state-recovery.match`. */
  readonly questions?: readonly RestoreQuestion[];
}

/** Which operator takes over a state? Operators by what users address them with: uid, else kind and ordinal. */
export interface RestoreQuestion {
  readonly saved: { readonly label: string; readonly name: string; readonly states: readonly string[] };
  readonly candidates: readonly { readonly label: string; readonly name: string }[];
}

/** +I −U +U −D, as in Flink's RowKind. */
export type RowKind = '+I' | '-U' | '+U' | '-D';

/** One result of a display. `value` is a live reference inside the job's thread: encode it before it crosses. */
export interface ResultRow {
  /** From 0, per display: the position in the display's output. */
  readonly index: number;
  readonly kind: RowKind;
  /** Event time in ms; null when the record has none. */
  readonly timestamp: number | null;
  /** Window the record came out of, [start, end) in ms; null when it did not come from a window. */
  readonly window: { readonly start: number; readonly end: number } | null;
  /** Key of the windowed or keyed operator it came out of; undefined when there is none. */
  readonly key: unknown;
  readonly value: unknown;
  /** Watermark at the display when the row arrived. −Infinity before the first. */
  readonly watermark: number;
  /** Subtask of the display that got it, from 0. */
  readonly subtask?: number;
}

/** A window that has not fired yet (rule 13). `value` is its result so far, or undefined where only `count` is known. */
export interface OpenWindow {
  readonly window: { readonly start: number; readonly end: number };
  readonly key: unknown;
  readonly value: unknown;
  /** Records in the window, when the operator knows it. */
  readonly count: number | null;
}

/** A record that came behind the watermark. */
export interface LateRecord {
  /** Event time in ms. */
  readonly timestamp: number;
  readonly watermark: number;
  readonly key: unknown;
  readonly value: unknown;
  /** Windows it was still counted in (allowed lateness); false when it was dropped or went to a late side output. */
  readonly counted: boolean;
}

/** What `createExecutor` gives: a program that cannot be evaluated has no executor, only the reason. */
export type CreateExecutor<Env> = (
  program: JobProgram<Env>,
  options: ExecutorOptions,
) => { readonly ok: true; readonly executor: Executor } | { readonly ok: false; readonly failure: JobFailure };

export interface ExecutorOptions {
  /** Options by Flink's names that cells may override (VS Code settings). */
  readonly settings: Readonly<Record<string, string>>;
  /** Options that win over the cells (`--set`). */
  readonly overrides: Readonly<Record<string, string>>;
  /** The job's clock at the start, ms. */
  readonly startTime: number;
  /** Keeps mail for replay and tests; off, `journal()` is empty. */
  readonly journal: boolean;
  /** Rows kept per display between two calls of `takeRows`; older ones give way. Default 100,000. */
  readonly maxBufferedRows?: number;
  /** Starts where a checkpoint of the job was. */
  readonly restore?: JobRestore | null;
  /** How often the run was restarted after a failure. Default 0. */
  readonly attempt?: number;
  /** Number of the run: part of the names of what its sinks write. Default 1. */
  readonly run?: number;
  /** Takes what file sinks write, such as a PartWriteQueue of this job alone. Without it, it is thrown away. */
  readonly parts?: PartWrites;
  /** Takes what sinks of the user's own are given. Without it, nobody does. */
  readonly sinks?: SinkLanes;
  /** Makes the calls of asynchronous operators. Without it, nobody does: their answers come as mail anyway, from a journal. */
  readonly calls?: Calls;
  /** State backends beside the heap. Without it there are only those that programs bring along. */
  readonly stateBackends?: StateBackends;
  /** How much of a state is kept decoded, where it is not on the heap. */
  readonly stateCache?: CacheLimits;
  /** Follows the operators at work, for a debugger. */
  readonly trace?: StepTrace | null;
}

/** What a display shows; ids are stable over runs of an unchanged program. */
export interface DisplayDescription {
  /** Ordinal in the program. */
  readonly id: number;
  /** Name given to `display(stream, { name })`, or the name of the variable, or the last operator's name. */
  readonly name: string;
  readonly operator: number;
  /** 'preview' = a cell with no display and no sink: only its first records are kept. */
  readonly kind: 'display' | 'preview';
  /** How the cell wants it to be shown. */
  readonly options: DisplayOptions;
  /** The stream comes straight from a window operator, so ghosts are possible. */
  readonly windowed: boolean;
  /** The window assigner in words, e.g. "TumblingEventTimeWindows(5000)", and whether it is on event time; null if not windowed. */
  readonly window: { readonly description: string; readonly eventTime: boolean; readonly size: number | null } | null;
  readonly location: SourceLocation | null;
}

/** Counters of one operator. */
export interface OperatorMetrics {
  readonly id: number;
  readonly name: string;
  readonly recordsIn: number;
  readonly recordsOut: number;
  /** Current input watermark, −Infinity before the first. */
  readonly watermark: number;
  readonly lateDropped: number;
  /** Bytes of keyed state, estimated between checkpoints. */
  readonly stateBytes: number;
  readonly location: SourceLocation | null;
}

/** A metric that a user function has registered. */
export interface UserMetric extends MetricValue {
  /** Id of the operator. */
  readonly operator: number;
  readonly subtask: number;
}

/** Bytes of memory. */
export interface StateMemoryUse {
  readonly bytes: number;
  /** streambook.state.max-size. */
  readonly jobLimit: number;
  /** streambook.state.max-window-size. */
  readonly windowLimit: number;
}

/** A source as the shell drives it. */
export interface SourceDescription {
  readonly source: number;
  readonly name: string;
  readonly boundedness: Boundedness;
  readonly enumeration: SplitEnumeration;
  /** Source.usesClock. */
  readonly usesClock: boolean;
  readonly location: SourceLocation | null;
}

export type StepKind =
  /** Did work; call again. */
  | 'progress'
  /** Nothing to do before more mail comes (see `wanted` and `nextWakeUp`), or paced. */
  | 'waiting'
  | 'finished'
  | 'failed';

/**
 * One job as a deterministic, single-threaded state machine. Never awaits, reads no clock.
 * Contract: `deliver` and `step` are never called from inside user code; after 'finished' or 'failed' only the inspecting methods and `close` may be called.
 */
export interface Executor {
  readonly sources: readonly SourceDescription[];
  readonly displays: readonly DisplayDescription[];
  /** Source records that have passed through the whole job. */
  readonly recordCount: number;
  /** Turns so far: records of readers, ends of input, and looks at readers that had nothing. Positions in the journal (JournalEntry.turn). */
  readonly turnCount: number;
  readonly failure: JobFailure | null;
  /** Effective options by Flink's names, as text: what a cell that only configures `env` shows. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Name of the storage for checkpoints, or the program's own. */
  readonly checkpointStorage: string | CheckpointStorage;
  /**
   * What became of the state of each operator when the job was restored; null for one that was not. That a state has another type now may turn out when a
   * function first asks for it, which for most is in the first step.
   */
  readonly compatibility: readonly OperatorCompatibility[] | null;
  /** Queues mail and journals it at the current position. */
  deliver(mail: Mail): void;
  /** Mail that was delivered and is not worked off. */
  readonly pendingMail: number;
  /**
   * Handles pending mail, then reads up to `maxRecords` source records, each through the whole job before the next (rule 1). With 0 it only handles mail,
   * up to the first that brings a record.
   */
  step(maxRecords: number): StepKind;
  /** Bytes the sources need next. */
  wanted(): readonly { readonly source: number; readonly split: string; readonly offset: number }[];
  /** Earliest processing time (ms) at which something is due: a timer or a rate-limited source; Infinity if nothing waits for the clock. */
  nextWakeUp(): number;
  /** Event time (ms) of the next source record that pacing holds back or would emit; null if not known or without timestamp. */
  nextTimestamp(): number | null;
  /** Smallest watermark over the inputs of a display; −Infinity before the first. */
  displayWatermark(display: number): number;
  /** Rows since the last call, at most `limit` (the newest), and how many there have been in all. */
  takeRows(display: number, limit: number): { readonly rows: readonly ResultRow[]; readonly total: number };
  /** Rows that there have been in all, by the display's id; takes none. */
  rowTotals(): readonly number[];
  /** Ghosts: computed on copies, outside the journal; at most `limit` windows. Empty when the display is not windowed. */
  openWindows(display: number, limit: number): readonly OpenWindow[];
  /** Late records at the window operator of a display since the last call (newest `limit`), with totals. */
  takeLate(
    display: number,
    limit: number,
  ): {
    readonly records: readonly LateRecord[];
    readonly dropped: number;
    readonly counted: number;
  };
  /** Lines that this executor has printed in all. */
  readonly printedCount: number;
  /** Lines printed by `print()` and `printToErr()` since the last call, without line ends. */
  takePrinted(): readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[];
  /**
   * Event times of the first records of a split from its offset on, as far as `pieces` reach; empty when they have none. With a reader and functions
   * of its own (runtime/probe.ts): the job is not touched. An executor without it plays by the share of the input instead of event time.
   */
  probeTimestamps?(source: number, split: SplitDescription, pieces: readonly InputPiece[]): readonly number[];
  metrics(): readonly OperatorMetrics[];
  /** Accumulators of user functions by name, put together over all operators and subtasks. Throws what user code throws. */
  accumulators(): ReadonlyMap<string, unknown>;
  /** Metrics of user functions, of each operator and subtask. */
  userMetrics(): readonly UserMetric[];
  /** The checkpoint whose barriers have passed through the job, while its state is still being encoded: call its `encode` between steps. */
  readonly snapshot: SnapshotInProgress | null;
  /** Its functions are told of checkpoints: taking one more could change what the job does. */
  readonly noticesCheckpoints: boolean;
  positions(): readonly { readonly source: number; readonly positions: readonly SplitPosition[] }[];
  /** Memory of all state in bytes (state/memory-of.ts), objects as last measured; and the limits of the job and of all jobs of its window. */
  stateMemory(): StateMemoryUse;
  /** Canonical bytes of all keyed state, timers and watermarks: equal runs have equal bytes. */
  stateBytes(): Uint8Array;
  journal(): readonly JournalEntry[];
  /** The entries since the last call, which leave the memory: for one who writes them down. */
  takeJournal(): readonly JournalEntry[];
  /** What went wrong outside of the executor, for an operator of it, as the failure of the job. */
  failureAt(operator: number, error: unknown, record: unknown): JobFailure;
  /** Calls `close` of every function once. Idempotent. */
  close(): void;
}

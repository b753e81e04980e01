import type { RuntimeContext } from '../api/runtime-context.ts';
import type { UserFunction } from '../api/user-function.ts';
import type { Committable, OperatorState } from '../checkpoint/snapshot.ts';
import type { SinkLanes } from '../connectors/user-sink.ts';
import type { PartWrites } from '../connectors/part-writes.ts';
import type { KeyedStateView } from '../observe/keyed-state-view.ts';
import type { StepTrace } from '../observe/step-trace.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import type { RestoredState, StateCapture } from '../state/state-capture.ts';
import type { StateAccount } from '../state/state-memory.ts';
import type { OperatorStateBackend } from '../state/operator/operator-state-backend.ts';
import type { TypeChangeListener } from '../state/type-change.ts';
import type { StateStore } from '../state/stored/state-store.ts';
import type { Ambient } from './ambient.ts';
import type { CallOutcome, Calls } from './async-calls.ts';
import type { DisplayBuffer } from './display-buffer.ts';
import type { LateLog } from './late-log.ts';
import type { OpenWindow } from './job.ts';

/** Takes one record; `timestamp` is ms of event time or NaN. The data plane is made of these closures. */
export type Collect = (value: unknown, timestamp: number) => void;

/** What an operator reads from or writes to, one function per kind of stream element. */
export interface Receiver {
  readonly collect: Collect;
  /** Only called with growing watermarks; Infinity is the last. */
  readonly watermark: (watermark: number) => void;
  /** Only called on a change. */
  readonly idle: (idle: boolean) => void;
}

export interface Output extends Receiver {
  /** Sends to a side output; nobody may be listening. */
  readonly side: (tag: string, value: unknown, timestamp: number) => void;
}

/** What an operator gets back from a checkpoint, for one subtask: keyed states hold only the key groups of the subtask. */
export interface SubtaskRestore {
  /** Number of the checkpoint. */
  readonly checkpoint: number;
  readonly keyed: readonly RestoredState[];
  readonly operator: readonly OperatorState[];
  /** The operator's input watermark, ms; −Infinity when watermarks are not restored. */
  readonly watermark: number;
}

/**
 * One operator in one subtask. Called in order: restore?, open, (collect | collectSecond | watermark | idle | advanceTime | the methods of a checkpoint)*, finish?,
 * close. Never re-entrantly. `open` may emit: what comes after is open already. A checkpoint calls prepareSnapshot, capture, operatorState and committables at
 * its barrier, and checkpointComplete when it is published or checkpointAborted when it came to nothing.
 */
export interface OperatorInstance extends Receiver {
  /** Records of the second input, of an operator with two; `watermark` and `idle` are then what both inputs come to together. */
  readonly collectSecond?: Collect;
  open?(): void;
  /** All inputs ended: flush. */
  finish?(): void;
  /** After `finish`: results are still to come, and the end waits for them. */
  isWaiting?(): boolean;
  /** An attempt at a call that the operator has made ended so. */
  answered?(call: number, attempt: number, outcome: CallOutcome): void;
  close?(): void;
  /** The job's clock moved on: runs what is due. */
  advanceTime?(now: number): void;
  /** Earliest processing time (ms) at which `advanceTime` has something to do. */
  nextWakeUp?(): number;
  /** Appends keyed state and timers in canonical form. */
  writeState?(writer: ByteWriter): void;
  /** The barrier of the checkpoint with that number has come: user functions put what they hold into state. */
  prepareSnapshot?(checkpoint: number): void;
  /** Keyed state at the barrier, encoded later. `full`: everything, not only what has changed since the last capture. */
  capture?(full: boolean): readonly StateCapture[];
  /** Bytes of keyed state as a checkpoint would store it: exact for what the last one had and has not changed since, an estimate for the rest. */
  stateBytes?(): number;
  /** State that belongs to no key, at the barrier. */
  operatorState?(): readonly OperatorState[];
  /**
   * A sink's transactions that belong to the checkpoint with that number: no record that comes later is in them. Those of earlier checkpoints that
   * are not known to be complete come again.
   */
  committables?(checkpoint: number): readonly Committable[];
  /** The checkpoint with that number is complete and committed, and with it all before. */
  checkpointComplete?(checkpoint: number): void;
  /** The checkpoint with that number came to nothing; its barrier may not have come here. */
  checkpointAborted?(checkpoint: number): void;
  /** Before `open`. Throws for state it cannot take over. */
  restore?(state: SubtaskRestore): void;
  /** Ghosts. `fresh` is the same operator of another evaluation of the program: its functions may run without being noticed. */
  openWindows?(limit: number, fresh: OperatorSpec): readonly OpenWindow[];
  /** What is kept for a key, at most `limit` entries of each state. Changes nothing, not even what the next checkpoint takes. Runs no user code. */
  keyedState?(key: unknown, limit: number): readonly KeyedStateView[];
}

/** Counters of one operator in one subtask. */
export interface OperatorCounters {
  recordsIn: number;
  recordsOut: number;
  watermark: number;
  lateDropped: number;
}

/** What an operator may ask of its surroundings. */
export interface OperatorContext {
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** The input comes sorted by key, at its end (RuntimeExecutionMode.BATCH). */
  readonly batch?: boolean;
  readonly counters: OperatorCounters;
  readonly ambient: Ambient;
  readonly clock: { readonly now: number };
  readonly runtime: RuntimeContext;
  readonly late: LateLog;
  /** Counts the memory of the operator's state. */
  readonly memory: StateAccount;
  /** Hears of restored states whose types have changed. */
  readonly onTypeChange: TypeChangeListener;
  readonly display: DisplayBuffer;
  /** Of the operator in the graph. */
  readonly vertex: number;
  /** State of the subtask that belongs to no key: part of checkpoints without the operator's doing. */
  readonly operatorState: OperatorStateBackend;
  /** Where sinks of the user's own write. */
  readonly sinks: SinkLanes;
  /** Who makes its calls. */
  readonly calls: Calls;
  /** Where file sinks write. */
  readonly parts: PartWrites;
  /** Number of the run: part of the names of files. */
  readonly run: number;
  /** A store of the operator's own for its keyed state; null = state is on the heap. Call it once. */
  openStore(): StateStore | null;
  /** Only in jobs that are debugged. */
  readonly trace: StepTrace | null;
  /** Sources stand still while any operator holds them. Only called on a change. */
  holdSources(hold: boolean): void;
  /** Prints a line to the job's log. */
  print(stream: 'stdout' | 'stderr', line: string): void;
  /**
   * Turns what a user function threw into the failure of the job and throws it. An error that comes from an operator further down
   * passes unchanged.
   */
  fail(error: unknown, record: unknown): never;
}

/** An operator as the graph carries it: data, functions, and how to run it. */
export interface OperatorSpec {
  /** Such as "map" or "window": with `config` and the functions' sources part of the graph's hash. */
  readonly kind: string;
  /** JSON-safe data. */
  readonly config: unknown;
  readonly functions: readonly UserFunction[];
  /** It has state that matters to those who restore it. */
  readonly keepsState?: boolean;
  /** It has no windows, and yet drops records that are late or sends them aside: displays below it tell. */
  readonly dropsLate?: boolean;
  create(context: OperatorContext, output: Output): OperatorInstance;
}

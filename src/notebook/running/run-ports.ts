import type { CheckpointKind, CheckpointRef } from '../../../engine/checkpoint/manifest.ts';
import type { Injection } from '../../../engine/node/job-master.ts';
import type { Pace } from '../../../engine/runtime/pace.ts';
import type { RunDebugger } from '../../debug/session.ts';
import type { JobListener } from '../../host/job-client.ts';
import type { StartJob } from '../../host/protocol.ts';
import type { OutputError, OutputState, ReplayAction } from '../../output/types.ts';
import type {
  CellView,
  Clock,
  Dialogs,
  Executions,
  Localizer,
  Log,
  Notebooks,
  NotebookView,
  RendererChannel,
  Settings,
  Trust,
} from '../../platform/ports.ts';
import type { CellDiagnostic, CellSource, CompiledProgram, CompileResult } from '../../program/types.ts';
import type { CheckpointPlaces } from '../jobs/checkpoint-places.ts';
import type { PaceMemory } from './pace-choice.ts';
import type { WindowState } from './window-state.ts';

/** A running job as the runs need it: `JobClient`. */
export interface Job {
  start(job: StartJob): void;
  stop(): Promise<void>;
  setPace(pace: Pace): Promise<void>;
  replay(action: ReplayAction): Promise<void>;
  checkpoint(kind: CheckpointKind, label: string | null): Promise<void>;
  stopWithSavepoint(label: string | null, drain: boolean): Promise<void>;
  inject(injection: Injection): Promise<void>;
  label(ref: CheckpointRef, label: string | null): Promise<void>;
  deleteCheckpoint(ref: CheckpointRef): Promise<void>;
  kill(): Promise<void>;
}

/** The language worker as the runs need it. */
export interface Compiler {
  compile(notebook: string, cells: readonly CellSource[], target: string, check: boolean): Promise<CompileResult>;
}

/** Where problems found by a run are shown. */
export interface RunProblems {
  /** All problems that compiling found; replaces what is shown for these cells. */
  showCompileProblems(cells: readonly string[], diagnostics: readonly CellDiagnostic[]): void;
  showFailure(error: OutputError): void;
  clearFailure(cell: string): void;
}

/** Keeps outputs over a reload of the window. */
export interface OutputKeeper {
  keep(notebook: NotebookView, cell: CellView, outputs: readonly OutputState[]): void;
}

/** The recordings of runs. */
export interface Recordings {
  /** What a file is a recording of, with its cells as they are called in the notebook now; null when there is none. Rejects with why it cannot be read. */
  read(file: string, notebook: NotebookView): Promise<RecordedRun | null>;
}

export interface RecordedRun {
  readonly run: number;
  /** Wall clock, ms. */
  readonly recorded: number;
  readonly program: CompiledProgram;
  readonly settings: Readonly<Record<string, string>>;
}

/** What running cells needs. */
export interface RunPorts {
  readonly notebooks: Notebooks;
  readonly executions: Executions;
  readonly compiler: Compiler;
  /** Starts a worker for a job of the cell, under a debugger if there is one. */
  startWorker(cell: string, listener: JobListener, debug: RunDebugger | null): Job;
  readonly problems: RunProblems;
  readonly channel: RendererChannel;
  readonly keeper: OutputKeeper;
  readonly paces: PaceMemory;
  readonly places: CheckpointPlaces;
  readonly recordings: Recordings;
  readonly settings: Settings;
  readonly windowState: WindowState;
  readonly trust: Trust;
  readonly dialogs: Dialogs;
  readonly clock: Clock;
  readonly log: Log;
  readonly l10n: Localizer;
  /** Something that the status bar of the cell shows has changed. */
  onStatus(cell: string): void;
  /** A job has published a checkpoint, or failed to. */
  onCheckpoint(): void;
}

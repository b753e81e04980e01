/**
 * What an output shows, as plain JSON-safe data. The job's worker folds rows into it (src/output), the extension host keeps the newest
 * state of each output and hands it on, the renderer draws it. Times are event-time ms; −Infinity and Infinity travel as null with a flag
 * where they matter. Everything is bounded; reaching a bound is part of the data.
 */
import type { DisplayView } from '../../engine/graph/display-options.ts';
import type { RowKind } from '../../engine/runtime/job.ts';

/** A value in the documented JSON encoding (src/output/encoding.ts): bigint, Date, bytes, Map, Set, NaN, ±Infinity and −0 are tagged objects. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [field: string]: JsonValue };

export interface WindowRange {
  readonly start: number;
  readonly end: number;
}

/** A row of the Table. */
export interface TableRow {
  /** From 0 in the whole output of the display. */
  readonly index: number;
  readonly kind: RowKind;
  readonly timestamp: number | null;
  readonly window: WindowRange | null;
  readonly key: JsonValue | undefined;
  readonly value: JsonValue;
  /** Watermark when it was emitted; null before the first one. */
  readonly firedAt: number | null;
}

/** An open window as the Table and the Chart show it. */
export interface GhostRow {
  readonly window: WindowRange;
  readonly key: JsonValue | undefined;
  /** undefined when only the count is known (process windows). */
  readonly value: JsonValue | undefined;
  readonly count: number | null;
}

export interface LateMark {
  readonly timestamp: number;
  readonly counted: boolean;
}

export type ColumnKind = 'string' | 'number' | 'boolean' | 'timestamp' | 'json' | 'mixed';

/** A field of the results, in order of first appearance; at most 64. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** One bar segment or line point: a window (or time) and a series. `slot` 1…5 = top keys, 6 = others. */
export interface ChartMark {
  readonly start: number;
  readonly end: number;
  readonly slot: number;
  readonly value: number;
  /** True for a window that has not fired: a ghost. */
  readonly open: boolean;
}

export interface ChartSeries {
  readonly slot: number;
  /** Text of the key; "1,207 others" for the last slot. */
  readonly label: string;
  readonly lastFired: number | null;
  readonly open: number | null;
}

/** How the results are drawn; inferred from their shape. 'plot' is what only the options of a display ask for. */
export type ChartKind = 'window-bars' | 'lines' | 'category-bars' | 'single-number' | 'plot' | 'none';

/** Marks over an x axis. On 'event-time' there are watermarks too; 'time' is any other time, in ms; a category is its number in `categories`. */
export interface Plot {
  readonly mark: 'bar' | 'line' | 'area' | 'point';
  readonly axis: 'event-time' | 'time' | 'number' | 'category';
}

/** The data of the chart, already aggregated: at most 2,000 marks. */
export interface ChartData {
  readonly kind: ChartKind;
  /** Set when `kind` is 'plot'. Absent in outputs that an earlier version has kept. */
  readonly plot?: Plot | null;
  /** Names for the pickers: what x, y and colour stand for. Null where there is none. */
  readonly x: string | null;
  readonly y: string | null;
  readonly colour: string | null;
  /** Why there is no chart, when kind is 'none'; one sentence. */
  readonly reason: string | null;
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  /** For category-bars, single-number and an axis of categories: label and value, at most 50. */
  readonly categories: readonly { readonly label: string; readonly value: number }[];
  /** Width of the windows in ms when they all have the same, else null. */
  readonly windowSize: number | null;
  /** Keys (on an axis of categories: those) that are not drawn one by one: the last slot stands for them, or nothing does. */
  readonly others: number;
  /** Results that came faster than they could be taken over: they are counted but not in the chart. */
  readonly missed: number;
  /** What became of the options of the display. Absent in outputs that an earlier version has kept. */
  readonly notes?: readonly Notice[];
}

/** Where a run stands. Phases are Flink's JobStatus in lower case, plus ours before and after. */
export type RunPhase = 'compiling' | 'starting' | 'running' | 'finished' | 'failed' | 'stopped' | 'unresponsive';

export interface OutputStatus {
  readonly phase: RunPhase;
  /** Wall-clock ms since the job started. */
  readonly elapsed: number;
  readonly recordsIn: number;
  /** Results of this display in all. */
  readonly results: number;
  readonly watermark: number | null;
  readonly lateDropped: number;
  readonly lateCounted: number;
  /** Event time of the next window to fire, when one is open. */
  readonly nextWindow: WindowRange | null;
}

/** An error as outputs, diagnostics and the command line show it. */
export interface OutputError {
  readonly title: string;
  /** "in flatMap, cell word-count, line 2, column 24, at record 7,402 of lines" in parts, so that the renderer can link the place. */
  readonly operator: string | null;
  readonly place: { readonly cell: string; readonly cellLabel: string; readonly line: number; readonly column: number } | null;
  readonly recordNumber: number | null;
  readonly source: string | null;
  readonly file: { readonly path: string; readonly line: number | null } | null;
  readonly record: string | null;
  readonly hint: string | null;
}

/** Where a replay stands. Positions are numbers of source records that have passed through the job. */
export interface ReplayStatus {
  readonly state: 'playing' | 'paused' | 'moving';
  readonly record: number;
  readonly first: number;
  readonly last: number;
  /** What came after the last record has happened too. */
  readonly atEnd: boolean;
  /** Event time of the next record, ms; null where there is none. */
  readonly timestamp: number | null;
  /** The run went on behind `last`, but there was no room to record it. */
  readonly full: boolean;
  /** Checkpoints that the run took, and where. */
  readonly checkpoints: readonly { readonly checkpoint: number; readonly record: number }[];
}

/** What a replay is told to do. Positions are numbers of source records that have passed through the job. */
export type ReplayAction =
  | { readonly kind: 'play' | 'pause' | 'step' | 'step-back' | 'next-output' }
  | { readonly kind: 'seek'; readonly to: number | 'end' }
  /** Go there and play on. */
  | { readonly kind: 'run-from'; readonly record: number };

/** The full state of one output: what a renderer needs to draw from nothing, and what is kept after the run. */
export interface OutputState {
  readonly version: 1;
  /** Address of the output: notebook URI, cell and display. */
  readonly id: string;
  readonly name: string;
  /** 'preview': the cell has no display; the first 20 records are shown. */
  readonly kind: 'display' | 'preview' | 'log' | 'config';
  readonly status: OutputStatus;
  readonly columns: readonly Column[];
  /** Newest last; at most 1,000. */
  readonly rows: readonly TableRow[];
  /** Records in all: "showing the last 1,000 of 2.3 M". */
  readonly totalRows: number;
  readonly ghosts: readonly GhostRow[];
  readonly late: readonly LateMark[];
  readonly chart: ChartData;
  readonly window: { readonly description: string; readonly eventTime: boolean; readonly size: number | null } | null;
  /** Lines of print(), newest last; at most 1,000, and how many there were. */
  readonly log: readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[];
  readonly totalLog: number;
  readonly error: OutputError | null;
  /** Set when the output was put back after a reload, or when its job went on from a checkpoint. */
  readonly notice: Notice | null;
  /** Set while the run is replayed, in the first output of its cell. Absent in outputs that an earlier version has kept. */
  readonly replay?: ReplayStatus | null;
  /** Tab that the cell asks to open with; null: as fits. Absent in outputs that an earlier version has kept. */
  readonly view?: DisplayView | null;
  /** Rows that the cell asks to keep, at most 1,000; null: that many. Absent in outputs that an earlier version has kept. */
  readonly maxRows?: number | null;
}

/** Something to know about a result. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly tone: 'info' | 'warn';
  /** Running the cell again is what to do. */
  readonly rerun: boolean;
}

/**
 * A change of an OutputState. Apply with `applyDelta`: rows and log lines are appended (and cut to the bound), the rest replaces.
 * `base` is the `totalRows` and `totalLog` the delta starts from: a receiver at another position asks for the full state.
 */
export interface OutputDelta {
  readonly id: string;
  readonly base: { readonly rows: number; readonly log: number };
  readonly rows: readonly TableRow[];
  readonly log: readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[];
  readonly totalRows: number;
  readonly totalLog: number;
  readonly status: OutputStatus;
  readonly columns: readonly Column[];
  readonly ghosts: readonly GhostRow[];
  readonly late: readonly LateMark[];
  readonly chart: ChartData;
  readonly error: OutputError | null;
  readonly notice: Notice | null;
  readonly replay: ReplayStatus | null;
}

import * as l10n from '@vscode/l10n';
import { type DisplayOptions, INFERRED_DISPLAY } from '../../engine/graph/display-options.ts';
import type { LateRecord, OpenWindow, ResultRow } from '../../engine/runtime/job.ts';
import { ChartFold, type ChartInput } from './chart-fold.ts';
import { widenColumns } from './columns.ts';
import { History } from './history.ts';
import { DISPLAY_LIMITS, decodeJson, encodeJson } from './encoding.ts';
import { finiteTime, fullNumber } from './text.ts';
import { keepNewest, MAX_LATE, MAX_LOG, MAX_ROWS, rowLimit } from './limits.ts';
import { noChart } from './no-chart.ts';
import type {
  ChartData,
  Column,
  GhostRow,
  JsonValue,
  LateMark,
  OutputDelta,
  OutputError,
  Notice,
  OutputState,
  OutputStatus,
  ReplayStatus,
  TableRow,
  WindowRange,
} from './types.ts';

/** Ghosts that leave the job. */
const MAX_GHOSTS = 200;

/** Results, late records and lines that a replay remembers, so that it can go back. */
const REMEMBERED = 20_000;

type LogLine = OutputState['log'][number];

/**
 * Folds what a display emits into the bounded state of its output, inside the job's worker. Everything is encoded at once,
 * so that values may be mutated afterwards. `takeDelta` gives the change since the last `takeDelta` or `state`.
 */
export class OutputFold {
  readonly #init: Pick<OutputState, 'id' | 'name' | 'kind' | 'window'>;
  readonly #options: DisplayOptions;
  #chart: ChartFold;
  #columns: readonly Column[] = [];
  #rows: readonly TableRow[] = [];
  #totalRows = 0;
  #log: readonly LogLine[] = [];
  #totalLog = 0;
  #ghosts: readonly GhostRow[] = [];
  #late: readonly LateMark[] = [];
  #status: OutputStatus = {
    phase: 'starting',
    elapsed: 0,
    recordsIn: 0,
    results: 0,
    watermark: null,
    lateDropped: 0,
    lateCounted: 0,
    nextWindow: null,
  };
  #error: OutputError | null = null;
  #notice: Notice | null = null;
  #replay: ReplayStatus | null = null;
  #taken = { rows: 0, log: 0 };
  /** What `rewind` goes back to; null when this is no replay. */
  readonly #past: { readonly rows: History<TableRow>; readonly late: History<LateMark>; readonly log: History<LogLine> } | null;

  /** `remembers`: it can be told to go back. `options`: those of the display. */
  constructor(init: Pick<OutputState, 'id' | 'name' | 'kind' | 'window'>, remembers = false, options: DisplayOptions = INFERRED_DISPLAY) {
    this.#options = options;
    this.#chart = new ChartFold(options);
    this.#init = { id: init.id, name: init.name, kind: init.kind, window: init.window };
    this.#past = remembers ? { rows: new History(REMEMBERED), late: new History(REMEMBERED), log: new History(REMEMBERED) } : null;
  }

  /** Adds the newest results. `total` counts all there have been: more than were added so far means that some were passed over. */
  addRows(rows: readonly ResultRow[], total: number): void {
    const earlier = this.#rows;
    if (rows.length > 0 && this.#init.kind !== 'preview') {
      this.#chart.add(rows, () => earlier.map(fromTableRow));
    }
    this.#chart.addMissed(Math.max(0, total - this.#totalRows - rows.length));
    const encoded = (this.#past === null ? rows.slice(-MAX_ROWS) : rows).map(toTableRow);
    this.#past?.rows.add(total - encoded.length, encoded);
    for (const row of encoded) {
      this.#columns = widenColumns(this.#columns, row.value, row.timestamp);
    }
    this.#rows = keepNewest(this.#rows, encoded, MAX_ROWS);
    this.#totalRows = total;
    this.#status = { ...this.#status, results: total };
  }

  /**
   * The job goes on from a checkpoint at which it had `total` results (rule 9): of the rows known from before, those stay, the later ones are withdrawn.
   * The next delta does not follow from the last: send the whole state.
   */
  restore(rows: readonly TableRow[], total: number): void {
    const kept = rows.filter(({ index }) => index < total);
    this.#chart = new ChartFold(this.#options);
    this.#columns = [];
    for (const row of kept) {
      this.#columns = widenColumns(this.#columns, row.value, row.timestamp);
    }
    if (kept.length > 0 && this.#init.kind !== 'preview') {
      this.#chart.add(kept.map(fromTableRow), () => []);
    }
    this.#rows = kept.slice(-MAX_ROWS);
    this.#totalRows = total;
    this.#ghosts = [];
    this.#status = { ...this.#status, results: total };
  }

  /** Takes back results beyond the first `total`; gives how many those were. */
  withdraw(total: number): number {
    const withdrawn = Math.max(0, this.#totalRows - total);
    if (withdrawn > 0) {
      this.restore(this.#rows, total);
    }
    return withdrawn;
  }

  /** Goes back to where there had been so many results, late records and lines. The next delta does not follow from the last: send the whole state. */
  rewind(to: { readonly rows: number; readonly dropped: number; readonly counted: number; readonly log: number }): void {
    if (this.#past === null) return;
    const { rows, late, log } = this.#past;
    if (to.rows !== this.#totalRows) this.restore(rows.before(to.rows), to.rows);
    this.#late = late.before(to.dropped + to.counted).slice(-MAX_LATE);
    this.#log = log.before(to.log).slice(-MAX_LOG);
    this.#totalLog = to.log;
    this.#status = { ...this.#status, lateDropped: to.dropped, lateCounted: to.counted };
    this.#error = null;
  }

  setReplay(replay: ReplayStatus | null): void {
    this.#replay = replay;
  }

  /** Replaces the open windows (rule 13). */
  setGhosts(windows: readonly OpenWindow[]): void {
    const ghosts = windows.slice(0, MAX_GHOSTS);
    this.#ghosts = ghosts.map((ghost) => ({
      window: rangeOf(ghost.window),
      key: encodeKey(ghost.key),
      value: ghost.value === undefined ? undefined : encodeJson(ghost.value, DISPLAY_LIMITS),
      count: ghost.count,
    }));
    if (this.#init.kind !== 'preview') {
      const valued = ghosts.filter((ghost) => ghost.value !== undefined);
      this.#chart.setGhosts(valued.map(({ window, key, value }) => ({ window, key, value, timestamp: null })));
    }
    if (this.#totalRows === 0) {
      for (const { value } of this.#ghosts) {
        this.#columns = value === undefined ? this.#columns : widenColumns(this.#columns, value);
      }
    }
    this.#status = { ...this.#status, nextWindow: earliest(this.#ghosts) };
  }

  /** Adds late records; `dropped` and `counted` are totals. */
  addLate(records: readonly LateRecord[], dropped: number, counted: number): void {
    const marks = records.map(({ timestamp, counted: kept }) => ({ timestamp, counted: kept }));
    this.#past?.late.add(dropped + counted - marks.length, marks);
    this.#late = keepNewest(this.#late, marks, MAX_LATE);
    this.#status = { ...this.#status, lateDropped: dropped, lateCounted: counted };
  }

  /** Adds lines that were printed. */
  addLog(lines: readonly LogLine[]): void {
    this.#past?.log.add(this.#totalLog, lines);
    this.#log = keepNewest(this.#log, lines, MAX_LOG);
    this.#totalLog += lines.length;
  }

  setStatus(status: Pick<OutputStatus, 'phase' | 'elapsed' | 'recordsIn' | 'watermark'>): void {
    this.#status = {
      ...this.#status,
      phase: status.phase,
      elapsed: status.elapsed,
      recordsIn: status.recordsIn,
      watermark: status.watermark === null ? null : finiteTime(status.watermark),
    };
  }

  setError(error: OutputError | null): void {
    this.#error = error;
  }

  setNotice(notice: Notice | null): void {
    this.#notice = notice;
  }

  /** What changed since the last call of `takeDelta` or `state`. */
  takeDelta(): OutputDelta {
    const base = this.#taken;
    const rows = this.#totalRows - base.rows;
    const log = this.#totalLog - base.log;
    this.#taken = { rows: this.#totalRows, log: this.#totalLog };
    return {
      id: this.#init.id,
      base,
      rows: rows === 0 ? [] : this.#kept().filter((row) => row.index >= base.rows),
      log: log === 0 ? [] : this.#log.slice(-log),
      ...this.#rest(),
    };
  }

  /** The whole state; the next delta starts from it. */
  state(): OutputState {
    this.#taken = { rows: this.#totalRows, log: this.#totalLog };
    const { view, maxRows } = this.#options;
    return { version: 1, ...this.#init, view, maxRows, rows: this.#kept(), log: this.#log, ...this.#rest() };
  }

  /** The rows that the output shows. Those before stay here: the chart may have to start again from them. */
  #kept(): readonly TableRow[] {
    return this.#rows.slice(-rowLimit(this.#options.maxRows));
  }

  #chartData(): ChartData {
    if (this.#init.kind !== 'display') {
      return noChart();
    }
    const drawn = this.#chart.chart();
    const chart = { ...drawn, notes: [...(drawn.notes ?? []), ...this.#limitNotes()] };
    const byClock = chart.kind === 'window-bars' && this.#init.window?.eventTime === false && this.#options.x === null;
    return byClock ? { ...chart, x: l10n.t('processing time') } : chart;
  }

  /** Said when the limit is reached that keeps the display from what it asks for. */
  #limitNotes(): readonly Notice[] {
    const { maxRows } = this.#options;
    if (maxRows === null || maxRows <= MAX_ROWS || this.#totalRows <= MAX_ROWS) {
      return [];
    }
    const title = l10n.t('maxRows: {0} is more than an output keeps', fullNumber(maxRows));
    return [{ title, text: l10n.t('It keeps the newest {0} results.', fullNumber(MAX_ROWS)), tone: 'info', rerun: false }];
  }

  #rest(): Omit<OutputDelta, 'id' | 'base' | 'rows' | 'log'> {
    return {
      totalRows: this.#totalRows,
      totalLog: this.#totalLog,
      status: this.#status,
      columns: this.#columns,
      ghosts: this.#ghosts,
      late: this.#late,
      chart: this.#chartData(),
      error: this.#error,
      notice: this.#notice,
      replay: this.#replay,
    };
  }
}

function toTableRow(row: ResultRow): TableRow {
  return {
    index: row.index,
    kind: row.kind,
    timestamp: row.timestamp === null ? null : finiteTime(row.timestamp),
    window: row.window === null || finiteTime(row.window.end) === null ? null : rangeOf(row.window),
    key: encodeKey(row.key),
    value: encodeJson(row.value, DISPLAY_LIMITS),
    firedAt: finiteTime(row.watermark),
  };
}

function fromTableRow(row: TableRow): ChartInput {
  return {
    kind: row.kind,
    timestamp: row.timestamp,
    window: row.window,
    key: row.key === undefined ? undefined : decodeJson(row.key),
    value: decodeJson(row.value),
  };
}

function encodeKey(key: unknown): JsonValue | undefined {
  return key === undefined ? undefined : encodeJson(key, DISPLAY_LIMITS);
}

function rangeOf(window: WindowRange): WindowRange {
  return { start: window.start, end: window.end };
}

function earliest(ghosts: readonly GhostRow[]): WindowRange | null {
  let next: WindowRange | null = null;
  for (const { window } of ghosts) {
    if (next === null || window.end < next.end) {
      next = window;
    }
  }
  return next;
}

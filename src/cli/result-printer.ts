import type { DisplayDescription, Executor, ResultRow } from '../../engine/runtime/job.ts';
import type { CompiledProgram } from '../program/types.ts';
import type { OutputFormat } from './arguments.ts';
import { jsonLine } from './json-lines.ts';
import { harmless, type StandardStreams } from './streams.ts';
import { TableWriter } from './table.ts';

/** Rows that are made text at once: text has to stay far below the longest string there can be. */
const CHUNK = 5_000;

/**
 * Prints a job's rows and printed lines as they come. JSON lines are exactly-once (rule 9): a row is held back until a checkpoint or the end of the job
 * covers it, and forgotten when the job is restarted from before it.
 */
export class ResultPrinter {
  /** Rows printed so far. */
  results = 0;
  /** Lines of `print()` and `printToErr()` so far. */
  printedLines = 0;
  #executor: Executor;
  /** By display: rows that no checkpoint covers yet, and how many rows are covered. */
  readonly #held = new Map<number, ResultRow[]>();
  #covered: readonly number[] = [];
  readonly #format: OutputFormat;
  readonly #jobName: string;
  readonly #streams: StandardStreams;
  /** By display: rows printed, counted from the beginning of the job. */
  readonly #printed = new Map<number, number>();
  readonly #tables = new Map<number, TableWriter>();
  /** The display whose rows were printed last: another one needs a title and a head. */
  #current: number | null = null;

  constructor(executor: Executor, options: { readonly format: OutputFormat; readonly program: CompiledProgram }, streams: StandardStreams) {
    this.#executor = executor;
    this.#format = options.format;
    this.#jobName = options.program.jobName;
    this.#streams = streams;
  }

  /** The job goes on as another executor, restored from a checkpoint: rows that it has not counted are withdrawn. Gives how many were printed already. */
  follow(executor: Executor): number {
    this.#take();
    this.#executor = executor;
    let withdrawn = 0;
    for (const { id } of executor.displays) {
      const { total } = executor.takeRows(id, 0);
      const held = this.#held.get(id) ?? [];
      this.#held.set(
        id,
        held.filter(({ index }) => index < total),
      );
      const printed = this.#printed.get(id) ?? 0;
      withdrawn += Math.max(0, printed - total);
      this.#printed.set(id, Math.min(printed, total));
    }
    return withdrawn;
  }

  /** A checkpoint covers so many rows of each display. */
  cover(rows: readonly number[]): void {
    this.#covered = rows;
    this.flush();
  }

  /** Everything is covered: the job has ended well. */
  coverAll(): void {
    this.#covered = this.#executor.displays.map(() => Number.POSITIVE_INFINITY);
    this.flush();
  }

  #take(): void {
    for (const { id } of this.#executor.displays) {
      const { rows } = this.#executor.takeRows(id, Number.POSITIVE_INFINITY);
      if (rows.length === 0) continue;
      const held = this.#held.get(id) ?? [];
      for (const row of rows) held.push(row);
      this.#held.set(id, held);
    }
  }

  /** Prints what came since the last call. */
  flush(): void {
    for (const { stream, line } of this.#executor.takePrinted()) {
      this.printedLines++;
      if (stream === 'stdout' && this.#format === 'table') this.#streams.out(`${line}\n`);
      // Standard output is for JSON alone.
      else this.#streams.err(`${line}\n`);
    }
    for (const display of this.#executor.displays) this.#printRows(display);
  }

  /** What is only known at the end: results that stayed away, or the options of a cell that has nothing but those. */
  finish(): void {
    if (this.#format !== 'table') return;
    const { displays, sources, configuration } = this.#executor;
    for (const display of displays) if (!this.#tables.has(display.id)) this.#streams.out(`${this.#title(display)}\n(no results)\n\n`);
    if (displays.length > 0 || sources.length > 0) return;
    const width = Math.max(0, ...Object.keys(configuration).map((name) => name.length));
    const lines = Object.entries(configuration).map(([name, value]) => `${name.padEnd(width)}  ${harmless(value)}\n`);
    this.#streams.out(`── ${this.#jobName}: configuration\n${lines.join('')}\n`);
  }

  #printRows(display: DisplayDescription): void {
    this.#take();
    const held = this.#held.get(display.id) ?? [];
    const covered = this.#format === 'table' ? Number.POSITIVE_INFINITY : (this.#covered[display.id] ?? 0);
    const until = held.findIndex(({ index }) => index >= covered);
    const rows = held.splice(0, until < 0 ? held.length : until);
    if (rows.length === 0) return;
    this.#printed.set(display.id, (rows.at(-1)?.index ?? -1) + 1);
    this.results += rows.length;
    for (let from = 0; from < rows.length && !this.#streams.closed; from += CHUNK) {
      const chunk = rows.slice(from, from + CHUNK);
      if (this.#format === 'table') this.#printTable(display, chunk);
      else this.#streams.out(chunk.map((row) => jsonLine(this.#jobName, display.name, row)).join(''));
    }
  }

  #printTable(display: DisplayDescription, rows: readonly ResultRow[]): void {
    const table = this.#tables.get(display.id) ?? new TableWriter();
    this.#tables.set(display.id, table);
    const restart = this.#current !== display.id;
    const blank = this.#current === null ? '' : '\n';
    this.#current = display.id;
    this.#streams.out((restart ? `${blank}${this.#title(display)}\n` : '') + table.write(rows, restart));
  }

  #title({ name, kind }: DisplayDescription): string {
    const display = name === this.#jobName ? '' : ` · ${name}`;
    return harmless(`── ${this.#jobName}${display}${kind === 'preview' ? ' (preview: the first records)' : ''}`);
  }
}

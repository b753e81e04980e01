import type { DisplayDescription, Executor, ResultRow } from '../../engine/runtime/job.ts';
import type { CompiledProgram } from '../program/types.ts';
import type { OutputFormat } from './arguments.ts';
import { jsonLine } from './json-lines.ts';
import { harmless, type StandardStreams } from './streams.ts';
import { TableWriter } from './table.ts';

/** Rows that are made text at once: text has to stay far below the longest string there can be. */
const CHUNK = 5_000;

/** Prints a job's rows and printed lines as they come. */
export class ResultPrinter {
  /** Rows printed so far. */
  results = 0;
  /** Lines of `print()` and `printToErr()` so far. */
  printedLines = 0;
  readonly #executor: Executor;
  readonly #format: OutputFormat;
  readonly #jobName: string;
  readonly #streams: StandardStreams;
  readonly #tables = new Map<number, TableWriter>();
  /** The display whose rows were printed last: another one needs a title and a head. */
  #current: number | null = null;

  constructor(executor: Executor, options: { readonly format: OutputFormat; readonly program: CompiledProgram }, streams: StandardStreams) {
    this.#executor = executor;
    this.#format = options.format;
    this.#jobName = options.program.jobName;
    this.#streams = streams;
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
    const { rows } = this.#executor.takeRows(display.id, Number.POSITIVE_INFINITY);
    if (rows.length === 0) return;
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

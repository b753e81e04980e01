import type { Executor, ResultRow } from '../../engine/runtime/job.ts';

/** A row as text: its value, and behind it everything else that is shown of it. */
function textOf({ value, timestamp, window, key, watermark, subtask }: ResultRow): string {
  return `${JSON.stringify(value)}\t${JSON.stringify([timestamp, window, key, String(watermark), subtask])}`;
}

/** Of the text of a row its value alone, as JSON. */
export function valueIn(row: string): string {
  return row.slice(0, row.indexOf('\t'));
}

/** Sees the rows of a job's displays, as an output of a notebook does: rows have places, and those of a restored job go on where its checkpoint was. */
export class Viewer {
  /** Rows of each display by their place. */
  readonly rows: Map<number, string>[] = [];
  /** Places from which on the last process has shown every row. */
  readonly begun: number[] = [];
  /** What was shown in two ways. */
  readonly contradictions: string[] = [];

  #key: string | null = null;

  /** The same as it is now. */
  fork(): Viewer {
    const fork = new Viewer();
    fork.#key = this.#key;
    fork.rows.push(...this.rows.map((rows) => new Map(rows)));
    fork.begun.push(...this.begun);
    fork.contradictions.push(...this.contradictions);
    return fork;
  }

  /** The same for those that show the same. */
  key(): string {
    this.#key ??= JSON.stringify([this.rows.map((rows) => [...rows].sort(([a], [b]) => a - b)), this.begun, this.contradictions]);
    return this.#key;
  }

  /** A process begins: only what it shows is looked for from where it starts. */
  begin(executor: Executor, fresh: boolean): void {
    this.#key = null;
    for (const { id } of executor.displays) {
      const { total } = executor.takeRows(id, 0);
      const rows = this.rows[id] ?? new Map<number, string>();
      this.rows[id] = rows;
      if (fresh) this.begun[id] = total;
      // What its checkpoint does not cover is withdrawn.
      for (const place of [...rows.keys()]) if (place >= total) rows.delete(place);
    }
  }

  take(executor: Executor): void {
    for (const { id } of executor.displays) {
      for (const row of executor.takeRows(id, 10_000).rows) {
        this.#key = null;
        const { index } = row;
        const text = textOf(row);
        const before = this.rows[id]?.get(index);
        if (before !== undefined) this.contradictions.push(`row ${index} of display ${id} came twice: ${before} and ${text}`);
        this.rows[id]?.set(index, text);
      }
    }
  }
}

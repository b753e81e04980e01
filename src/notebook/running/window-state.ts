import type { StateMemoryUse } from '../../../engine/runtime/job.ts';

/** A job that keeps state. */
interface Keeper {
  readonly name: string;
  /** Memory of its state. */
  readonly bytes: number;
}

/** All jobs of the window together keep too much. */
export interface WindowExcess {
  readonly bytes: number;
  readonly limit: number;
  /** Those that keep most first. */
  readonly jobs: readonly Keeper[];
}

/** The memory of the state of all jobs that run in this window. */
export class WindowState {
  readonly #jobs = new Map<string, Keeper>();

  /** What the job of a cell keeps now. Not null when all together keep too much because this one has grown. */
  report(cell: string, name: string, { bytes, windowLimit }: StateMemoryUse): WindowExcess | null {
    const before = this.#jobs.get(cell)?.bytes ?? 0;
    this.#jobs.set(cell, { name, bytes });
    const jobs = [...this.#jobs.values()].sort((a, b) => b.bytes - a.bytes);
    const sum = jobs.reduce((total, job) => total + job.bytes, 0);
    return bytes > before && sum > windowLimit ? { bytes: sum, limit: windowLimit, jobs } : null;
  }

  /** The job of the cell is over. */
  remove(cell: string): void {
    this.#jobs.delete(cell);
  }
}

import type { LateRecord } from './job.ts';

const CAPACITY = 1_000;

/** The newest late records of a window operator, kept until they are taken, and how many there were in all. */
export class LateLog {
  dropped = 0;
  counted = 0;
  #records: LateRecord[] = [];

  add(record: LateRecord): void {
    if (record.counted) this.counted++;
    else this.dropped++;
    this.#records.push(record);
    if (this.#records.length >= 2 * CAPACITY) this.#records = this.#records.slice(-CAPACITY);
  }

  /** The newest `limit` records since the last call. */
  take(limit: number): readonly LateRecord[] {
    const records = limit > 0 ? this.#records.slice(-Math.min(limit, CAPACITY)) : [];
    this.#records = [];
    return records;
  }
}

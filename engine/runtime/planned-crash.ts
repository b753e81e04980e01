/** A job that was told to crash, so that somebody can watch it recover. */
export class InjectedFailure extends Error {
  override readonly name = 'InjectedFailure';
}

/** Until when a job runs that was told to crash: counted in source records, so that a replay crashes at the same place. */
export class PlannedCrash {
  #at = Number.POSITIVE_INFINITY;

  /** Crashes after `records` more; the earliest crash counts. */
  plan(recordCount: number, records: number): void {
    this.#at = Math.min(this.#at, recordCount + records);
  }

  /** How many of `wanted` records may be read before the crash. */
  room(recordCount: number, wanted: number): number {
    return Math.min(wanted, this.#at - recordCount);
  }

  /** Throws InjectedFailure when it is time. */
  check(recordCount: number): void {
    if (recordCount < this.#at) return;
    throw new InjectedFailure(`The job was told to crash here, after record ${recordCount}.`);
  }
}

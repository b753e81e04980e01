import type { JobRestore } from '../checkpoint/snapshot.ts';

/** A place of a recording that a replay can begin at without what came before. */
export interface Anchor<Mark> {
  readonly restore: JobRestore;
  /** First entry of the journal that the restored job has not had. */
  readonly entry: number;
  readonly turn: number;
  readonly record: number;
  readonly bytes: number;
  /** What the owner of the timeline knew there. */
  readonly mark: Mark;
}

/** Together with those below, enough to step back in no time, and bounded. */
const MAX_ANCHORS = 64;
const MAX_BYTES = 64 * 1024 * 1024;

/** The anchors that are kept, in the order of their places. When there are too many, every second one goes. */
export class Anchors<Mark> {
  #kept: readonly Anchor<Mark>[] = [];

  has(record: number): boolean {
    return this.#kept.some((anchor) => anchor.record === record);
  }

  add(anchor: Anchor<Mark>): void {
    if (anchor.bytes > MAX_BYTES || this.has(anchor.record)) return;
    this.#kept = [...this.#kept, anchor].sort((a, b) => a.record - b.record);
    while (this.#kept.length > 1 && (this.#kept.length > MAX_ANCHORS || this.#bytes() > MAX_BYTES)) {
      this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    }
  }

  /** The last one before that position, since at its own more may have happened than the record; null = the beginning of the recording. */
  before(record: number): Anchor<Mark> | null {
    return this.#kept.findLast((anchor) => anchor.record < record) ?? null;
  }

  #bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

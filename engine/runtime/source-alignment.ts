import type { SourceSubtask } from './source-subtask.ts';

/**
 * Watermark alignment: a source that is further ahead of the slowest of its group than is allowed rests. Idle sources and those that have ended hold nobody
 * back; one without a watermark yet holds back all that have one. As Flink's SourceCoordinator, but looked at before every record: so it follows from the
 * watermarks alone, and is the same in a replay.
 */
export class SourceAlignment {
  readonly #groups = new Map<string, SourceSubtask[]>();

  constructor(sources: readonly SourceSubtask[]) {
    for (const source of sources) {
      if (source.alignment === null) continue;
      const members = this.#groups.get(source.alignment.group) ?? [];
      this.#groups.set(source.alignment.group, members);
      members.push(source);
    }
  }

  /** The source may not be read now. */
  holds(source: SourceSubtask): boolean {
    if (source.alignment === null) return false;
    const { group, maxDrift } = source.alignment;
    const { watermark } = source;
    return (this.#groups.get(group) ?? []).some((other) => !other.ended && !other.isIdle && watermark > other.watermark + maxDrift);
  }
}

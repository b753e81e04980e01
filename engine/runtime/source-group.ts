import { RuntimeException } from '../api/errors.ts';
import { followedPath } from '../connectors/followed-split.ts';
import type { SplitPosition } from '../connectors/source.ts';
import type { Executor } from './job.ts';
import type { SplitDescription } from './mail.ts';
import type { SourceSubtask } from './source-subtask.ts';

function missingSplit(source: string, { split, offset }: SplitPosition): Error {
  return new RuntimeException(
    `The checkpoint had read ${followedPath(split)} of ${source} up to ${offset}, but it is not there any more.`,
    'Put it back, or start fresh.',
  );
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return hash;
}

/** All readers of a job: who gets which split and which bytes, and what they need next. */
export class SourceGroup {
  /** In the order of source and subtask. */
  readonly subtasks: readonly SourceSubtask[];

  constructor(subtasks: readonly SourceSubtask[]) {
    this.subtasks = [...subtasks].sort((a, b) => a.vertex.id - b.vertex.id || a.subtask.index - b.subtask.index);
  }

  get ended(): boolean {
    return this.subtasks.every(({ ended }) => ended);
  }

  /** The first subtask of a source: it takes what comes for the source as a whole. */
  firstOf(source: number): SourceSubtask | undefined {
    return this.subtasks.find(({ vertex }) => vertex.id === source);
  }

  /** Deals the splits of a source out to its subtasks. `splits` null: those of the source itself. Those of a source that is watched come bit by bit. */
  assign(source: number, splits: readonly SplitDescription[] | null): void {
    const subtasks = this.#of(source);
    for (const [at, subtask] of subtasks.entries()) {
      if (subtask.watched && splits !== null) this.#assignWatched(subtask, splits, subtasks.length);
      if (!subtask.waitsForSplits) continue;
      const { enumeration } = subtask.source;
      const all = splits ?? subtask.source.splitsFor?.(subtasks.length) ?? (enumeration.kind === 'fixed' ? enumeration.splits : []);
      const missing = subtask.splits.missing(all);
      if (missing !== undefined) throw missingSplit(subtask.name, missing);
      subtask.assign(all.filter((_, index) => index % subtasks.length === at));
    }
  }

  /** Who reads a split follows from its path: it must not depend on when it was found. Those that were finished before a restore are kept in mind. */
  #assignWatched(subtask: SourceSubtask, splits: readonly SplitDescription[], parallelism: number): void {
    const own = ({ id }: { readonly id: string }): boolean => hashOf(followedPath(id)) % parallelism === subtask.subtask.index;
    if (!subtask.waitsForSplits) {
      subtask.add(splits.filter(own));
      return;
    }
    const missing = subtask.splits.missing(splits);
    if (missing !== undefined) throw missingSplit(subtask.name, missing);
    const finished = new Map(subtask.splits.awaited.filter((position) => position.finished).map(({ split, offset }) => [split, offset]));
    const before = [...finished].map(([id, offset]) => ({ id, offset }));
    subtask.assign([...before, ...splits.filter(({ id }) => !finished.has(id))].filter(own));
  }

  /** Hands bytes to the reader of their split. */
  supply(source: number, split: string, offset: number, bytes: Uint8Array, end: boolean): void {
    for (const subtask of this.#of(source)) {
      const slot = subtask.slotOf(split);
      if (!slot || subtask.ended) continue;
      slot.reader.supply(split, offset, bytes, end);
      return;
    }
  }

  advanceTime(now: number): void {
    for (const subtask of this.subtasks) subtask.advanceTime(now);
  }

  wanted(): ReturnType<Executor['wanted']> {
    return this.subtasks.flatMap((subtask) =>
      (subtask.ended ? [] : subtask.slots).flatMap(({ reader }) =>
        reader.wanted().map(({ split, offset }) => ({ source: subtask.vertex.id, split, offset })),
      ),
    );
  }

  /** Earliest processing time (ms) at which a reader may go on; Infinity if none waits for the clock. */
  nextWakeUp(): number {
    return this.subtasks.reduce((next, subtask) => Math.min(next, subtask.nextWakeUp()), Number.POSITIVE_INFINITY);
  }

  positions(): ReturnType<Executor['positions']> {
    const sources = [...new Set(this.subtasks.map(({ vertex }) => vertex.id))];
    return sources.map((source) => ({ source, positions: this.#of(source).flatMap((subtask) => subtask.positions()) }));
  }

  #of(source: number): readonly SourceSubtask[] {
    return this.subtasks.filter(({ vertex }) => vertex.id === source);
  }
}

import { RuntimeException } from '../api/errors.ts';
import type { SourcePosition } from '../checkpoint/snapshot.ts';
import type { SplitPosition } from '../connectors/source.ts';
import type { SplitDescription } from './mail.ts';
import { MIN_TIMESTAMP } from './timestamps.ts';
import type { GenerationState } from './watermark-generation.ts';

/** A reading subtask in a checkpoint, besides the positions of its splits. */
export interface SourceSubtaskState {
  readonly ended: boolean;
  readonly idle: boolean;
  readonly parseErrors: number;
  readonly generation: GenerationState;
  /** Names of the splits that `generation` numbers. */
  readonly splits: readonly string[];
}

/** What a source is restored from: positions of all its subtasks, by split. */
export interface SourceRestore {
  readonly positions: ReadonlyMap<string, SourcePosition>;
  /** Null when watermarks begin anew. */
  readonly state: SourceSubtaskState | null;
}

/** What subtasks of another parallelism have left, for any of the new ones: each takes what it has of its own splits, and sends its watermark again. */
export function redistributed(states: readonly SourceSubtaskState[]): SourceSubtaskState | null {
  const [first] = states;
  if (first === undefined) return null;
  const splits = states.flatMap((state) => state.splits);
  let before = 0;
  const parts = states.flatMap((state) => {
    const own = state.generation.parts.map((part) => ({ ...part, split: part.split + before }));
    before += state.splits.length;
    return own;
  });
  const nextEmit = Math.min(...states.map(({ generation }) => generation.nextEmit));
  return { ended: false, idle: false, parseErrors: 0, generation: { parts, combined: MIN_TIMESTAMP, idle: false, nextEmit }, splits };
}

/**
 * The splits of a reading subtask, by the names that a checkpoint knows them by and the numbers that the watermark generation knows them by:
 * 0, 1, … for those that are read, −1, −2, … for those that were read to their end before the job was restored and still hold the watermark.
 */
export class SourceSplits {
  readonly #source: string;
  /** Null once the restore is over. */
  #restored: SourceRestore | null = null;
  readonly #names: string[] = [];
  readonly #heldNames: string[] = [];
  readonly #finished: SplitPosition[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Those that were read to their end before the job was restored. */
  get finished(): readonly SplitPosition[] {
    return this.#finished;
  }

  /** Before the splits are known. */
  restore(restored: SourceRestore): void {
    this.#restored = restored;
  }

  /** What a restored job goes on from, while its splits are not known. */
  get awaited(): readonly SplitPosition[] {
    return [...(this.#restored?.positions.values() ?? [])].map(({ split, offset, finished }) => ({ split, offset, finished }));
  }

  /** Is this one of those that are read, or were? */
  knows(id: string): boolean {
    return this.#names.includes(id) || this.#finished.some(({ split }) => split === id);
  }

  /** A split that a restored job would have to read on, and that is not among those found. */
  missing(found: readonly SplitDescription[]): SplitPosition | undefined {
    const names = new Set(found.map(({ id }) => id));
    return [...(this.#restored?.positions.values() ?? [])].find(({ split, finished }) => !finished && !names.has(split));
  }

  /**
   * Of the splits of one reader those that it has to read, each from where it was read, numbered from `count` on; and the numbers of its finished
   * ones that still have a watermark. Throws RuntimeException for a split that is shorter than what was read of it.
   */
  resume(splits: readonly SplitDescription[]): { readonly reading: readonly SplitDescription[]; readonly held: readonly number[] } {
    const reading = splits.flatMap((split) => this.#resumed(split));
    this.#names.push(...reading.map(({ id }) => id));
    return { reading, held: this.#held(splits) };
  }

  /** The watermarks of the restored splits under their numbers of now, once all are resumed; null when there are none. Ends the restore. */
  takeGeneration(): GenerationState | null {
    const { state } = this.#restored ?? { state: null };
    this.#restored = null;
    if (state === null) return null;
    const parts = state.generation.parts.flatMap((part) => {
      const name = state.splits[part.split] ?? '';
      const at = this.#names.indexOf(name);
      const held = this.#heldNames.indexOf(name);
      return at < 0 && held < 0 ? [] : [{ ...part, split: at < 0 ? -1 - held : at }];
    });
    return { ...state.generation, parts };
  }

  /** A generation with its splits numbered as `splits` names them. */
  save(generation: GenerationState): Pick<SourceSubtaskState, 'generation' | 'splits'> {
    const splits: string[] = [];
    const parts = generation.parts.map((part) => {
      const name = part.split < 0 ? this.#heldNames[-1 - part.split] : this.#names[part.split];
      return { ...part, split: splits.push(name ?? '') - 1 };
    });
    return { generation: { ...generation, parts }, splits };
  }

  /** The split from where it was read; nothing when it had been read to its end. */
  #resumed(split: SplitDescription): readonly SplitDescription[] {
    const position = this.#restored?.positions.get(split.id);
    if (position === undefined) return [split];
    if (position.offset > (split.size ?? Number.POSITIVE_INFINITY)) throw shorterSplit(this.#source, split, position);
    if (!position.finished) return [{ ...split, offset: position.offset }];
    this.#finished.push({ split: split.id, offset: position.offset, finished: true });
    return [];
  }

  #held(splits: readonly SplitDescription[]): readonly number[] {
    const { state } = this.#restored ?? { state: null };
    if (state === null) return [];
    const known = new Set(state.generation.parts.map(({ split }) => state.splits[split]));
    const held = splits.filter(({ id }) => known.has(id) && this.#finished.some(({ split }) => split === id));
    return held.map(({ id }) => -1 - (this.#heldNames.push(id) - 1));
  }
}

function shorterSplit(source: string, { id, size }: SplitDescription, { offset }: SourcePosition): Error {
  return new RuntimeException(
    `The checkpoint had read ${id} of ${source} up to ${offset}, but it now ends at ${size ?? 0}.`,
    'It is not the input that the checkpoint was taken with. Put that back, or start fresh.',
  );
}

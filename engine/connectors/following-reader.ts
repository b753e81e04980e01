import type { RecordDecoder } from '../formats/record-decoder.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import type { CreateDecoder } from './file-source-reader.ts';
import { followedPath } from './followed-split.ts';
import { END, NO_TIMESTAMP, RECORD, WAITING, type Advance, type SourceReader, type SplitPosition } from './source.ts';

interface Followed<T> {
  readonly id: string;
  readonly index: number;
  readonly path: string;
  readonly decoder: RecordDecoder<T>;
  finished: boolean;
}

/**
 * Reads files that grow: a record of each in turn. Of the files that had the same path one after the other, each is read to its end before the next is
 * begun.
 */
export class FollowingReader<T> implements SourceReader<T> {
  readonly currentTimestamp = NO_TIMESTAMP;
  readonly #createDecoder: CreateDecoder<T>;
  readonly #skipped: (() => void) | null;
  readonly #splits: Followed<T>[] = [];
  /** Those that are read now, the next in turn first; at most one of a path. */
  #open: Followed<T>[] = [];
  #complete = false;
  #current: Followed<T> | null = null;
  #ended: number[] = [];

  /** As FileSourceReader. */
  constructor(createDecoder: CreateDecoder<T>, skipped: (() => void) | null) {
    this.#createDecoder = createDecoder;
    this.#skipped = skipped;
  }

  get current(): T {
    // SAFETY: only read after advance() returned RECORD, which set it.
    return this.#current?.decoder.value as T;
  }

  get currentSplit(): number {
    return this.#current?.index ?? 0;
  }

  get splitCount(): number {
    return this.#splits.length;
  }

  addSplits(splits: readonly SplitDescription[]): void {
    for (const { id, offset } of splits) {
      const path = followedPath(id);
      const decoder = this.#createDecoder({ split: path, offset, skipped: this.#skipped });
      this.#splits.push({ id, index: this.#splits.length, path, decoder, finished: false });
      this.#openNext(path);
    }
  }

  noMoreSplits(): void {
    this.#complete = true;
  }

  supply(split: string, offset: number, bytes: Uint8Array, end: boolean): void {
    const decoder = this.#open.find(({ id }) => id === split)?.decoder;
    if (decoder?.wantedOffset() !== offset) throw new Error(`Bytes of ${split} from ${offset} came, but they were not wanted.`);
    decoder.append(bytes, end);
  }

  advance(): Advance {
    for (let looked = 0; looked < this.#open.length; ) {
      const [split] = this.#open;
      if (split === undefined) break;
      const advance = split.decoder.next();
      if (advance === END) {
        this.#finish(split);
        continue;
      }
      if (this.#open.length > 1) this.#open.push(...this.#open.splice(0, 1));
      if (advance === RECORD) {
        this.#current = split;
        return RECORD;
      }
      looked++;
    }
    return this.#complete && this.#open.length === 0 ? END : WAITING;
  }

  isSplitFinished(split: number): boolean {
    return this.#splits[split]?.finished ?? false;
  }

  takeFinished(): readonly number[] {
    const ended = this.#ended;
    if (ended.length > 0) this.#ended = [];
    return ended;
  }

  wanted(): readonly { readonly split: string; readonly offset: number }[] {
    return this.#open.flatMap(({ id, decoder }) => {
      const offset = decoder.wantedOffset();
      return offset === null ? [] : [{ split: id, offset }];
    });
  }

  positions(): readonly SplitPosition[] {
    return this.#splits.map(({ id, decoder, finished }) => ({ split: id, offset: decoder.offset, finished }));
  }

  positionsBeforeCurrent(): readonly SplitPosition[] {
    const { index, decoder } = this.#current ?? { index: -1, decoder: null };
    return this.positions().map((position, at) =>
      at === index && decoder !== null ? { ...position, offset: decoder.recordOffset } : position,
    );
  }

  nextWakeUp(): number {
    return Number.POSITIVE_INFINITY;
  }

  #finish(split: Followed<T>): void {
    split.finished = true;
    this.#ended.push(split.index);
    this.#open = this.#open.filter((other) => other !== split);
    this.#openNext(split.path);
  }

  /** Opens the first file of a path that is not read to its end. */
  #openNext(path: string): void {
    const next = this.#splits.find((split) => split.path === path && !split.finished);
    if (next !== undefined && !this.#open.includes(next)) this.#open.push(next);
  }
}

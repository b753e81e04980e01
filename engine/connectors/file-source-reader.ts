import type { DecoderContext, RecordDecoder } from '../formats/record-decoder.ts';
import type { SplitDescription } from '../runtime/mail.ts';
import { END, NO_TIMESTAMP, RECORD, WAITING, type Advance, type SourceReader, type SplitPosition } from './source.ts';

/** Makes the decoder for a file. */
export type CreateDecoder<T> = (context: DecoderContext) => RecordDecoder<T>;

interface FileSplit {
  readonly description: SplitDescription;
  /** Where reading goes on; of the split being read, its decoder knows. */
  offset: number;
  finished: boolean;
}

/**
 * Reads its files one after another, as Flink's readers do. A file counts as added once reading it has begun: until then it takes no part in
 * watermarks, which would otherwise stand still until the last file.
 */
export class FileSourceReader<T> implements SourceReader<T> {
  readonly currentTimestamp = NO_TIMESTAMP;
  readonly #createDecoder: CreateDecoder<T>;
  readonly #skipped: (() => void) | null;
  readonly #splits: FileSplit[] = [];
  #complete = false;
  /** Index of the split that `#decoder` reads, or will read next. */
  #index = 0;
  #decoder: RecordDecoder<T> | null = null;
  #current: T | undefined;
  #currentSplit = 0;

  /** `skipped` takes note of records that cannot be read; null = such a record fails the job. */
  constructor(createDecoder: CreateDecoder<T>, skipped: (() => void) | null) {
    this.#createDecoder = createDecoder;
    this.#skipped = skipped;
  }

  get current(): T {
    // SAFETY: only read after advance() returned RECORD, which set it.
    return this.#current as T;
  }

  get currentSplit(): number {
    return this.#currentSplit;
  }

  get splitCount(): number {
    return this.#index + (this.#decoder === null ? 0 : 1);
  }

  addSplits(splits: readonly SplitDescription[]): void {
    for (const description of splits) this.#splits.push({ description, offset: description.offset, finished: false });
    this.#open();
  }

  noMoreSplits(): void {
    this.#complete = true;
  }

  supply(split: string, offset: number, bytes: Uint8Array, end: boolean): void {
    const expected = this.#wantedNow();
    if (expected?.split !== split || expected.offset !== offset) {
      throw new Error(
        `Bytes of ${split} from ${offset} came, but ${expected === null ? 'none' : `${expected.split} from ${expected.offset}`} were wanted.`,
      );
    }
    this.#decoder?.append(bytes, end);
  }

  advance(): Advance {
    for (;;) {
      const decoder = this.#decoder;
      if (decoder === null) return this.#complete ? END : WAITING;
      const advance = decoder.next();
      if (advance === RECORD) {
        this.#current = decoder.value;
        this.#currentSplit = this.#index;
        return RECORD;
      }
      if (advance === WAITING) return WAITING;
      this.#finishSplit(decoder);
    }
  }

  isSplitFinished(split: number): boolean {
    return this.#splits[split]?.finished ?? false;
  }

  wanted(): readonly { readonly split: string; readonly offset: number }[] {
    const wanted = this.#wantedNow();
    return wanted === null ? [] : [wanted];
  }

  positions(): readonly SplitPosition[] {
    return this.#splits.map((split, index) => ({
      split: split.description.id,
      offset: index === this.#index && this.#decoder !== null ? this.#decoder.offset : split.offset,
      finished: split.finished,
    }));
  }

  /** The current record came from the split that is open: a finished one is only left for the next record. */
  positionsBeforeCurrent(): readonly SplitPosition[] {
    return this.positions().map((position, at) =>
      at === this.#index && this.#decoder !== null ? { ...position, offset: this.#decoder.recordOffset } : position,
    );
  }

  nextWakeUp(): number {
    return Number.POSITIVE_INFINITY;
  }

  #wantedNow(): { readonly split: string; readonly offset: number } | null {
    const split = this.#splits[this.#index];
    const offset = this.#decoder?.wantedOffset() ?? null;
    return split === undefined || offset === null ? null : { split: split.description.id, offset };
  }

  #finishSplit(decoder: RecordDecoder<T>): void {
    const split = this.#splits[this.#index];
    if (split !== undefined) {
      split.offset = decoder.offset;
      split.finished = true;
    }
    this.#decoder = null;
    this.#index++;
    this.#open();
  }

  #open(): void {
    const split = this.#splits[this.#index];
    if (this.#decoder !== null || split === undefined) return;
    this.#decoder = this.#createDecoder({ split: split.description.id, offset: split.offset, skipped: this.#skipped });
  }
}

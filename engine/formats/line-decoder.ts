import { END, RECORD, WAITING, type Advance } from '../connectors/source.ts';
import type { Charset } from './charset.ts';
import { LineBlocks } from './line-blocks.ts';
import { decodeBlock, recordReadError, UnreadableRecord } from './read-error.ts';
import { READ_AHEAD_BYTES, type DecoderContext, type RecordDecoder } from './record-decoder.ts';

/** What a line means: a record, nothing (`NO_RECORD`), or a mistake (throws UnreadableRecord). */
export type LineParser<T> = (line: string) => T | typeof NO_RECORD;

/** The line holds no record and no mistake, such as an empty one between JSON values. */
export const NO_RECORD: unique symbol = Symbol('no record');

/** Reads files with one record per line. */
export class LineDecoder<T> implements RecordDecoder<T> {
  readonly #blocks: LineBlocks;
  readonly #parse: LineParser<T>;
  readonly #context: DecoderContext;
  #value: T | undefined;
  recordOffset: number;

  constructor(parse: LineParser<T>, charset: Charset, context: DecoderContext) {
    this.#blocks = new LineBlocks(charset, context.offset);
    this.#parse = parse;
    this.#context = context;
    this.recordOffset = context.offset;
  }

  get value(): T {
    // SAFETY: only read after next() returned RECORD, which set it.
    return this.#value as T;
  }

  get offset(): number {
    return this.#blocks.offset;
  }

  append(bytes: Uint8Array, end: boolean): void {
    this.#blocks.append(bytes, end);
  }

  wantedOffset(): number | null {
    return this.#blocks.wantedOffset(READ_AHEAD_BYTES);
  }

  next(): Advance {
    const blocks = this.#blocks;
    for (;;) {
      if (blocks.position >= blocks.text.length) {
        if (!decodeBlock(blocks, this.#context.split, 'next')) return blocks.lastBlock ? END : WAITING;
        continue;
      }
      const { line, offset } = blocks;
      const text = blocks.takeLine();
      try {
        const value = this.#parse(text);
        if (value === NO_RECORD) continue;
        this.#value = value;
        this.recordOffset = offset;
        return RECORD;
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        if (this.#context.skipped === null) throw recordReadError({ split: this.#context.split, line, offset }, error.message, text);
        this.#context.skipped();
      }
    }
  }
}

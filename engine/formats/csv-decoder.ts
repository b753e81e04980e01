import { END, RECORD, WAITING, type Advance } from '../connectors/source.ts';
import type { Charset } from './charset.ts';
import { CsvFields, INCOMPLETE } from './csv-fields.ts';
import type { CsvSettings } from './csv-options.ts';
import { CsvRecordMaker } from './csv-record.ts';
import { LineBlocks } from './line-blocks.ts';
import { decodeBlock, recordReadError, UnreadableRecord } from './read-error.ts';
import { READ_AHEAD_BYTES, type DecoderContext, type RecordDecoder } from './record-decoder.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const HASH = 35;

/** While only the header is looked for: no more bytes than it needs. */
const HEADER_READ_AHEAD = 1;

/** Reads CSV files (RFC 4180). Empty lines hold no record. */
export class CsvDecoder implements RecordDecoder<Record<string, unknown>> {
  value: Record<string, unknown> = {};
  recordOffset: number;
  #blocks: LineBlocks;
  #maker: CsvRecordMaker | null = null;
  /** True while the header is read from the start of the file, before the records from `#context.offset` on. */
  #seeking: boolean;
  readonly #fields: CsvFields;
  readonly #settings: CsvSettings;
  readonly #charset: Charset;
  readonly #context: DecoderContext;

  constructor(settings: CsvSettings, charset: Charset, context: DecoderContext) {
    this.#settings = settings;
    this.#charset = charset;
    this.#context = context;
    this.recordOffset = context.offset;
    this.#fields = new CsvFields(settings.delimiter, settings.quote);
    if (!settings.header && settings.columns !== null) this.#maker = new CsvRecordMaker([...settings.columns.keys()], settings);
    this.#seeking = settings.header && context.offset > 0;
    this.#blocks = new LineBlocks(charset, this.#seeking ? 0 : context.offset);
  }

  get offset(): number {
    return this.#seeking ? this.#context.offset : this.#blocks.offset;
  }

  append(bytes: Uint8Array, end: boolean): void {
    this.#blocks.append(bytes, end);
  }

  wantedOffset(): number | null {
    return this.#blocks.wantedOffset(this.#seeking ? HEADER_READ_AHEAD : READ_AHEAD_BYTES);
  }

  next(): Advance {
    for (;;) {
      const blocks = this.#blocks;
      if (blocks.position >= blocks.text.length) {
        if (!decodeBlock(blocks, this.#context.split, 'next')) return blocks.lastBlock ? END : WAITING;
        continue;
      }
      if (this.#skipLine()) continue;
      const { line, offset, position, text } = blocks;
      try {
        const end = this.#fields.scan(text, position);
        if (end === INCOMPLETE) {
          if (!blocks.lastBlock) {
            if (decodeBlock(blocks, this.#context.split, 'extend')) continue;
            return WAITING;
          }
          blocks.moveTo(text.length, 0);
          throw new UnreadableRecord('has an opening quote that is never closed.');
        }
        blocks.moveTo(end, this.#fields.lines);
        if (this.#takeRecord()) {
          this.recordOffset = offset;
          return RECORD;
        }
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        if (this.#maker === null || this.#context.skipped === null) {
          const place = { split: this.#context.split, line, offset };
          throw recordReadError(place, error.message, firstLine(text, position));
        }
        if (blocks.position === position) blocks.takeLine();
        this.#context.skipped();
      }
    }
  }

  /** Makes the header or a record of the fields. True when there is a record now. */
  #takeRecord(): boolean {
    if (this.#maker !== null) {
      this.value = this.#maker.make(this.#fields);
      return true;
    }
    const names = Array.from({ length: this.#fields.count }, (_, field) => this.#fields.get(field));
    this.#maker = new CsvRecordMaker(names, this.#settings);
    if (this.#seeking) {
      this.#seeking = false;
      this.#blocks = new LineBlocks(this.#charset, this.#context.offset);
    }
    return false;
  }

  /** Skips an empty line or a comment. */
  #skipLine(): boolean {
    const { text, position } = this.#blocks;
    const code = text.charCodeAt(position);
    const empty =
      code === LINE_FEED || (code === CARRIAGE_RETURN && (position + 1 === text.length || text.charCodeAt(position + 1) === LINE_FEED));
    if (!empty && !(code === HASH && this.#settings.allowComments)) return false;
    this.#blocks.takeLine();
    return true;
  }
}

function firstLine(text: string, position: number): string {
  const end = text.indexOf('\n', position);
  return text.slice(position, end < 0 ? undefined : end).trimEnd();
}

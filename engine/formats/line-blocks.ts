import type { Charset } from './charset.ts';

/** Longest line, and longest CSV record, that is read: 16 MiB. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Bytes decoded at once: large enough to spread the cost of a call, small enough to stay in the cache. */
const BLOCK_BYTES = 64 * 1024;

const NO_BYTES = new Uint8Array(0);

/** A line, or a CSV record, is longer than {@link MAX_LINE_BYTES}. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/** The file is not text in the charset that was asked for; the message says what it looks like. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** Length of the byte order mark at the start of a file. Throws UnreadableFileError when the mark is another encoding's. */
function skipFileMark(bytes: Uint8Array, charset: Charset): number {
  const startsWith = (mark: readonly number[]): boolean => mark.length > 0 && mark.every((byte, index) => bytes[index] === byte);
  if (startsWith(charset.byteOrderMark)) return charset.byteOrderMark.length;
  if (startsWith([0x1f, 0x8b]))
    throw new UnreadableFileError('is compressed with gzip. Give it a name that ends with .gz, and it is decompressed while it is read.');
  if (startsWith([0xff, 0xfe])) throw new UnreadableFileError("is encoded as UTF-16. Read it with the option charset: 'utf-16le'.");
  if (startsWith([0xfe, 0xff])) throw new UnreadableFileError('is encoded as UTF-16 (big endian). Save it as UTF-8.');
  return 0;
}

/**
 * Turns the bytes of one file, which arrive in pieces of any size, into blocks of decoded text that end at the end of a line.
 * `text` and `position` are the block and the place in it; `offset` and `line` say where in the file that is.
 * A line feed ends a line, a carriage return before it belongs to the line end, and the last line needs neither.
 */
export class LineBlocks {
  text = '';
  /** Index in `text` of the next character to read. */
  position = 0;
  readonly #charset: Charset;
  readonly #limit: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ended = false;
  /** The last attempt to decode found too few bytes. */
  #starved = false;
  #bytes: Uint8Array = NO_BYTES;
  /** In `#bytes`: the block is [#blockStart, #blockEnd), what follows is not decoded yet. */
  #blockStart = 0;
  #blockEnd = 0;
  #bytesEnd = 0;
  /** False while `#bytes` is a piece as it was given, which must not be written to. */
  #ownsBytes = false;
  /** Offset in the file of the first byte of `#bytes`. */
  #base: number;
  #fixedWidth = true;
  /** Where `position` is in `#bytes`; kept only for blocks whose characters differ in width. */
  #bytePosition = 0;
  #line: number | null;

  /** Starts at byte `offset` of the file, which must be the start of a line. `limit`: longest line in bytes. */
  constructor(charset: Charset, offset: number, limit: number = MAX_LINE_BYTES) {
    this.#charset = charset;
    this.#limit = limit;
    this.#base = offset;
    this.#line = offset === 0 ? 1 : null;
  }

  /** Byte offset in the file of `position`. */
  get offset(): number {
    return this.#base + (this.#fixedWidth ? this.#blockStart + this.position * this.#charset.unit : this.#bytePosition);
  }

  /** Number of the line at `position`, from 1; null when reading began in the middle of the file. */
  get line(): number | null {
    return this.#line;
  }

  append(bytes: Uint8Array, end: boolean): void {
    if (bytes.length > 0) {
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      this.#starved = false;
    }
    this.#ended ||= end;
  }

  /** True when there is nothing to read behind this block, now or later. */
  get lastBlock(): boolean {
    return this.#ended && this.#undecodedBytes() === 0;
  }

  /**
   * Where more bytes are needed from, or null while enough are here: `readAhead` bytes, or more for a longer line.
   */
  wantedOffset(readAhead: number): number | null {
    return !this.#ended && (this.#starved || this.#undecodedBytes() < readAhead) ? this.#base + this.#bytesEnd + this.#pendingBytes : null;
  }

  /**
   * Goes to the next block once `position` is at the end of this one. False when no complete line is here.
   * Throws LineTooLongError, and UnreadableFileError for a file that is not text in this charset.
   */
  nextBlock(): boolean {
    return this.#decodeFrom(this.#blockEnd, 1, 1);
  }

  /**
   * Decodes from `position` on again with more of what has arrived, for a record that goes on behind the end of the block.
   * Waits for twice as much, so that the cost stays linear. False when not enough is here. Not for the last block.
   * Throws LineTooLongError.
   */
  extendBlock(): boolean {
    const start = this.offset - this.#base;
    const length = this.#blockEnd - start;
    if (length > this.#limit) throw this.#tooLong();
    return this.#decodeFrom(start, length + 1, Math.min(length * 2, this.#limit + 1));
  }

  /** The line at `position` without its end. Call only while `position` is before the end of `text`. */
  takeLine(): string {
    const start = this.position;
    const end = this.text.indexOf('\n', start);
    if (end < 0) {
      this.moveTo(this.text.length, 0);
      return this.text.slice(start, this.text.charCodeAt(this.text.length - 1) === 13 ? -1 : undefined);
    }
    this.moveTo(end + 1, 1);
    return this.text.slice(start, end > start && this.text.charCodeAt(end - 1) === 13 ? end - 1 : end);
  }

  /** Moves on to `position`: the start of a line, `lines` line feeds further, or the end of the text. */
  moveTo(position: number, lines: number): void {
    this.position = position;
    if (this.#line !== null) this.#line += lines;
    if (this.#fixedWidth) return;
    if (position === this.text.length) {
      this.#bytePosition = this.#blockEnd;
      return;
    }
    for (let count = 0; count < lines; count++) this.#bytePosition = this.#charset.endOfLine(this.#bytes, this.#bytePosition);
  }

  /** Decodes at least `minimum` bytes from `start` on, once `enough` are here, or all. */
  #decodeFrom(start: number, minimum: number, enough: number): boolean {
    let from = start;
    let end = this.#blockEndFrom(from, minimum, enough);
    if (this.#pendingBytes > 0 && (end < 0 || end - from < BLOCK_BYTES / 2)) {
      this.#gather(start);
      from = 0;
      end = this.#blockEndFrom(from, minimum, enough);
    }
    if (minimum === 1 && this.#lineLength(from, end) > this.#limit) throw this.#tooLong();
    if (end <= from) {
      this.#starved = !this.#ended;
      return false;
    }
    this.#setBlock(from, end);
    return true;
  }

  /** Where a block from `start` ends: behind a line feed, or at the end of the file; −1 when more bytes are needed. */
  #blockEndFrom(start: number, minimum: number, enough: number): number {
    const complete = this.#ended && this.#pendingBytes === 0;
    if (this.#bytesEnd - start < enough && !complete) return -1;
    const size = Math.max(enough, Math.min(BLOCK_BYTES, this.#limit));
    if (complete && this.#bytesEnd - start <= size) return this.#bytesEnd;
    const aligned = start + Math.ceil(size / this.#charset.unit) * this.#charset.unit;
    const last = this.#charset.endOfLastLine(this.#bytes, start, Math.min(this.#bytesEnd, aligned));
    if (last - start >= minimum) return last;
    const next = aligned < this.#bytesEnd ? this.#charset.endOfLine(this.#bytes.subarray(0, this.#bytesEnd), aligned) : -1;
    return next < 0 && complete ? this.#bytesEnd : next;
  }

  /** Bytes, without the line feed, of a block that is one line; of a block of several lines no more than that. */
  #lineLength(start: number, end: number): number {
    if (end < 0) return this.#bytesEnd - start;
    const { unit } = this.#charset;
    return end - start - (this.#charset.endOfLastLine(this.#bytes, end - unit, end) === end ? unit : 0);
  }

  #setBlock(start: number, end: number): void {
    const { unit, fixedWidth } = this.#charset;
    if (this.#base + start === 0) start += skipFileMark(this.#bytes.subarray(0, end), this.#charset);
    this.text = this.#charset.decode(this.#bytes.subarray(start, end));
    this.position = 0;
    // Decoding never gives more characters than bytes: equal numbers mean that each byte became one character.
    this.#fixedWidth = fixedWidth || this.text.length * unit === end - start;
    this.#blockStart = start;
    this.#bytePosition = start;
    this.#blockEnd = end;
  }

  /** Puts the bytes from `start` on and all pending pieces into one array. */
  #gather(start: number): void {
    const kept = this.#bytesEnd - start;
    const needed = kept + this.#pendingBytes;
    const [first] = this.#pending;
    if (kept === 0 && first !== undefined && this.#pending.length === 1) {
      this.#bytes = first;
      this.#ownsBytes = false;
    } else if (this.#ownsBytes && needed <= this.#bytes.length) {
      this.#bytes.copyWithin(0, start, this.#bytesEnd);
      this.#copyPending(this.#bytes, kept);
    } else {
      // Twice what is kept: many small pieces of one long line are then copied a bounded number of times.
      const bytes = new Uint8Array(Math.max(needed, kept * 2));
      bytes.set(this.#bytes.subarray(start, this.#bytesEnd));
      this.#copyPending(bytes, kept);
      this.#bytes = bytes;
      this.#ownsBytes = true;
    }
    this.#base += start;
    this.#blockStart -= start;
    this.#blockEnd -= start;
    this.#bytePosition -= start;
    this.#bytesEnd = needed;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #copyPending(target: Uint8Array, at: number): void {
    for (const piece of this.#pending) {
      target.set(piece, at);
      at += piece.length;
    }
  }

  #undecodedBytes(): number {
    return this.#bytesEnd - this.#blockEnd + this.#pendingBytes;
  }

  #tooLong(): LineTooLongError {
    return new LineTooLongError(`longer than ${this.#limit / 1024 / 1024} MiB`);
  }
}

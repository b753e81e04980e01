import { UnreadableRecord } from './read-error.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** `scan` met the end of the text inside quotes. */
export const INCOMPLETE = -1;

/**
 * The fields of one CSV record (RFC 4180) as ranges of the text: nothing is copied before a field is read.
 * Only a field with doubled quotes gets a text of its own.
 */
export class CsvFields {
  count = 0;
  /** Line feeds in the record, with the one that ends it. */
  lines = 0;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #quoteText: string;
  #text = '';
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #unescaped: (string | undefined)[] = [];
  /** False as long as no field of the record has a text of its own. */
  #hasUnescaped = false;

  /** Character codes. */
  constructor(delimiter: number, quote: number) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#quoteText = String.fromCharCode(quote);
  }

  /**
   * Reads the record at `position`; gives the position behind it, or INCOMPLETE. Throws UnreadableRecord for text behind a closing quote.
   */
  scan(text: string, position: number): number {
    this.#text = text;
    this.count = 0;
    this.lines = 0;
    if (this.#hasUnescaped) {
      this.#unescaped.fill(undefined);
      this.#hasUnescaped = false;
    }
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const { length } = text;
    let start = position;
    for (let at = position; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === delimiter) {
        this.#add(start, at);
        start = at + 1;
      } else if (code === LINE_FEED) {
        this.#add(start, at > start && text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at);
        this.lines++;
        return at + 1;
      } else if (code === quote && at === start) {
        const closing = this.#quotedField(at);
        if (closing === INCOMPLETE) return INCOMPLETE;
        at = this.#endOfQuoted(closing + 1);
        if (at < 0) return -at;
        start = at + 1;
      }
    }
    // A delimiter as the last character of the file leaves an empty last field.
    this.#add(start, length > start && text.charCodeAt(length - 1) === CARRIAGE_RETURN ? length - 1 : length);
    return length;
  }

  start(field: number): number {
    return this.#hasUnescaped && this.#unescaped[field] !== undefined ? 0 : (this.#starts[field] ?? 0);
  }

  end(field: number): number {
    const own = this.#hasUnescaped ? this.#unescaped[field] : undefined;
    return own === undefined ? (this.#ends[field] ?? 0) : own.length;
  }

  /** The text that `start` and `end` are positions in. */
  textOf(field: number): string {
    return (this.#hasUnescaped ? this.#unescaped[field] : undefined) ?? this.#text;
  }

  get(field: number): string {
    return this.textOf(field).slice(this.start(field), this.end(field));
  }

  equals(field: number, literal: string): boolean {
    const start = this.start(field);
    return this.end(field) - start === literal.length && this.textOf(field).startsWith(literal, start);
  }

  #add(start: number, end: number): void {
    this.#starts[this.count] = start;
    this.#ends[this.count] = end;
    this.count++;
  }

  /** Adds the field whose opening quote is at `opening`; gives the place of the closing quote. */
  #quotedField(opening: number): number {
    const text = this.#text;
    let doubled = false;
    for (let from = opening + 1; ; ) {
      const closing = text.indexOf(this.#quoteText, from);
      if (closing < 0) return INCOMPLETE;
      if (text.charCodeAt(closing + 1) === this.#quote) {
        doubled = true;
        from = closing + 2;
        continue;
      }
      if (doubled) {
        this.#unescaped[this.count] = text.slice(opening + 1, closing).replaceAll(this.#quoteText + this.#quoteText, this.#quoteText);
        this.#hasUnescaped = true;
      }
      this.#add(opening + 1, closing);
      for (let feed = text.indexOf('\n', opening); feed >= 0 && feed < closing; feed = text.indexOf('\n', feed + 1)) this.lines++;
      return closing;
    }
  }

  /** After a closing quote: the place of the delimiter, or minus the position behind the record. Throws UnreadableRecord. */
  #endOfQuoted(at: number): number {
    const text = this.#text;
    const code = text.charCodeAt(at);
    if (code === this.#delimiter) return at;
    const end = code === CARRIAGE_RETURN ? at + 1 : at;
    if (end >= text.length) return -text.length;
    if (text.charCodeAt(end) === LINE_FEED) {
      this.lines++;
      return -(end + 1);
    }
    throw new UnreadableRecord(`has text behind the closing quote of field ${this.count}. A quote inside a quoted field is written twice.`);
  }
}

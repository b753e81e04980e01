/** Longest record without a delimiter that is waited for, in UTF-16 units. */
const MAX_RECORD = 16 * 1024 * 1024;

/** The delimiter does not come. */
export class NoDelimiterError extends Error {
  override readonly name = 'NoDelimiterError';
}

/** Cuts UTF-8 text, which comes in pieces of any size, into records, as Flink's SocketTextStreamFunction does. */
export class DelimitedText {
  readonly #delimiter: string;
  #decoder = newDecoder();
  #rest = '';

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** The records that are complete now. Throws NoDelimiterError. */
  append(bytes: Uint8Array): readonly string[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** A character that is not complete never will be. What is left of a record goes on with what comes next. */
  interrupt(): readonly string[] {
    const records = this.#cut(this.#decoder.decode());
    this.#decoder = newDecoder();
    return records;
  }

  /** The last record, which has no delimiter; null when there is none. */
  finish(): string | null {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? null : rest;
  }

  #cut(text: string): readonly string[] {
    const delimiter = this.#delimiter;
    // A delimiter may have begun in what was there before.
    let search = Math.max(0, this.#rest.length - delimiter.length + 1);
    const all = this.#rest + text;
    const records: string[] = [];
    let start = 0;
    for (let end = all.indexOf(delimiter, search); end >= 0; end = all.indexOf(delimiter, search)) {
      const record = all.slice(start, end);
      records.push(delimiter === '\n' && record.endsWith('\r') ? record.slice(0, -1) : record);
      start = end + delimiter.length;
      search = start;
    }
    this.#rest = all.slice(start);
    if (this.#rest.length <= MAX_RECORD) return records;
    throw new NoDelimiterError(
      `has sent ${MAX_RECORD / 1024 / 1024} million characters without the delimiter ${JSON.stringify(delimiter)}`,
    );
  }
}

function newDecoder(): InstanceType<typeof TextDecoder> {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

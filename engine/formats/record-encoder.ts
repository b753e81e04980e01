/** Turns the records of one file into text. */
export interface FileEncoder {
  /** What stands before the first record. */
  readonly header: string;
  /** A record with the end of its line. Throws IllegalArgumentException for one that cannot be written in this format. */
  encode(record: unknown): string;
}

/** A format of files. */
export interface RecordEncoder {
  /** JSON-safe: part of the graph's hash. */
  readonly description: unknown;
  /** Begins a file whose first record is `first`. Throws IllegalArgumentException like `encode`. */
  begin(first: unknown): FileEncoder;
}

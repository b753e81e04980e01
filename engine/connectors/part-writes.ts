/** A file that a sink writes. Names below the sink's folder, with `/`. */
export interface PartRef {
  /** Folder of the sink, as the user wrote it: relative to the notebook, or absolute. */
  readonly directory: string;
  /** Where the bytes go until the commit. */
  readonly pending: string;
  /** Where the commit moves them. */
  readonly final: string;
}

/** What a sink writes, in words that tell its own files from those of others. */
export interface SinkFolder {
  readonly directory: string;
  /** Its files are called `<prefix>-<run>-<subtask>-<counter><suffix>`, and `.<that>.inprogress` until the commit. */
  readonly prefix: string;
  readonly suffix: string;
  /** How the files are compressed; not there = they are not. */
  readonly compression?: 'gzip';
  /** The files may be in folders below the sink's. */
  readonly buckets: boolean;
}

/** Takes what sinks write: the engine does no I/O itself. Everything of one part comes in order. */
export interface PartWrites {
  /** A subtask of a sink was made. Throws IllegalArgumentException when another sink of the job writes files of the same names. */
  announce(sink: SinkFolder, subtask: number): void;
  /** The bytes as a gzip file of their own; several in a row are one gzip file as well. */
  gzip(bytes: Uint8Array): Uint8Array;
  /** More bytes at the end of a part; the first make it. The bytes are the callee's from now on. */
  write(part: PartRef, bytes: Uint8Array): void;
  /** No more bytes come. */
  close(part: PartRef): void;
}

/** Takes everything, keeps nothing: for jobs whose output is not wanted, such as replays. */
export const DISCARDED_PARTS: PartWrites = {
  announce() {},
  gzip: (bytes) => bytes,
  write() {},
  close() {},
};

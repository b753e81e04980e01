/** A name in a folder. */
export interface PartEntry {
  readonly name: string;
  /** False also for a link to a folder: links are not followed. */
  readonly folder: boolean;
}

/**
 * The port through which part files reach a disk: small enough that a simulated disk can fail at every operation. Paths have `/`, and are
 * relative to the notebook's folder unless absolute. Every method rejects with a DiskError; after a rejection the outcome is unknown.
 */
export interface PartDisk {
  /** Makes an empty file. Rejects with 'EEXIST' when there is one. */
  create(path: string): Promise<void>;
  /** Adds bytes at the end of a file. Rejects with 'ENOENT' when it is not there. */
  append(path: string, bytes: readonly Uint8Array[]): Promise<void>;
  /** Makes the bytes of a file durable. */
  syncFile(path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Replaces `to`. */
  rename(from: string, to: string): Promise<void>;
  /** In bytes; null when there is no such file. */
  size(path: string): Promise<number | null>;
  /** Does nothing when it is not there. */
  remove(path: string): Promise<void>;
  /** In the order of names; empty when there is no such folder. */
  list(path: string): Promise<readonly PartEntry[]>;
  /** With its parents, which may exist; gives the folders that have a new name in them, to be synced. */
  makeFolder(path: string): Promise<readonly string[]>;
}

/**
 * The port through which checkpoints reach a disk: small enough that a simulated disk can fail at every operation. Paths are relative, with `/`.
 * Every method rejects with a DiskError; after a rejection the outcome of the operation is unknown, not "did not happen".
 */
export interface Disk {
  /** Whole file. Rejects with code 'ENOENT' when it is not there. */
  read(path: string): Promise<Uint8Array>;
  /** Bytes [offset, offset + length). */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Size in bytes; null when there is no such file. */
  size(path: string): Promise<number | null>;
  /** Creates the file with these bytes; rejects with 'EEXIST' when it exists. The bytes are not durable yet. */
  create(path: string, bytes: readonly Uint8Array[]): Promise<void>;
  /** Makes the bytes of a file durable. */
  syncFile(path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Replaces `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Does nothing when it is not there. */
  remove(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when it is not there. */
  list(path: string): Promise<readonly string[]>;
  /** With its parents; true when it was made, false when it existed. */
  makeFolder(path: string): Promise<boolean>;
}

export type DiskErrorCode = 'ENOENT' | 'EEXIST' | 'ENOSPC' | 'EACCES' | 'EROFS' | 'EIO' | 'EBUSY' | 'OTHER';

/** Something failed on the disk; the message names the file and what the system said. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;
  constructor(code: DiskErrorCode, path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

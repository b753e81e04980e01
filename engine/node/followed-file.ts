import { open, type FileHandle } from 'node:fs/promises';
import type { Delivery } from './file-feed.ts';

/** Bytes of one read. */
const READ_BYTES = 256 * 1024;

/** Looks at a file that another has taken the place of, until it counts as complete: who writes to it may not have noticed yet. */
const LOOKS_TO_THE_END = 2;

const NOTHING = { bytesRead: 0 };

/** A file that is read again and again, as more is added to it. Stays open, so that it is the same file whatever its name is. */
export class FollowedFile {
  readonly source: number;
  readonly split: string;
  readonly inode: bigint;
  readonly #handle: FileHandle;
  /** Offset that was asked for and not delivered yet. */
  #wanted: number | null = null;
  #reading = false;
  /** Looks until it counts as complete, once another file has taken its place. */
  #looksLeft = Number.POSITIVE_INFINITY;
  #cut = false;
  #removed = false;
  #closed = false;

  constructor(source: number, split: string, inode: bigint, handle: FileHandle) {
    this.source = source;
    this.split = split;
    this.inode = inode;
    this.#handle = handle;
  }

  /** Nothing more is read: all was delivered. */
  get ended(): boolean {
    return this.#closed;
  }

  /** It has no name any more: once it is closed, another file may get its inode. */
  get removed(): boolean {
    return this.#removed;
  }

  /** Asks for the bytes from `offset` on. */
  request(offset: number): void {
    this.#wanted ??= offset;
  }

  /** Another file has taken its place: what is added within the next looks is its last. */
  retire(): void {
    this.#looksLeft = Math.min(this.#looksLeft, LOOKS_TO_THE_END);
  }

  /** One more look. Says whether the file has become shorter than what was read of it: then it ends here. */
  async look(): Promise<'same' | 'cut'> {
    this.#looksLeft--;
    const wanted = this.#wanted;
    if (wanted === null || this.#cut || this.#closed) return 'same';
    const { size, nlink } = await this.#handle.stat();
    this.#removed = nlink === 0;
    if (this.#removed) this.retire();
    if (size >= wanted) return 'same';
    this.#cut = true;
    return 'cut';
  }

  /** What was asked for and is there, or the end; null while nothing is. */
  async read(): Promise<Delivery | null> {
    const offset = this.#wanted;
    if (offset === null || this.#reading || this.#closed) return null;
    this.#reading = true;
    try {
      const buffer = new Uint8Array(READ_BYTES);
      const { bytesRead } = this.#cut ? NOTHING : await this.#handle.read(buffer, 0, buffer.length, offset);
      const end = bytesRead === 0 && (this.#cut || this.#looksLeft <= 0);
      if (bytesRead === 0 && !end) return null;
      this.#wanted = null;
      if (end) await this.close();
      return { kind: 'source-data', source: this.source, split: this.split, offset, bytes: buffer.slice(0, bytesRead), end };
    } finally {
      this.#reading = false;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }
}

/** Opens a file to follow it; null when it is not there any more. */
export async function openFollowed(path: string): Promise<{ readonly handle: FileHandle; readonly inode: bigint } | null> {
  try {
    const handle = await open(path, 'r');
    const { ino } = await handle.stat({ bigint: true });
    return { handle, inode: ino };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

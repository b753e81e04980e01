import { open } from 'node:fs/promises';
import type { Mail } from '../runtime/mail.ts';
import { explainFileError } from './explain-error.ts';
import { EndOfGzipError, GzipFile, isGzip } from './gzip-file.ts';
import type { ListedFile } from './list-files.ts';

/** An open file. Structural part of node's FileHandle, so that tests can stand in for slow or changing files. */
export interface OpenFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  close(): Promise<void>;
}

export type OpenFileByPath = (path: string) => Promise<OpenFile>;

export const openOnDisk: OpenFileByPath = (path) => open(path, 'r');

/** Bytes of a split that have been read, or why that failed. */
export type Delivery = Extract<Mail, { kind: 'source-data' | 'source-failed' }>;

type Data = Extract<Mail, { kind: 'source-data' }>;

/** The first read is small, for a first result soon; then they grow, for throughput. */
const FIRST_READ_BYTES = 64 * 1024;
const MAX_READ_BYTES = 512 * 1024;

interface SplitReading {
  readonly source: number;
  readonly file: ListedFile;
  readonly watched: boolean;
  handle: OpenFile | null;
  /** Bytes of the file that a byte of its content takes: not 1 when it is compressed, then 0 until some of it has been read. */
  stored: number;
  readBytes: number;
  /** Offset that was asked for and not delivered yet. */
  wanted: number | null;
  reading: boolean;
  /** Read ahead, not asked for yet. */
  ready: Data | null;
  done: boolean;
}

/** Reads pieces of files when they are asked for, and one piece ahead of that. */
export class FileFeed {
  readonly #splits = new Map<string, SplitReading>();
  readonly #open: OpenFileByPath;
  readonly #readBytes: number | null;
  readonly #onDelivery: () => void;
  #deliveries: Delivery[] = [];
  #running: Promise<void>[] = [];
  #closed = false;

  /** `onDelivery` is called when `take` has something. `readBytes`: size of each read; null = grows as it goes. */
  constructor(openFile: OpenFileByPath, readBytes: number | null, onDelivery: () => void) {
    this.#open = openFile;
    this.#readBytes = readBytes;
    this.#onDelivery = onDelivery;
  }

  /** `watched`: the file was found while the source looks for new ones. */
  add(source: number, file: ListedFile, watched = false): void {
    const readBytes = this.#readBytes ?? FIRST_READ_BYTES;
    this.#splits.set(keyOf(source, file.id), {
      source,
      file,
      watched,
      handle: null,
      stored: isGzip(file.path) ? 0 : 1,
      readBytes,
      wanted: null,
      reading: false,
      ready: null,
      done: false,
    });
  }

  /** Asks for the bytes of a split from `offset` on. Asking again for what is on its way does nothing. */
  request(source: number, split: string, offset: number): void {
    const state = this.#splits.get(keyOf(source, split));
    if (state === undefined || state.done || state.wanted !== null) return;
    state.wanted = offset;
    this.#pump(state);
  }

  /** How far into the file, in bytes of the file, `offset` of its content is; about, when it is compressed. */
  storedOffset(source: number, split: string, offset: number): number {
    return offset * (this.#splits.get(keyOf(source, split))?.stored ?? 1);
  }

  /** True while bytes that were asked for are on their way. */
  get busy(): boolean {
    for (const { wanted } of this.#splits.values()) if (wanted !== null) return true;
    return false;
  }

  get hasDeliveries(): boolean {
    return this.#deliveries.length > 0;
  }

  take(): readonly Delivery[] {
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    return deliveries;
  }

  /** Closes all files once the reads under way have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running.length > 0) await Promise.all(this.#running);
    for (const state of this.#splits.values()) await closeQuietly(state);
  }

  #pump(state: SplitReading): void {
    if (this.#closed || state.reading) return;
    if (state.wanted !== null && state.ready?.offset === state.wanted) this.#deliver(state, state.ready);
    else if (state.wanted !== null) this.#startRead(state, state.wanted);
  }

  #deliver(state: SplitReading, data: Data): void {
    state.ready = null;
    state.wanted = null;
    this.#deliveries.push(data);
    this.#onDelivery();
    if (!data.end) this.#startRead(state, data.offset + data.bytes.length);
  }

  #startRead(state: SplitReading, offset: number): void {
    state.reading = true;
    const running = this.#read(state, offset)
      .then(
        (data) => {
          state.ready = data;
        },
        (error: unknown) => {
          state.done = true;
          state.wanted = null;
          this.#deliveries.push({
            kind: 'source-failed',
            source: state.source,
            split: state.file.id,
            message: messageOf(error, state.file),
          });
          this.#onDelivery();
        },
      )
      .then(() => {
        state.reading = false;
        this.#running = this.#running.filter((each) => each !== running);
        if (!state.done) this.#pump(state);
      });
    this.#running.push(running);
  }

  async #read(state: SplitReading, offset: number): Promise<Data> {
    const { file } = state;
    state.handle ??= isGzip(file.path) ? new GzipFile(() => this.#open(file.path)) : await this.#open(file.path);
    const { handle } = state;
    const size = handle instanceof GzipFile ? Number.POSITIVE_INFINITY : file.size;
    const buffer = new Uint8Array(Math.max(0, Math.min(state.readBytes, size - offset)));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    checkUnchanged(state, await handle.stat());
    if (handle instanceof GzipFile) state.stored = handle.stored;
    if (this.#readBytes === null) state.readBytes = Math.min(state.readBytes * 2, MAX_READ_BYTES);
    const bytes = buffer.subarray(0, filled);
    const end = filled < buffer.length || offset + filled >= size;
    if (end) await closeQuietly(state);
    return { kind: 'source-data', source: state.source, split: file.id, offset, bytes, end };
  }
}

/** Two sources may read the same file. */
function keyOf(source: number, split: string): string {
  return `${source}/${split}`;
}

class ChangedFileError extends Error {
  override readonly name = 'ChangedFileError';
}

/** Throws ChangedFileError when the file is not as it was when the run began: its bytes may be of two versions. */
function checkUnchanged({ file, watched }: SplitReading, now: { readonly size: number; readonly mtimeMs: number }): void {
  if (now.size === file.size && now.mtimeMs === file.modified) return;
  const how = now.size === file.size ? 'its content is newer' : `it had ${file.size} bytes and now has ${now.size}`;
  const advice = watched
    ? "Write new files under a name that begins with '.' and rename them once they are complete, or read what is added with follow: true."
    : 'Run again when nothing writes to it.';
  throw new ChangedFileError(`${file.id} changed while it was being read: ${how}. ${advice}`);
}

function messageOf(error: unknown, { id }: ListedFile): string {
  if (error instanceof ChangedFileError) return error.message;
  if (!(error instanceof EndOfGzipError)) return explainFileError(error, id);
  return (
    `The checkpoint had read ${id} up to ${error.wanted}, but what it holds now ends at ${error.end}. ` +
    'It is not the input that the checkpoint was taken with. Put that back, or start fresh.'
  );
}

async function closeQuietly(state: SplitReading): Promise<void> {
  const { handle } = state;
  state.handle = null;
  await handle?.close().catch(() => undefined);
}

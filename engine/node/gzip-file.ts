import { Readable, pipeline } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { OpenFile } from './file-feed.ts';

/** Compressed bytes that are read at once, and decompressed ones that come at once. */
const CHUNK_BYTES = 64 * 1024;

/** Is this file read as gzip? As in Flink, its name says so. */
export function isGzip(path: string): boolean {
  return /\.(?:gz|gzip)$/i.test(path);
}

/** A place behind the end of what the file holds was asked for. */
export class EndOfGzipError extends Error {
  override readonly name = 'EndOfGzipError';
  readonly wanted: number;
  readonly end: number;

  constructor(wanted: number, end: number) {
    super(`ends at ${end}`);
    this.wanted = wanted;
    this.end = end;
  }
}

/**
 * A file compressed with gzip, read as what it holds: sizes and positions are those of the decompressed bytes, save those of `stat`. Several
 * compressed files one after the other, which gzip calls members, are one. Reading goes forwards; from an earlier place it begins again at the
 * start, and what lies before a place is decompressed and thrown away. Rejects with zlib's error when the file is damaged.
 */
export class GzipFile implements OpenFile {
  readonly #open: () => Promise<OpenFile>;
  #file: OpenFile | null = null;
  #gunzip: Gunzip | null = null;
  #chunks: AsyncIterator<Uint8Array> | null = null;
  #chunk = new Uint8Array(0);
  /** Of the first byte of `#chunk`. */
  #position = 0;
  #stored = 0;

  constructor(open: () => Promise<OpenFile>) {
    this.#open = open;
  }

  /** Bytes of the file that a byte of its content took so far; 0 while nothing has been read. */
  get stored(): number {
    return this.#stored;
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }> {
    if (position < this.#position) this.#rewind();
    while (this.#position + this.#chunk.length <= position) {
      if (!(await this.#next())) {
        if (position > this.#position) throw new EndOfGzipError(position, this.#position);
        return { bytesRead: 0 };
      }
    }
    const bytes = this.#chunk.subarray(position - this.#position).subarray(0, length);
    buffer.set(bytes, offset);
    return { bytesRead: bytes.length };
  }

  /** Of the compressed file. */
  async stat(): ReturnType<OpenFile['stat']> {
    return await (await this.#opened()).stat();
  }

  async close(): Promise<void> {
    this.#rewind();
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #opened(): Promise<OpenFile> {
    this.#file ??= await this.#open();
    return this.#file;
  }

  #rewind(): void {
    this.#gunzip?.destroy();
    this.#gunzip = null;
    this.#chunks = null;
    this.#chunk = new Uint8Array(0);
    this.#position = 0;
  }

  /** False at the end. */
  async #next(): Promise<boolean> {
    this.#gunzip ??= gunzipOf(await this.#opened());
    this.#chunks ??= this.#gunzip[Symbol.asyncIterator]();
    const next = await this.#chunks.next();
    this.#position += this.#chunk.length;
    this.#chunk = new Uint8Array(0);
    if (next.done === true) return false;
    this.#chunk = new Uint8Array(next.value);
    this.#stored = this.#gunzip.bytesWritten / (this.#position + this.#chunk.length);
    return true;
  }
}

function gunzipOf(file: OpenFile): Gunzip {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // What goes wrong is seen by those who read from it.
  pipeline(Readable.from(piecesOf(file), { objectMode: false }), gunzip, () => undefined);
  return gunzip;
}

async function* piecesOf(file: OpenFile): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

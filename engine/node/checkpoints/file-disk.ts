import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../explain-error.ts';
import { type Disk, DiskError, type DiskErrorCode } from './disk.ts';

const CODES: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'ENOENT',
  EEXIST: 'EEXIST',
  ENOSPC: 'ENOSPC',
  EDQUOT: 'ENOSPC',
  EACCES: 'EACCES',
  EPERM: 'EACCES',
  EROFS: 'EROFS',
  EIO: 'EIO',
  EBUSY: 'EBUSY',
};

const HINTS: Readonly<Record<DiskErrorCode, string>> = {
  ENOENT: 'is not there',
  EEXIST: 'exists already',
  ENOSPC: 'could not be written: the disk is full. Free some space',
  EACCES: 'cannot be used: permission denied. Allow your user to read and write it',
  EROFS: 'could not be written: the disk is read-only. Set another folder for checkpoints',
  EIO: 'could not be read or written: the disk reports an error',
  EBUSY: 'is in use by another program',
  OTHER: 'could not be used',
};

/** A folder of this computer. */
export class FileDisk implements Disk {
  readonly #root: string;

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  read(name: string): Promise<Uint8Array> {
    return this.#try(name, (file) => readFile(file));
  }

  readRange(name: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#try(name, async (file) => {
      const handle = await open(file, 'r');
      try {
        const buffer = new Uint8Array(length);
        let got = 0;
        for (let more = 1; more > 0 && got < length; got += more) {
          ({ bytesRead: more } = await handle.read(buffer, got, length - got, offset + got));
        }
        return buffer.subarray(0, got);
      } finally {
        await handle.close();
      }
    });
  }

  async size(name: string): Promise<number | null> {
    try {
      const found = await stat(path.join(this.#root, name));
      return found.isDirectory() ? null : found.size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw this.#explain(name, error);
    }
  }

  create(name: string, bytes: readonly Uint8Array[]): Promise<void> {
    return this.#try(name, async (file) => {
      const handle = await open(file, 'wx');
      try {
        for (const piece of bytes) await handle.writeFile(piece);
      } finally {
        await handle.close();
      }
    });
  }

  syncFile(name: string): Promise<void> {
    return this.#try(name, (file) => sync(file, 'r+'));
  }

  syncFolder(name: string): Promise<void> {
    // Windows has no such thing: names are made durable with their files.
    if (process.platform === 'win32') return Promise.resolve();
    return this.#try(name, (file) => sync(file, 'r'));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#try(from, (file) => rename(file, path.join(this.#root, to)));
  }

  remove(name: string): Promise<void> {
    return this.#try(name, (file) => rm(file, { force: true, recursive: true }));
  }

  async list(name: string): Promise<readonly string[]> {
    try {
      return (await readdir(path.join(this.#root, name))).sort();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw this.#explain(name, error);
    }
  }

  makeFolder(name: string): Promise<boolean> {
    return this.#try(name, async (file) => {
      const first = await mkdir(file, { recursive: true });
      if (first === undefined) return false;
      // The names of the root and of what is above it: nobody else can make them durable.
      for (let made = this.#root; made.length >= first.length && process.platform !== 'win32'; made = path.dirname(made))
        await sync(path.dirname(made), 'r');
      return true;
    });
  }

  async #try<T>(name: string, work: (file: string) => Promise<T>): Promise<T> {
    try {
      return await work(path.join(this.#root, name));
    } catch (error) {
      throw this.#explain(name, error);
    }
  }

  #explain(name: string, error: unknown): DiskError {
    const code = CODES[errorCode(error)] ?? 'OTHER';
    const said = code === 'OTHER' ? `: ${error instanceof Error ? error.message : String(error)}` : '';
    return new DiskError(code, name, `${path.join(this.#root, name)} ${HINTS[code]}${said}.`);
  }
}

async function sync(file: string, flags: string): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DiskError, type DiskErrorCode } from './checkpoints/disk.ts';
import { errorCode } from './explain-error.ts';
import type { PartDisk, PartEntry } from './part-disk.ts';

/** What the system's codes mean to somebody whose job writes files. */
const REASONS: Readonly<Record<string, readonly [DiskErrorCode, string]>> = {
  ENOENT: ['ENOENT', 'is not there any more: something else removed it while the job was writing. Run again'],
  EEXIST: ['EEXIST', 'is already there'],
  ENOTDIR: ['OTHER', 'cannot be made, because a file has the name of one of its folders. Give the sink another folder'],
  ENOSPC: ['ENOSPC', 'cannot be written: the disk is full. Free some space'],
  EDQUOT: ['ENOSPC', 'cannot be written: your share of the disk is used up. Free some space'],
  EACCES: ['EACCES', 'cannot be written: permission denied. Allow your user to write there'],
  EPERM: ['EACCES', 'cannot be written: permission denied. Allow your user to write there'],
  EROFS: ['EROFS', 'cannot be written: the disk is read-only. Give the sink another folder'],
  EIO: ['EIO', 'cannot be read or written: the disk reports an error. Check the disk'],
  EBUSY: ['EBUSY', 'is in use by another program. Close it and run again'],
  ENAMETOOLONG: ['OTHER', 'has too long a name. Give the sink a shorter folder, partPrefix or buckets'],
};

/** Part files on this computer. Relative paths start from `base`, an absolute path. */
export class FilePartDisk implements PartDisk {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  create(name: string): Promise<void> {
    return this.#try(name, async (file) => {
      const handle = await open(file, 'wx');
      await handle.close();
    });
  }

  append(name: string, bytes: readonly Uint8Array[]): Promise<void> {
    // Not 'a': a file that was removed meanwhile must not come into being again with its beginning lost.
    return this.#with(name, constants.O_WRONLY | constants.O_APPEND, async (handle) => {
      for (const piece of bytes) await handle.writeFile(piece);
    });
  }

  syncFile(name: string): Promise<void> {
    return this.#with(name, 'r+', (handle) => handle.sync());
  }

  syncFolder(name: string): Promise<void> {
    // Windows has no such thing: names are made durable with their files.
    if (process.platform === 'win32') return Promise.resolve();
    return this.#with(name, 'r', (handle) => handle.sync());
  }

  rename(from: string, to: string): Promise<void> {
    return this.#try(from, (file) => rename(file, this.#resolve(to)));
  }

  size(name: string): Promise<number | null> {
    return this.#unlessMissing(name, async (file) => (await stat(file)).size, null);
  }

  remove(name: string): Promise<void> {
    return this.#try(name, (file) => rm(file, { force: true }));
  }

  async list(name: string): Promise<readonly PartEntry[]> {
    const entries = await this.#unlessMissing(name, (file) => readdir(file, { withFileTypes: true }), []);
    return entries
      .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  makeFolder(name: string): Promise<readonly string[]> {
    return this.#try(name, async (folder) => {
      const first = await mkdir(folder, { recursive: true });
      if (first === undefined) return [];
      const changed: string[] = [];
      for (let made = folder; made.length >= first.length; made = path.dirname(made)) changed.push(path.dirname(made));
      return changed;
    });
  }

  #resolve(name: string): string {
    return path.resolve(this.#base, name);
  }

  #with(name: string, flags: string | number, work: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
    return this.#try(name, async (file) => {
      const handle = await open(file, flags);
      try {
        await work(handle);
      } finally {
        await handle.close();
      }
    });
  }

  async #unlessMissing<T>(name: string, work: (file: string) => Promise<T>, missing: T): Promise<T> {
    return await this.#try(name, async (file) => {
      try {
        return await work(file);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return missing;
        throw error;
      }
    });
  }

  async #try<T>(name: string, work: (file: string) => Promise<T>): Promise<T> {
    try {
      return await work(this.#resolve(name));
    } catch (error) {
      const known = REASONS[errorCode(error)];
      const [code, reason] = known ?? ['OTHER', `cannot be written: ${error instanceof Error ? error.message : String(error)}`];
      throw new DiskError(code, name, `${name} ${reason}.`);
    }
  }
}

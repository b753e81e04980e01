import { createHash } from 'node:crypto';
import type { Disk } from './disk.ts';

/** Writes files so that their names are only seen with all of their bytes, whatever happens: bytes, then name, each durable before the next. */
export class DurableFiles {
  readonly #disk: Disk;
  #names = 0;
  /** The last file that was written under another name than it has to have. */
  #temporary: string | null = null;
  /** Blobs of checkpoints that came to nothing. */
  readonly #doubtful = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** The bytes are durable before the name is. Replaces a file of that name. `mayAppear` rejects when it must not get its name any more. */
  async writeWhole(path: string, text: string, mayAppear: () => Promise<void>): Promise<void> {
    const temporary = `${path}.${++this.#names}.part`;
    const folder = folderOf(path);
    this.#temporary = temporary;
    await this.#disk.create(temporary, [Buffer.from(text)]);
    await this.#disk.syncFile(temporary);
    await mayAppear();
    await this.#disk.rename(temporary, path);
    await this.#disk.syncFolder(folder);
  }

  /**
   * Writes `pieces`, `length` bytes in all, whose hash is the last part of `path`; `run`: of whom, for a name that nobody else uses meanwhile. A file of this
   * name may be there, and damaged: it is trusted only after a look, and never when something has failed with it. A failed sync is never tried again on the
   * same file.
   */
  async writeBlob(path: string, run: number, pieces: readonly Uint8Array[], length: number): Promise<void> {
    const folder = folderOf(path);
    // Should this come to nothing, nobody knows what is durable of it: the next one with the same content is written anew.
    const doubtful = this.#doubtful.has(path);
    this.#doubtful.add(path);
    if (!doubtful && (await this.#disk.size(path)) === length && path.endsWith(await this.#hash(path))) {
      await this.#disk.syncFile(path);
    } else {
      const temporary = `${path}.${run}-${++this.#names}.part`;
      this.#temporary = temporary;
      await this.#disk.create(temporary, pieces);
      await this.#disk.syncFile(temporary);
      await this.#disk.rename(temporary, path);
    }
    await this.#disk.syncFolder(folder);
  }

  /** What was written is referred to by something durable: nothing of it is doubtful any more. */
  trust(): void {
    this.#doubtful.clear();
  }

  /** Does work that writes; if it fails it leaves no half of a file behind: on a full disk it would take the space that is needed. */
  async tidily<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // What cannot be removed now is removed when the next run begins.
      if (this.#temporary !== null) await this.#disk.remove(this.#temporary).catch(() => undefined);
      throw error;
    }
  }

  async #hash(path: string): Promise<string> {
    return createHash('sha256')
      .update(await this.#disk.read(path))
      .digest('hex');
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

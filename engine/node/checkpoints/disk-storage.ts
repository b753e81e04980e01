import type { CheckpointStorage, CheckpointStorageAccess } from '../../api/checkpoint-storage.ts';
import { type Disk, DiskError } from './disk.ts';

/** A disk as a storage for checkpoints: the folder of `execution.checkpointing.dir` or `.savepoint-dir`, or memory. */
export class DiskStorage implements CheckpointStorage {
  readonly name: string;
  readonly #disk: Disk;

  constructor(name: string, disk: Disk) {
    this.name = name;
    this.#disk = disk;
  }

  createCheckpointStorage(): CheckpointStorageAccess {
    return new DiskStorageAccess(this.#disk);
  }
}

/** What a file is called while it is being written. */
const TEMPORARY = /\.\d+\.part$/;

/** Bytes before names, each durable before the next: a file is there whole or not at all. */
class DiskStorageAccess implements CheckpointStorageAccess {
  readonly #disk: Disk;
  /** Folders whose names are durable, with those above. */
  readonly #folders = new Set<string>();
  #names = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      return await this.#disk.read(name);
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#makeFolder(folderOf(name));
    const temporary = `${name}.${++this.#names}.part`;
    // Of a run that was killed: half of a file, which nobody has.
    await this.#disk.remove(temporary);
    try {
      await this.#disk.create(temporary, [bytes]);
      await this.#disk.syncFile(temporary);
      await this.#disk.rename(temporary, name);
    } catch (error) {
      // On a full disk it would take the space that is needed.
      await this.#disk.remove(temporary).catch(() => undefined);
      throw error;
    }
    await this.#disk.syncFolder(folderOf(name));
  }

  async create(name: string, bytes: Uint8Array): Promise<boolean> {
    await this.#makeFolder(folderOf(name));
    try {
      await this.#disk.create(name, [bytes]);
    } catch (error) {
      if (error instanceof DiskError && error.code === 'EEXIST') return false;
      throw error;
    }
    await this.#disk.syncFile(name);
    await this.#disk.syncFolder(folderOf(name));
    return true;
  }

  async delete(name: string): Promise<void> {
    await this.#disk.remove(name);
    // What is gone stays gone.
    if (this.#folders.has(folderOf(name))) await this.#disk.syncFolder(folderOf(name));
  }

  async list(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    const look = async (folder: string): Promise<void> => {
      for (const name of await this.#disk.list(folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (!path.startsWith(prefix) && !prefix.startsWith(`${path}/`)) continue;
        if ((await this.#disk.size(path)) === null) await look(path);
        else if (path.startsWith(prefix) && !TEMPORARY.test(path)) names.push(path);
      }
    };
    await look('');
    return names;
  }

  dispose(): void {
    this.#folders.clear();
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    if (folder !== '') await this.#disk.makeFolder(folder);
    // A name is only durable with all of those above it.
    for (let above = folder; above !== ''; above = folderOf(above)) await this.#disk.syncFolder(folderOf(above));
    this.#folders.add(folder);
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

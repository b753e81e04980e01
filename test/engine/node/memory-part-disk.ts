import { DiskError } from '../../../engine/node/checkpoints/disk.ts';
import type { PartDisk, PartEntry } from '../../../engine/node/part-disk.ts';

interface Inode {
  bytes: Uint8Array;
  /** Bytes that survive a power loss. */
  synced: number;
}

/** Says what happens to an operation: nothing special, or an error before or after it took effect. */
export type Fault = 'before' | 'after' | null;

/** A disk in memory with what a real one does not promise: bytes and names are lost with the power until they are synced. */
export class MemoryPartDisk implements PartDisk {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #folders = new Set<string>(['.']);
  #durableFolders = new Set<string>(['.']);
  /** Operations that changed something or should have. */
  operations = 0;
  /** Called with the number of each operation and what it is. */
  fault: (operation: number, what: string) => Fault = () => null;

  /** Finished files with their text, sorted. */
  finished(textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()): readonly (readonly [string, string])[] {
    return this.paths()
      .filter((path) => !path.includes('/.'))
      .map((path) => [path, textOf(this.#names.get(path)?.bytes ?? new Uint8Array())] as const);
  }

  paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  put(path: string, text: string): void {
    const inode = { bytes: Buffer.from(text), synced: text.length };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
    this.#folders.add(folderOf(path));
    this.#durableFolders.add(folderOf(path));
  }

  powerLoss(): void {
    this.#folders = new Set([...this.#durableFolders].filter((folder) => this.#isDurable(folder)));
    this.#durableFolders = new Set(this.#folders);
    this.#durableNames = new Map([...this.#durableNames].filter(([path]) => this.#folders.has(folderOf(path))));
    for (const inode of this.#durableNames.values()) inode.bytes = inode.bytes.slice(0, inode.synced);
    this.#names = new Map(this.#durableNames);
  }

  #isDurable(folder: string): boolean {
    return folder === '.' || (this.#durableFolders.has(folder) && this.#isDurable(folderOf(folder)));
  }

  create(path: string): Promise<void> {
    return this.#change('create', path, () => {
      if (this.#names.has(path)) throw new DiskError('EEXIST', path, `${path} is already there.`);
      if (!this.#folders.has(folderOf(path))) throw new DiskError('ENOENT', path, `${folderOf(path)} is not there.`);
      this.#names.set(path, { bytes: new Uint8Array(), synced: 0 });
    });
  }

  append(path: string, bytes: readonly Uint8Array[]): Promise<void> {
    return this.#change('append', path, () => {
      const inode = this.#inode(path);
      inode.bytes = Buffer.concat([inode.bytes, ...bytes]);
    });
  }

  syncFile(path: string): Promise<void> {
    return this.#change('syncFile', path, () => {
      const inode = this.#inode(path);
      inode.synced = inode.bytes.length;
    });
  }

  syncFolder(path: string): Promise<void> {
    return this.#change('syncFolder', path, () => {
      if (!this.#folders.has(path)) throw new DiskError('ENOENT', path, `${path} is not there.`);
      for (const name of this.#durableNames.keys()) if (folderOf(name) === path && !this.#names.has(name)) this.#durableNames.delete(name);
      for (const [name, inode] of this.#names) if (folderOf(name) === path) this.#durableNames.set(name, inode);
      for (const folder of this.#folders) if (folderOf(folder) === path) this.#durableFolders.add(folder);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change('rename', from, () => {
      const inode = this.#inode(from);
      this.#names.delete(from);
      this.#names.set(to, inode);
    });
  }

  size(path: string): Promise<number | null> {
    return Promise.resolve(this.#names.get(path)?.bytes.length ?? null);
  }

  remove(path: string): Promise<void> {
    return this.#change('remove', path, () => void this.#names.delete(path));
  }

  list(path: string): Promise<readonly PartEntry[]> {
    const files = this.paths().filter((name) => folderOf(name) === path);
    const folders = [...this.#folders].filter((name) => name !== '.' && folderOf(name) === path);
    return Promise.resolve([
      ...files.map((name) => ({ name: name.slice(name.lastIndexOf('/') + 1), folder: false })),
      ...folders.map((name) => ({ name: name.slice(name.lastIndexOf('/') + 1), folder: true })),
    ]);
  }

  async makeFolder(path: string): Promise<readonly string[]> {
    const changed: string[] = [];
    await this.#change('makeFolder', path, () => {
      for (let folder = path; !this.#folders.has(folder); folder = folderOf(folder)) {
        this.#folders.add(folder);
        changed.push(folderOf(folder));
      }
    });
    return changed;
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw new DiskError('ENOENT', path, `${path} is not there.`);
    return inode;
  }

  async #change(what: string, path: string, work: () => void): Promise<void> {
    await Promise.resolve();
    const fault = this.fault(this.operations++, what);
    if (fault === 'before') throw new DiskError('EIO', path, `${path} cannot be written: the test says so.`);
    work();
    if (fault === 'after') throw new DiskError('EIO', path, `${path} was written, but the test says it was not.`);
  }
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

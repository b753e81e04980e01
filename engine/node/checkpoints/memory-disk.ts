import { type Disk, DiskError } from './disk.ts';

/** A disk in memory: for jobs whose checkpoints need not outlive them, and for tests. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>();

  async read(path: string): Promise<Uint8Array> {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new DiskError('ENOENT', path, `${path} is not there.`);
    return await Promise.resolve(bytes);
  }
  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return (await this.read(path)).subarray(offset, offset + length);
  }
  size(path: string): Promise<number | null> {
    return Promise.resolve(this.files.get(path)?.length ?? null);
  }
  async create(path: string, bytes: readonly Uint8Array[]): Promise<void> {
    if (this.files.has(path)) throw new DiskError('EEXIST', path, `${path} exists already.`);
    this.files.set(path, Buffer.concat(bytes));
    await Promise.resolve();
  }
  syncFile(): Promise<void> {
    return Promise.resolve();
  }
  syncFolder(): Promise<void> {
    return Promise.resolve();
  }
  async rename(from: string, to: string): Promise<void> {
    this.files.set(to, await this.read(from));
    this.files.delete(from);
  }
  remove(path: string): Promise<void> {
    for (const name of [...this.files.keys()]) if (name === path || name.startsWith(`${path}/`)) this.files.delete(name);
    this.#folders.delete(path);
    return Promise.resolve();
  }
  list(path: string): Promise<readonly string[]> {
    const below = [...this.files.keys(), ...this.#folders].filter((name) => name.startsWith(`${path}/`));
    return Promise.resolve([...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))].sort());
  }
  makeFolder(path: string): Promise<boolean> {
    if (this.#folders.has(path)) return Promise.resolve(false);
    this.#folders.add(path);
    return Promise.resolve(true);
  }
}

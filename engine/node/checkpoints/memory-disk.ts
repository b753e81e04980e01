import { type Disk, DiskError } from './disk.ts';

/** A disk in memory: for jobs whose checkpoints need not outlive them, and for tests. Does what a folder of a computer does. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly #folders = new Set<string>();

  async read(path: string): Promise<Uint8Array> {
    return await Promise.resolve(this.#existing(path));
  }
  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return (await this.read(path)).subarray(offset, offset + length);
  }
  size(path: string): Promise<number | null> {
    return Promise.resolve(this.files.get(path)?.length ?? null);
  }
  async create(path: string, bytes: readonly Uint8Array[]): Promise<void> {
    if (this.files.has(path)) throw new DiskError('EEXIST', path, `${path} exists already.`);
    this.#checkFolder(path);
    this.files.set(path, Buffer.concat(bytes));
    await Promise.resolve();
  }
  async syncFile(path: string): Promise<void> {
    this.#existing(path);
    await Promise.resolve();
  }
  async syncFolder(path: string): Promise<void> {
    if (path !== '' && !this.#folders.has(path)) throw missing(path);
    await Promise.resolve();
  }
  async rename(from: string, to: string): Promise<void> {
    const bytes = await this.read(from);
    this.#checkFolder(to);
    this.files.delete(from);
    this.files.set(to, bytes);
  }
  remove(path: string): Promise<void> {
    for (const name of [...this.files.keys()]) if (name === path || name.startsWith(`${path}/`)) this.files.delete(name);
    for (const name of [...this.#folders]) if (name === path || name.startsWith(`${path}/`)) this.#folders.delete(name);
    return Promise.resolve();
  }
  list(path: string): Promise<readonly string[]> {
    const above = path === '' ? '' : `${path}/`;
    const below = [...this.files.keys(), ...this.#folders].filter((name) => name.startsWith(above));
    return Promise.resolve([...new Set(below.map((name) => name.slice(above.length).split('/')[0] ?? ''))].sort());
  }
  makeFolder(path: string): Promise<boolean> {
    if (this.#folders.has(path)) return Promise.resolve(false);
    const names = path.split('/');
    for (let count = 1; count <= names.length; count++) this.#folders.add(names.slice(0, count).join('/'));
    return Promise.resolve(true);
  }

  #existing(path: string): Uint8Array {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw missing(path);
    return bytes;
  }

  #checkFolder(path: string): void {
    const at = path.lastIndexOf('/');
    if (at > 0 && !this.#folders.has(path.slice(0, at))) throw missing(path);
  }
}

function missing(path: string): DiskError {
  return new DiskError('ENOENT', path, `${path} is not there.`);
}

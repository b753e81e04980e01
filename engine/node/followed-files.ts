import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type FollowedSplit, followedId, parseFollowedId } from '../connectors/followed-split.ts';
import type { SplitPosition } from '../connectors/source.ts';
import type { Mail, SplitDescription } from '../runtime/mail.ts';
import { explainFileError } from './explain-error.ts';
import type { FileLook } from './file-watch.ts';
import { FollowedFile, openFollowed } from './followed-file.ts';
import { isGzip } from './gzip-file.ts';
import { FileListingError, listFiles, type ListedFile, type MayMiss } from './list-files.ts';

/** Files that are open at once. */
const MAX_OPEN = 500;

/**
 * Follows the files of a source: reads what is added to them, and goes on with the file that takes the place of another. A file is known by its inode, so that
 * one that was renamed is not read again under its new name.
 */
export class FollowedFiles implements FileLook {
  readonly #source: number;
  readonly #base: string;
  readonly #paths: readonly string[];
  readonly #push: (mail: Mail) => void;
  /** The file that now has a path. */
  readonly #places = new Map<string, FollowedFile>();
  /** How many files a path has had. */
  readonly #numbers = new Map<string, number>();
  /** All that are not read to their end, by the names of their splits. */
  readonly #files = new Map<string, FollowedFile>();
  /** Those that have been read, as long as they are there: an inode may be given to another file afterwards. */
  #seen = new Set<bigint>();
  #reads: Promise<void>[] = [];
  #closed = false;

  constructor(source: number, base: string, paths: readonly string[], push: (mail: Mail) => void) {
    this.#source = source;
    this.#base = base;
    this.#paths = paths;
    this.#push = push;
  }

  async begin(restored: readonly SplitPosition[]): Promise<readonly Mail[]> {
    const files = await this.#list(restored.length > 0 ? 'anything' : 'matches');
    const splits: SplitDescription[] = [];
    const before = restored.flatMap(({ split, finished }) => {
      const known = parseFollowedId(split);
      return known === null ? [] : [{ split, finished, known }];
    });
    // Files that had the same path are read in the order in which they had it.
    for (const { split, finished, known } of before.sort((a, b) => a.known.number - b.known.number)) {
      this.#numbers.set(known.path, Math.max(known.number, this.#numbers.get(known.path) ?? 0));
      this.#seen.add(known.inode);
      if (!finished && (await this.#reopen(split, known, files))) splits.push({ id: split, offset: 0 });
    }
    splits.push(...(await this.#findNew(files)));
    return [{ kind: 'splits', source: this.#source, splits }];
  }

  async look(): Promise<readonly Mail[]> {
    const splits: SplitDescription[] = [];
    for (const [split, file] of this.#files) {
      if (file.ended) this.#forget(split, file);
      else if ((await file.look()) === 'cut') splits.push(...(await this.#beginAnew(file)));
      this.#read(file);
    }
    splits.push(...(await this.#findNew(await this.#list('anything'))));
    return splits.length === 0 ? [] : [{ kind: 'splits', source: this.#source, splits }];
  }

  request(split: string, offset: number): boolean {
    const file = this.#files.get(split);
    file?.request(offset);
    if (file !== undefined) this.#read(file);
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#reads.length > 0) await Promise.all(this.#reads);
    for (const file of this.#files.values()) await file.close();
  }

  async #list(mayMiss: MayMiss): Promise<readonly (ListedFile & { readonly inode: bigint })[]> {
    const listed = await listFiles(this.#base, this.#paths, mayMiss);
    const files = [];
    for (const file of listed) {
      if (isGzip(file.path)) {
        throw new FileListingError(
          `${file.id} is compressed and cannot be followed. Name files without .gz, for example with 'logs/*.log', or leave out follow.`,
        );
      }
      const inode = await inodeOf(file.path);
      if (inode !== null) files.push({ ...file, inode });
    }
    return files;
  }

  async #findNew(files: readonly (ListedFile & { readonly inode: bigint })[]): Promise<readonly SplitDescription[]> {
    const splits: SplitDescription[] = [];
    for (const { id, path: absolute, inode } of files) {
      const place = this.#places.get(id);
      if (this.#seen.has(inode)) continue;
      place?.retire();
      splits.push(...(await this.#follow(id, absolute)));
    }
    const there = new Set(files.map(({ inode }) => inode));
    for (const { inode, ended } of this.#files.values()) if (!ended) there.add(inode);
    this.#seen = new Set([...this.#seen].filter((inode) => there.has(inode)));
    return splits;
  }

  #forget(split: string, file: FollowedFile): void {
    this.#files.delete(split);
    if (file.removed) this.#seen.delete(file.inode);
  }

  /** The same file, from its beginning: it was cut off and is written anew. */
  async #beginAnew(file: FollowedFile): Promise<readonly SplitDescription[]> {
    for (const [id, place] of this.#places) if (place === file) return await this.#follow(id, path.resolve(this.#base, id));
    return [];
  }

  async #follow(id: string, absolute: string): Promise<readonly SplitDescription[]> {
    const opened = await openFollowed(absolute).catch((error: unknown) => {
      throw new FileListingError(explainFileError(error, id));
    });
    if (opened === null) return [];
    const number = (this.#numbers.get(id) ?? 0) + 1;
    const split = followedId({ path: id, number, inode: opened.inode });
    this.#numbers.set(id, number);
    this.#places.set(id, this.#add(split, opened));
    return [{ id: split, offset: 0 }];
  }

  #add(split: string, { handle, inode }: NonNullable<Awaited<ReturnType<typeof openFollowed>>>): FollowedFile {
    const file = new FollowedFile(this.#source, split, inode, handle);
    this.#files.set(split, file);
    this.#seen.add(inode);
    if (this.#files.size > MAX_OPEN) {
      throw new FileListingError(`More than ${MAX_OPEN} files are followed at once. Name fewer of them.`);
    }
    return file;
  }

  /** Goes on with a file of a restored job, wherever it is now. False when it is gone. */
  async #reopen(split: string, known: FollowedSplit, files: readonly (ListedFile & { readonly inode: bigint })[]): Promise<boolean> {
    const absolute = path.resolve(this.#base, known.path);
    const listed =
      files.find(({ inode, id }) => inode === known.inode && id === known.path) ?? files.find(({ inode }) => inode === known.inode);
    const opened = await openFollowed(listed?.path ?? (await renamed(absolute, known.inode)) ?? absolute);
    if (opened?.inode !== known.inode) {
      await opened?.handle.close();
      return false;
    }
    const file = this.#add(split, opened);
    if (listed?.id === known.path) this.#places.set(known.path, file);
    else file.retire();
    return true;
  }

  #read(file: FollowedFile): void {
    if (this.#closed) return;
    const read = file
      .read()
      .then(
        (delivery) => {
          if (delivery !== null) this.#push(delivery);
        },
        (error: unknown) => {
          const message = explainFileError(error, parseFollowedId(file.split)?.path ?? file.split);
          this.#push({ kind: 'source-failed', source: this.#source, split: file.split, message });
        },
      )
      .then(() => {
        this.#reads = this.#reads.filter((other) => other !== read);
      });
    this.#reads.push(read);
  }
}

/** What the file system calls a file; null when it is not there any more. */
async function inodeOf(absolute: string): Promise<bigint | null> {
  return await stat(absolute, { bigint: true }).then(
    ({ ino }) => ino,
    () => null,
  );
}

/** The file with that inode in the folder of `absolute`, where rotation leaves it. */
async function renamed(absolute: string, inode: bigint): Promise<string | null> {
  const folder = path.dirname(absolute);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const candidate = path.join(folder, name);
    if ((await inodeOf(candidate)) === inode) return candidate;
  }
  return null;
}

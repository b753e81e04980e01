import { readdir, realpath, stat } from 'node:fs/promises';
import type { Dirent, Stats } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { closest } from '../formats/closest.ts';
import { errorCode, explainFileError } from './explain-error.ts';

/** A file to read. */
export interface ListedFile {
  /** Path as users know it, with '/': relative to the notebook unless it was given as an absolute path. */
  readonly id: string;
  /** Absolute path. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, ms. */
  readonly modified: number;
}

/** The paths of a source do not lead to files; the message says why and what to do. */
export class FileListingError extends Error {
  override readonly name = 'FileListingError';
}

/** Entries of folders that are looked at, and files that are read, for one source. */
const MAX_ENTRIES = 100_000;
const MAX_FILES = 10_000;

/** What may be missing: nothing, files that a folder or a glob stands for, or also what has a name, and what goes while it is listed. */
export type MayMiss = 'nothing' | 'matches' | 'anything';

/**
 * Finds the files that `paths` name: files, folders (with all below them, but nothing whose name starts with '.' or '_', as in Flink) and globs.
 * Each file once, sorted by id. Throws FileListingError.
 */
export async function listFiles(
  baseDirectory: string,
  paths: readonly string[],
  mayMiss: MayMiss = 'nothing',
): Promise<readonly ListedFile[]> {
  const listing = new Listing(baseDirectory, mayMiss);
  for (const each of paths) await listing.add(each);
  return listing.files();
}

class Listing {
  readonly #base: string;
  readonly #mayMiss: MayMiss;
  readonly #files = new Map<string, ListedFile>();
  #entries = 0;

  constructor(base: string, mayMiss: MayMiss) {
    this.#base = base;
    this.#mayMiss = mayMiss;
  }

  files(): readonly ListedFile[] {
    return [...this.#files.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  async add(given: string): Promise<void> {
    const name = shown(given);
    const absolute = path.resolve(this.#base, given);
    const stats = await this.#statOrNull(absolute, name);
    if (stats === null) {
      if (picomatch.scan(given).isGlob) await this.#addGlob(given);
      else if (this.#mayMiss !== 'anything') throw new FileListingError(await this.#missing(absolute, name));
    } else if (stats.isDirectory()) {
      const before = this.#files.size;
      await this.#addFolder(absolute, name, []);
      if (this.#files.size === before && this.#mayMiss === 'nothing')
        throw new FileListingError(`The folder ${name} has no files to read (names that start with '.' or '_' are left out).`);
    } else {
      this.#addFile(absolute, name, stats);
    }
  }

  #addFile(absolute: string, id: string, stats: Stats): void {
    if (!stats.isFile()) throw new FileListingError(`${id} is not a regular file or a folder, so it cannot be read from a given byte on.`);
    if (this.#files.size >= MAX_FILES && !this.#files.has(absolute)) {
      throw new FileListingError(`More than ${MAX_FILES} files match. Name fewer of them.`);
    }
    if (!this.#files.has(absolute)) this.#files.set(absolute, { id, path: absolute, size: stats.size, modified: stats.mtimeMs });
  }

  /** `ancestors`: real paths of the folders above, to notice a link that leads back to one of them. */
  async #addFolder(absolute: string, name: string, ancestors: readonly string[]): Promise<void> {
    // What has gone meanwhile has no entries either.
    const real = await realpath(absolute).catch(() => absolute);
    if (ancestors.includes(real)) {
      throw new FileListingError(
        `${name} is a link to a folder above it, so its files would be found without end. Remove the link, or name the files.`,
      );
    }
    for (const entry of await this.#readFolder(absolute, name)) {
      if (entry.name.startsWith('.') || entry.name.startsWith('_')) continue;
      const child = path.join(absolute, entry.name);
      const childName = joined(name, entry.name);
      const stats = await this.#statEntry(child, childName);
      if (stats === null) continue;
      if (stats.isDirectory()) await this.#addFolder(child, childName, [...ancestors, real]);
      else this.#addFile(child, childName, stats);
    }
  }

  async #addGlob(given: string): Promise<void> {
    const pattern = shown(given);
    const { base, glob } = picomatch.scan(pattern);
    const root = path.resolve(this.#base, base);
    const before = this.#files.size;
    const depth = /\*\*|[{(]/.test(glob) ? Number.POSITIVE_INFINITY : glob.split('/').length;
    const stats = await this.#statOrNull(root, base);
    if (stats === null && this.#mayMiss !== 'anything') throw new FileListingError(await this.#missing(root, base));
    if (stats?.isDirectory() === true) await this.#addMatches(root, base, '', picomatch(glob), depth);
    if (this.#files.size === before && this.#mayMiss === 'nothing')
      throw new FileListingError(`No file matches ${pattern}. Check the pattern and the folder ${base === '' ? '.' : base}.`);
  }

  async #addMatches(absolute: string, name: string, relative: string, matches: (text: string) => boolean, depth: number): Promise<void> {
    for (const entry of await this.#readFolder(absolute, name === '' ? '.' : name)) {
      const child = path.join(absolute, entry.name);
      const childName = joined(name, entry.name);
      const childRelative = joined(relative, entry.name);
      // Links to folders are not followed: a pattern such as **/*.csv would meet loops in places nobody thinks of.
      if (entry.isDirectory()) {
        if (depth > 1 && !entry.name.startsWith('.')) await this.#addMatches(child, childName, childRelative, matches, depth - 1);
      } else if (matches(childRelative)) {
        const stats = await this.#statEntry(child, childName);
        if (stats !== null && !stats.isDirectory()) this.#addFile(child, childName, stats);
      }
    }
  }

  async #readFolder(absolute: string, name: string): Promise<readonly Dirent[]> {
    try {
      const entries = await readdir(absolute, { withFileTypes: true });
      this.#entries += entries.length;
      if (this.#entries > MAX_ENTRIES) {
        throw new FileListingError(`The folder ${name} and those beside it have more than ${MAX_ENTRIES} entries. Name a smaller folder.`);
      }
      return entries;
    } catch (error) {
      if (this.#mayMiss === 'anything' && errorCode(error) === 'ENOENT') return [];
      throw error instanceof FileListingError ? error : new FileListingError(explainFileError(error, `The folder ${name}`));
    }
  }

  async #statEntry(absolute: string, name: string): Promise<Stats | null> {
    const stats = await this.#statOrNull(absolute, name);
    if (stats === null && this.#mayMiss !== 'anything')
      throw new FileListingError(`${name} is a link to a file that does not exist. Remove the link.`);
    return stats;
  }

  async #statOrNull(absolute: string, name: string): Promise<Stats | null> {
    try {
      return await stat(absolute);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
      throw new FileListingError(explainFileError(error, name));
    }
  }

  /** Names the first part of the path that is missing and what stands there instead. */
  async #missing(absolute: string, name: string): Promise<string> {
    const parent = path.dirname(absolute);
    const parentName = path.posix.dirname(name);
    const stats = parent === absolute ? null : await this.#statOrNull(parent, parentName);
    if (stats === null) {
      return parent === absolute
        ? explainFileError(null, name)
        : `${name} does not exist: there is no folder ${parentName}. Paths are relative to the notebook.`;
    }
    const siblings = stats.isDirectory() ? (await this.#readFolder(parent, parentName)).map((entry) => entry.name) : [];
    const near = closest(path.basename(absolute), siblings);
    const hint = near === null ? 'Paths are relative to the notebook.' : `Is it ${joined(parentName === '.' ? '' : parentName, near)}?`;
    return `${name} does not exist. ${hint}`;
  }
}

/** The path in the form that users see: normalised, with '/'. */
function shown(given: string): string {
  const normal = path.normalize(given);
  return (path.sep === '\\' ? normal.replaceAll('\\', '/') : normal).replace(/(?<=.)\/$/, '');
}

function joined(folder: string, name: string): string {
  return folder === '' || folder === '.' ? name : folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

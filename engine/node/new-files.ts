import type { SplitPosition } from '../connectors/source.ts';
import type { Mail } from '../runtime/mail.ts';
import type { FileLook } from './file-watch.ts';
import { listFiles, type ListedFile, type MayMiss } from './list-files.ts';
import { splitOf } from './split-of.ts';

/** Finds the files of a source that come to be while it runs: each path once, as Flink's `monitorInterval`. */
export class NewFiles implements FileLook {
  readonly #source: number;
  readonly #base: string;
  readonly #paths: readonly string[];
  readonly #onFile: (file: ListedFile) => void;
  readonly #known = new Set<string>();

  /** `onFile` is told of each file before the job is. */
  constructor(source: number, base: string, paths: readonly string[], onFile: (file: ListedFile) => void) {
    this.#source = source;
    this.#base = base;
    this.#paths = paths;
    this.#onFile = onFile;
  }

  async begin(restored: readonly SplitPosition[]): Promise<readonly Mail[]> {
    // Files that were read before may have been moved away since.
    return [this.#splits(await this.#find(restored.length > 0 ? 'anything' : 'matches'))];
  }

  async look(): Promise<readonly Mail[]> {
    const files = await this.#find('anything');
    return files.length > 0 ? [this.#splits(files)] : [];
  }

  request(): boolean {
    return false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #find(mayMiss: MayMiss): Promise<readonly ListedFile[]> {
    const files = (await listFiles(this.#base, this.#paths, mayMiss)).filter(({ id }) => !this.#known.has(id));
    for (const file of files) {
      this.#known.add(file.id);
      this.#onFile(file);
    }
    return files;
  }

  #splits(files: readonly ListedFile[]): Mail {
    return { kind: 'splits', source: this.#source, splits: files.map(splitOf) };
  }
}

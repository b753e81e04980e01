import type { EarlierParts } from '../checkpoint/retention.ts';
import type { Committable } from '../checkpoint/snapshot.ts';
import { runOfPending } from '../connectors/part-names.ts';
import type { PartWrite } from '../connectors/part-write-queue.ts';
import type { PartRef, SinkFolder } from '../connectors/part-writes.ts';
import type { PartDisk } from './part-disk.ts';

/** What a sink wrote is not as it has to be; the message says which file, why, and what to do. */
export class PartFileError extends Error {
  override readonly name = 'PartFileError';
}

/**
 * The files that the sinks of one job write. Everything happens in the order of the calls. The first failure ends it: all later calls reject with
 * it, as nobody knows what is on the disk then, until `recover` puts it right. A failed sync is never tried again: the system may have dropped
 * what it could not write.
 *
 * At a checkpoint: `apply` what the sinks wrote, `flush`, publish the checkpoint, `commit` what it holds, and only then tell the job that it is
 * complete. Before a job starts from a checkpoint: `recover`.
 */
export class PartFiles {
  readonly #disk: PartDisk;
  #queue: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  #waiting = 0;
  /** Files that were made and are not closed. */
  readonly #open = new Set<string>();
  /** Closed, but perhaps not durable. */
  readonly #unsyncedFiles = new Set<string>();
  readonly #unsyncedFolders = new Set<string>();
  readonly #madeFolders = new Set<string>();
  /** What the last commit made durable: no longer ours, users may have moved it. */
  #committed: ReadonlySet<string> = new Set();

  constructor(disk: PartDisk) {
    this.#disk = disk;
  }

  /** Bytes handed over that are not written yet: while there are many, the job should wait. */
  get waitingBytes(): number {
    return this.#waiting;
  }

  /** What ended it; null while all is well. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** Writes to the ends of files; durable after `flush`. Rejects with DiskError or PartFileError. */
  async apply(writes: readonly PartWrite[]): Promise<void> {
    const bytes = writes.reduce((sum, write) => sum + (write.kind === 'write' ? write.bytes.length : 0), 0);
    this.#waiting += bytes;
    try {
      await this.#inTurn(() => this.#write(writes));
    } finally {
      this.#waiting -= bytes;
    }
  }

  /** Makes every closed file durable, with its name: before the checkpoint that commits it is published. */
  async flush(): Promise<void> {
    await this.#inTurn(async () => {
      for (const file of this.#unsyncedFiles) await this.#disk.syncFile(file);
      this.#unsyncedFiles.clear();
      await this.#syncFolders();
    });
  }

  /**
   * Gives files their final names, durably. The checkpoint that holds them has to be published. Doing it again does nothing. Rejects with
   * PartFileError for a file that is not there under either name, and then nobody may go on as if it were.
   */
  async commit(committables: readonly Committable[]): Promise<void> {
    await this.#inTurn(() => this.#commit(committables));
  }

  /**
   * Before a job goes on from a checkpoint, which has been verified: removes what the sinks wrote since, then commits what the checkpoint holds. `run` is
   * the number of the run that goes on; of other runs only what `earlier` leaves to be removed. Also cleans up behind a run that was stopped.
   */
  async recover(
    sinks: readonly SinkFolder[],
    run: number,
    committables: readonly Committable[],
    earlier: EarlierParts = { first: run, needed: new Set() },
  ): Promise<void> {
    // What is under way must not write behind the cleaning.
    await this.#queue;
    this.#failure = null;
    this.#open.clear();
    this.#unsyncedFiles.clear();
    this.#unsyncedFolders.clear();
    this.#madeFolders.clear();
    await this.#inTurn(async () => {
      // By their names alone: the same folder may be written in two ways, and what is kept needlessly does no harm.
      const kept = new Set([...earlier.needed, ...committables.map(({ pending }) => pending)]);
      const isGone = (of: number, place: string): boolean => of >= earlier.first && of <= run && !kept.has(place);
      for (const sink of sinks) await this.#removeOrphans(sink, isGone, '');
      await this.#syncFolders();
      await this.#commit(committables);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(async () => {
      if (this.#failure !== null) throw this.#failure;
      try {
        await work();
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        throw this.#failure;
      }
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #write(writes: readonly PartWrite[]): Promise<void> {
    for (let at = 0; at < writes.length; ) {
      const write = writes[at];
      if (write === undefined) return;
      const file = pathOf(write.part, write.part.pending);
      if (write.kind === 'close') {
        this.#open.delete(file);
        this.#unsyncedFiles.add(file);
        at++;
        continue;
      }
      if (!this.#open.has(file)) await this.#create(write.part, file);
      const pieces: Uint8Array[] = [];
      for (let next = writes[at]; next?.kind === 'write' && samePart(next.part, write.part); next = writes[++at]) pieces.push(next.bytes);
      await this.#disk.append(file, pieces);
    }
  }

  async #create(part: PartRef, file: string): Promise<void> {
    const folder = folderOf(file);
    if (!this.#madeFolders.has(folder)) {
      for (const changed of await this.#disk.makeFolder(folder)) this.#unsyncedFolders.add(changed);
      // A folder that an earlier attempt made is there, but perhaps not durable.
      for (const parent of parentsOf(folder, part.directory)) this.#unsyncedFolders.add(parent);
      this.#madeFolders.add(folder);
    }
    const final = pathOf(part, part.final);
    for (const name of [final, file]) if ((await this.#disk.size(name)) !== null) throw alreadyThere(name);
    await this.#disk.create(file);
    this.#open.add(file);
    this.#unsyncedFolders.add(folder);
  }

  async #syncFolders(): Promise<void> {
    for (const folder of this.#unsyncedFolders) await this.#disk.syncFolder(folder);
    this.#unsyncedFolders.clear();
  }

  async #commit(committables: readonly Committable[]): Promise<void> {
    const finals = new Set<string>();
    const folders = new Set<string>();
    for (const committable of committables) {
      const pending = pathOf(committable, committable.pending);
      const final = pathOf(committable, committable.final);
      finals.add(final);
      if (this.#committed.has(final)) continue;
      // Also for one that has its final name already: that it can be seen does not mean that it is durable.
      folders.add(folderOf(final));
      const size = await this.#disk.size(pending);
      const existing = await this.#disk.size(final);
      if (size === null) {
        if (existing !== committable.bytes) throw notThere(committable, pending, final, existing);
      } else {
        if (existing !== null) throw alreadyThere(final);
        if (size !== committable.bytes) throw damaged(pending, size, committable.bytes);
        await this.#disk.rename(pending, final);
      }
    }
    for (const folder of folders) await this.#disk.syncFolder(folder);
    this.#committed = finals;
  }

  async #removeOrphans(sink: SinkFolder, isGone: (run: number, place: string) => boolean, below: string): Promise<void> {
    const folder = below === '' ? sink.directory : pathOf(sink, below);
    for (const { name, folder: isFolder } of await this.#disk.list(folder)) {
      const place = below === '' ? name : `${below}/${name}`;
      if (isFolder) {
        if (sink.buckets) await this.#removeOrphans(sink, isGone, place);
        continue;
      }
      const run = runOfPending(sink, name);
      if (run === null || !isGone(run, place)) continue;
      await this.#disk.remove(pathOf(sink, place));
      this.#unsyncedFolders.add(folder);
    }
  }
}

function pathOf({ directory }: { readonly directory: string }, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/')) || '/';
}

/** The folders that hold the names of `folder` and of those above it: up to the notebook's, or the parent of an absolute folder of the sink. */
function parentsOf(folder: string, directory: string): readonly string[] {
  const top = directory.startsWith('/') ? folderOf(directory) : '.';
  const parents: string[] = [];
  for (let at = folder; at !== top; ) {
    at = at.includes('/') ? folderOf(at) : '.';
    parents.push(at);
  }
  return parents;
}

function samePart(a: PartRef, b: PartRef): boolean {
  return a === b || (a.directory === b.directory && a.pending === b.pending);
}

function alreadyThere(file: string): PartFileError {
  return new PartFileError(
    `${file} is already there, and a FileSink never writes over a file. Another job writes to this folder, or the checkpoints of an earlier run ` +
      'were removed. Move the file away, or give the sink another folder or partPrefix.',
  );
}

function notThere({ bytes }: Committable, pending: string, final: string, existing: number | null): PartFileError {
  const why =
    existing === null ? `neither ${pending} nor ${final} is there` : `${final} has ${existing} bytes, and ${pending} is not there`;
  return new PartFileError(
    `${final}, which the checkpoint says has ${bytes} bytes, cannot be committed: ${why}. Something else removed or changed it. ` +
      'Put the file back, or start a new run.',
  );
}

function damaged(file: string, size: number, bytes: number): PartFileError {
  return new PartFileError(
    `${file} has ${size} bytes instead of the ${bytes} that the checkpoint says. Something else changed it, or the disk lost what was written. ` +
      'Check the disk, and start a new run.',
  );
}

import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { jobFolder } from '../../../engine/checkpoint/job-folder.ts';
import type { JobIdentity } from '../../../engine/checkpoint/manifest.ts';
import { fields, guardOf, text } from '../../../engine/checkpoint/shape.ts';
import { FileDisk } from '../../../engine/node/checkpoints/file-disk.ts';
import { forgetLock } from '../../../engine/node/checkpoints/lock.ts';
import { isReplayFolder, replayFolder } from '../../checkpoints/replay-folder.ts';
import type { Memory } from '../../platform/ports.ts';

/** Where the checkpoints of a notebook's cells are. */
export interface CheckpointPlace {
  /** Folder on this machine. */
  readonly directory: string;
  readonly job: JobIdentity;
}

/** What is remembered of a notebook that has run: its folder, and its name when it first did, which its checkpoints have in them. */
interface Known {
  readonly folder: string;
  readonly name: string;
}

const isKnown = guardOf<Known>(fields({ folder: text(), name: text() }));

const MEMORY_KEY = 'checkpointPlaces';

/** Gives each notebook a folder for its checkpoints below the extension's storage; it stays the notebook's when that is renamed. */
export class CheckpointPlaces {
  /** Folder that holds one folder per notebook; null when the storage is not on this machine. */
  readonly root: string | null;
  /** Of this window: its jobs give way to each other. */
  readonly session: string = randomUUID();

  readonly #memory: Memory;

  constructor(root: string | null, memory: Memory) {
    this.root = root;
    this.#memory = memory;
  }

  /** URI of the notebook whose checkpoints are in that folder, as far as it has run in this workspace. */
  notebookOf(directory: string): string | null {
    const folder = path.basename(directory);
    return [...this.#known()].find(([, known]) => known.folder === folder)?.[0] ?? null;
  }

  /** Its name now. */
  nameOf(directory: string): string | null {
    const notebook = this.notebookOf(directory);
    return notebook === null ? null : fileName(notebook);
  }

  /** A job of the notebook writes checkpoints there. */
  remember({ directory, job }: CheckpointPlace, notebook: string): void {
    this.#store(this.#known().set(notebook, { folder: path.basename(directory), name: job.notebook }));
  }

  /** A notebook or a folder above it was renamed. */
  rename(oldUri: string, newUri: string): void {
    const moved = [...this.#known()].map(([notebook, known]) => {
      const isMoved = notebook === oldUri || notebook.startsWith(`${oldUri}/`);
      return [isMoved ? newUri + notebook.slice(oldUri.length) : notebook, known] as const;
    });
    this.#store(new Map(moved));
  }

  /** Lets others have the checkpoints of a job whose worker is gone without a word. */
  async release({ directory, job }: CheckpointPlace): Promise<void> {
    await forgetLock(new FileDisk(directory), jobFolder(job), this.session);
  }

  /** File that the newest run of a job is recorded to. */
  recordingOf({ directory, job }: CheckpointPlace): string {
    return path.join(path.dirname(directory), '..', 'recordings', path.basename(directory), `${path.basename(jobFolder(job))}.recording`);
  }

  /** Folder for the state at the position of a replay of a job. */
  replayFolderOf({ directory, job }: CheckpointPlace): string {
    return path.join(path.dirname(directory), replayFolder(path.basename(directory), path.basename(jobFolder(job))));
  }

  /** Takes away what replays of earlier sessions have left behind. Never rejects. */
  async tidy(): Promise<void> {
    if (this.root === null) return;
    const names = await readdir(this.root).catch(() => []);
    for (const name of names.filter(isReplayFolder))
      await rm(path.join(this.root, name), { recursive: true, force: true }).catch(() => undefined);
  }

  /** `cell`: the job's name. Null when checkpoints can only be kept in memory. */
  of(notebook: string, cell: string): CheckpointPlace | null {
    if (this.root === null) {
      return null;
    }
    const { folder, name } = this.#known().get(notebook) ?? this.#anew(notebook);
    return { directory: path.join(this.root, folder), job: { notebook: name, cell } };
  }

  /** A folder that no other notebook has: one that was renamed keeps that of its old name. */
  #anew(notebook: string): Known {
    const name = fileName(notebook);
    const hash = createHash('sha256').update(notebook).digest('hex').slice(0, 12);
    const folder = `${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40)}-${hash}`;
    const taken = new Set([...this.#known().values()].map((known) => known.folder));
    let free = folder;
    for (let number = 2; taken.has(free); number++) free = `${folder}-${number}`;
    return { folder: free, name };
  }

  /** By URI. */
  #known(): Map<string, Known> {
    const stored = this.#memory.get(MEMORY_KEY);
    const entries: [string, unknown][] = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
    return new Map(entries.flatMap(([notebook, known]) => (isKnown(known) ? [[notebook, known] as const] : [])));
  }

  #store(known: ReadonlyMap<string, Known>): void {
    this.#memory.set(MEMORY_KEY, Object.fromEntries(known));
  }
}

function fileName(notebook: string): string {
  return decodeURIComponent(notebook.split('/').at(-1) ?? '');
}

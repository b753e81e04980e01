import type { Disk } from '../../node/checkpoints/disk.ts';
import type { PartDisk, PartEntry } from '../../node/part-disk.ts';
import type { ActionKind, Scheduler } from './scheduler.ts';
import { type Deed, ProcessGone, type SimulatedDisk, type Verb } from './simulated-disk.ts';

/** A process of the simulated machine. Once it is gone its operations do nothing and its promises never settle. */
export class SimulatedProcess {
  alive = true;
  /** It is believed dead, and nobody listens to it any more. */
  forsaken = false;
  readonly disk: SimulatedDisk;
  readonly scheduler: Scheduler;

  constructor(disk: SimulatedDisk, scheduler: Scheduler) {
    this.disk = disk;
    this.scheduler = scheduler;
  }

  /** Does an operation when the scheduler lets it. */
  ask<T>(kind: ActionKind, verb: Verb, path: string, deed: Deed<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.alive) return;
      this.scheduler.add(kind, () => {
        try {
          resolve(this.disk.perform(verb, path, deed));
        } catch (error) {
          if (error instanceof ProcessGone) this.end();
          else reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** It is gone from here on. */
  end(): void {
    this.alive = false;
    this.scheduler.clear();
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

function writing(pieces: readonly Uint8Array[], write: (tree: SimulatedDisk['tree'], bytes: Uint8Array) => void): Deed<void> {
  const bytes = joined(pieces);
  return { whole: (tree) => write(tree, bytes), half: (tree) => write(tree, bytes.slice(0, bytes.length >> 1)) };
}

/** The folder of checkpoints of a process. */
export function checkpointDisk(process: SimulatedProcess, folder: string): Disk {
  const full = (path: string): string => (path === '' || path === '.' ? folder : `${folder}/${path}`);
  const kindOf = (path: string): ActionKind => (path.includes('/blobs') ? 'blob' : 'manifest');
  return {
    read: (path) => process.ask('read', 'read', full(path), { whole: (tree) => tree.read(full(path)) }),
    readRange: (path, offset, length) =>
      process.ask('read', 'read', full(path), { whole: (tree) => tree.read(full(path)).subarray(offset, offset + length) }),
    size: (path) => process.ask('read', 'size', full(path), { whole: (tree) => tree.file(full(path))?.bytes.length ?? null }),
    create: (path, pieces) =>
      process.ask(
        kindOf(path),
        'create',
        full(path),
        writing(pieces, (tree, bytes) => tree.create(full(path), bytes)),
      ),
    syncFile: (path) => process.ask(kindOf(path), 'syncFile', full(path), { whole: (tree) => tree.syncFile(full(path)) }),
    syncFolder: (path) => process.ask(kindOf(path), 'syncFolder', full(path), { whole: (tree) => tree.syncFolder(full(path)) }),
    rename: (from, to) => process.ask(kindOf(to), 'rename', full(to), { whole: (tree) => tree.rename(full(from), full(to)) }),
    remove: (path) => process.ask('remove', 'remove', full(path), { whole: (tree) => tree.remove(full(path)) }),
    list: (path) => process.ask('read', 'list', full(path), { whole: (tree) => tree.list(full(path)).map(({ name }) => name) }),
    makeFolder: (path) => process.ask('manifest', 'makeFolder', full(path), { whole: (tree) => tree.makeFolder(full(path)).length > 0 }),
  };
}

/** The folder of the notebook of a process, where its sinks write. */
export function partDisk(process: SimulatedProcess): PartDisk {
  return {
    create: (path) => process.ask('write-parts', 'create', path, { whole: (tree) => tree.create(path, new Uint8Array(0)) }),
    append: (path, pieces) =>
      process.ask(
        'write-parts',
        'append',
        path,
        writing(pieces, (tree, bytes) => tree.append(path, bytes)),
      ),
    syncFile: (path) => process.ask('write-parts', 'syncFile', path, { whole: (tree) => tree.syncFile(path) }),
    syncFolder: (path) => process.ask('write-parts', 'syncFolder', path, { whole: (tree) => tree.syncFolder(path) }),
    rename: (from, to) => process.ask('commit', 'rename', to, { whole: (tree) => tree.rename(from, to) }),
    size: (path) => process.ask('read', 'size', path, { whole: (tree) => tree.file(path)?.bytes.length ?? null }),
    remove: (path) => process.ask('remove', 'remove', path, { whole: (tree) => tree.remove(path) }),
    list: (path) => process.ask('read', 'list', path, { whole: (tree): readonly PartEntry[] => tree.list(path) }),
    makeFolder: (path) => process.ask('write-parts', 'makeFolder', path, { whole: (tree) => tree.makeFolder(path) }),
  };
}

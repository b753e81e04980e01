import { contentHash } from '../../engine/testkit/simulation/content-hash.ts';
import type { FileTree } from '../../engine/testkit/simulation/file-tree.ts';
import { OUT, STATE } from './machine.ts';

/** What is on a simulated disk, looked at without the engine's code. */

interface Manifest {
  readonly run: number;
  readonly checkpoint: number;
  readonly operators: readonly {
    readonly keyed: readonly { readonly subtasks: readonly { readonly runs: readonly { readonly blob: string }[] }[] }[];
  }[];
}

/** A checkpoint that anyone who lists the folder sees. */
export interface VisibleCheckpoint {
  readonly path: string;
  readonly run: number;
  readonly checkpoint: number;
  readonly blobs: readonly string[];
  /** Null when it can be read. */
  readonly problem: string | null;
}

/** Oldest first. */
export function visibleCheckpoints(tree: FileTree): readonly VisibleCheckpoint[] {
  return tree
    .files(STATE)
    .flatMap((path) => {
      const found = /^(.*)\/run-(\d+)\/chk-(\d+)\.json$/.exec(path);
      const file = tree.file(path);
      return found && file ? [look(tree, path, found[1] ?? '', Number(found[2]), Number(found[3]), file.bytes)] : [];
    })
    .sort((a, b) => a.run - b.run || a.checkpoint - b.checkpoint);
}

/** Paths of blobs below the job's folder; null for what is no manifest. */
const manifests = new WeakMap<Uint8Array, readonly string[] | null>();

function look(tree: FileTree, path: string, job: string, run: number, checkpoint: number, bytes: Uint8Array): VisibleCheckpoint {
  let names = manifests.get(bytes);
  if (names === undefined) {
    names = blobsOf(bytes);
    manifests.set(bytes, names);
  }
  if (names === null) return { path, run, checkpoint, blobs: [], problem: `${path} is no manifest` };
  const blobs = names.map((name) => `${job}/blobs/${name}`);
  const broken = blobs.find((blob) => {
    const file = tree.file(blob);
    return file === null || !blob.endsWith(contentHash(file.bytes));
  });
  return { path, run, checkpoint, blobs, problem: broken === undefined ? null : `${broken} of ${path} is missing or damaged` };
}

function blobsOf(bytes: Uint8Array): readonly string[] | null {
  const [body = ''] = Buffer.from(bytes).toString('utf8').split('\n');
  try {
    const { operators } = JSON.parse(body) as Manifest;
    const runs = operators.flatMap(({ keyed }) => keyed.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.runs)));
    return [...new Set(runs.map(({ blob }) => blob))];
  } catch {
    return null;
  }
}

/** The finished files of the sink, with their text. */
export function committedFiles(tree: FileTree): ReadonlyMap<string, string> {
  const finished = tree.files(OUT).filter((path) => !(path.split('/').at(-1) ?? '').startsWith('.'));
  return new Map(finished.map((path) => [path, Buffer.from(tree.file(path)?.bytes ?? []).toString('utf8')]));
}

export function linesOf(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files.values()].flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

/** What is left behind by a job that has finished: temporary files, blobs that nothing refers to, parts of a run that nobody commits (null = of any), the lock. */
export function leftovers(tree: FileTree, run: number | null): readonly string[] {
  const referenced = new Set(visibleCheckpoints(tree).flatMap(({ blobs }) => blobs));
  const state = tree
    .files(STATE)
    .filter((path) => path.endsWith('.part') || path.includes('/lock-') || (path.includes('/blobs/') && !referenced.has(path)));
  const parts = tree.files(OUT).filter((path) => path.includes(`/.part-${run === null ? '' : `${run}-`}`));
  return [...state, ...parts];
}

import { contentHash } from '../../engine/testkit/simulation/content-hash.ts';
import type { FileTree } from '../../engine/testkit/simulation/file-tree.ts';
import { OUT, STATE } from './machine.ts';

/** What is on a simulated disk, looked at without the engine's code. */

interface Manifest {
  readonly run: number;
  readonly checkpoint: number;
  readonly records: number;
  readonly ended: boolean;
  readonly operators: readonly {
    readonly subtasks: readonly {
      readonly committables: readonly { readonly directory: string; readonly pending: string; readonly final: string }[];
    }[];
    readonly keyed: readonly { readonly subtasks: readonly { readonly runs: readonly { readonly blob: string }[] }[] }[];
  }[];
}

/** A checkpoint that anyone who lists the folder sees. */
export interface VisibleCheckpoint {
  readonly path: string;
  readonly run: number;
  readonly checkpoint: number;
  readonly blobs: readonly string[];
  /** Files that it commits, with the names they have before and after. */
  readonly pending: readonly string[];
  readonly finals: readonly string[];
  /** Source records before it. */
  readonly records: number;
  /** All input had been read, or was drained. */
  readonly ended: boolean;
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

/** What a manifest says; `blobs`: their names. */
type Contents = Pick<VisibleCheckpoint, 'blobs' | 'pending' | 'finals' | 'records' | 'ended'>;

/** Null for what is no manifest. */
const manifests = new WeakMap<Uint8Array, Contents | null>();

function look(tree: FileTree, path: string, job: string, run: number, checkpoint: number, bytes: Uint8Array): VisibleCheckpoint {
  let contents = manifests.get(bytes);
  if (contents === undefined) {
    contents = contentsOf(bytes);
    manifests.set(bytes, contents);
  }
  const place = { path, run, checkpoint };
  if (contents === null)
    return { ...place, blobs: [], pending: [], finals: [], records: 0, ended: false, problem: `${path} is no manifest` };
  const blobs = contents.blobs.map((name) => `${job}/blobs/${name}`);
  const broken = blobs.find((blob) => {
    const file = tree.file(blob);
    return file === null || !blob.endsWith(contentHash(file.bytes));
  });
  return { ...contents, ...place, blobs, problem: broken === undefined ? null : `${broken} of ${path} is missing or damaged` };
}

function contentsOf(bytes: Uint8Array): Contents | null {
  const [body = ''] = Buffer.from(bytes).toString('utf8').split('\n');
  try {
    const { operators, records, ended } = JSON.parse(body) as Manifest;
    const runs = operators.flatMap(({ keyed }) => keyed.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.runs)));
    const committables = operators.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.committables));
    return {
      blobs: [...new Set(runs.map(({ blob }) => blob))],
      pending: committables.map(({ directory, pending }) => `${directory}/${pending}`),
      finals: committables.map(({ directory, final }) => `${directory}/${final}`),
      records,
      ended,
    };
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

/**
 * What is left behind by a job that has finished: temporary files, blobs that nothing refers to, parts of a run that nobody commits (null = of any), the lock.
 * A checkpoint that was given up may be gone on from, and commits its parts then.
 */
export function leftovers(tree: FileTree, run: number | null): readonly string[] {
  const visible = visibleCheckpoints(tree);
  const referenced = new Set(visible.flatMap(({ blobs }) => blobs));
  const newest = visible.at(-1)?.run;
  const needed = new Set(visible.filter((one) => one.run !== newest).flatMap(({ pending }) => pending));
  const state = tree
    .files(STATE)
    .filter((path) => path.endsWith('.part') || path.includes('/lock-') || (path.includes('/blobs/') && !referenced.has(path)));
  const parts = tree.files(OUT).filter((path) => path.includes(`/.part-${run === null ? '' : `${run}-`}`) && !needed.has(path));
  return [...state, ...parts];
}

import { DiskError } from '../../node/checkpoints/disk.ts';
import type { PowerVariant } from './disk-faults.ts';
import type { Draws } from './random.ts';
import { visibleKey, wholeKey } from './tree-keys.ts';
import { copyFolder, type FileNode, type FolderNode, type NameChange, newFolder, sorted, type TreeNode } from './tree-nodes.ts';

/**
 * Files and folders of a machine as strictly as POSIX allows: bytes of a file are durable after a sync of the file, its name after one of its folder.
 * Every method throws DiskError as a real disk would.
 */
export class FileTree {
  #root = newFolder();

  /** The same as it is now; what happens to one of the two does not happen to the other. */
  fork(): FileTree {
    const fork = new FileTree();
    fork.#root = copyFolder(this.#root);
    return fork;
  }

  /** As the function of this name. */
  visibleKey(): string {
    return visibleKey(this.#root);
  }

  /** As the function of this name. */
  wholeKey(): string {
    return wholeKey(this.#root);
  }

  /** The file at a path; null when there is none. */
  file(path: string): FileNode | null {
    const node = this.#node(path);
    return node?.kind === 'file' ? node : null;
  }

  /** Paths of all files below a folder, sorted. */
  files(folder: string): readonly string[] {
    const found: string[] = [];
    const visit = (node: TreeNode | undefined, path: string): void => {
      if (node?.kind === 'file') found.push(path);
      else for (const [name, child] of node?.names ?? []) visit(child, path === '' ? name : `${path}/${name}`);
    };
    visit(this.#node(folder), folder);
    return found.sort();
  }

  list(path: string): readonly { readonly name: string; readonly folder: boolean }[] {
    const node = this.#node(path);
    if (node?.kind !== 'folder') return [];
    return [...node.names].map(([name, { kind }]) => ({ name, folder: kind === 'folder' })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  read(path: string): Uint8Array {
    return this.#existing(path).bytes;
  }

  create(path: string, bytes: Uint8Array): void {
    const [folder, name] = this.#place(path);
    if (folder.names.has(name)) throw new DiskError('EEXIST', path, `${path} exists already.`);
    change(folder, [[name, { kind: 'file', bytes, durable: new Uint8Array(0), abandoned: false }]]);
  }

  append(path: string, bytes: Uint8Array): void {
    const file = this.#existing(path);
    file.bytes = Buffer.concat([file.bytes, bytes]);
  }

  syncFile(path: string): void {
    const file = this.#existing(path);
    if (!file.abandoned) file.durable = file.bytes;
  }

  syncFolder(path: string): void {
    const folder = this.#node(path);
    if (folder?.kind !== 'folder') throw new DiskError('ENOENT', path, `${path} is not there.`);
    folder.durable = new Map(folder.names);
    folder.changes = [];
  }

  rename(from: string, to: string): void {
    const file = this.#existing(from);
    const [folder, name] = this.#place(from);
    const [target, newName] = this.#place(to);
    if (folder === target) {
      change(folder, [
        [name, null],
        [newName, file],
      ]);
      return;
    }
    change(target, [[newName, file]]);
    change(folder, [[name, null]]);
  }

  remove(path: string): void {
    if (this.#node(path) === undefined) return;
    const [folder, name] = this.#place(path);
    change(folder, [[name, null]]);
  }

  /** With its parents; gives the folders that have a new name in them. */
  makeFolder(path: string): readonly string[] {
    const changed: string[] = [];
    let folder = this.#root;
    let at = '';
    for (const name of namesOf(path)) {
      let next = folder.names.get(name);
      if (next === undefined) {
        next = newFolder();
        change(folder, [[name, next]]);
        changed.push(at === '' ? '.' : at);
      }
      if (next.kind === 'file') throw new DiskError('OTHER', path, `${name} is a file.`);
      folder = next;
      at = at === '' ? name : `${at}/${name}`;
    }
    return changed;
  }

  /** Only what the variant leaves of the changes that were not synced is there from now on, and durable. */
  losePower(variant: PowerVariant, draws: Draws): void {
    const seen = new Set<TreeNode>();
    const visit = (node: TreeNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      if (node.kind === 'file') {
        node.bytes = bytesLeft(node, variant.bytes, draws);
        node.durable = node.bytes;
        return;
      }
      const kept = variant.names === 'all' ? node.changes.length : variant.names === 'none' ? 0 : draws.below(node.changes.length + 1);
      for (const one of node.changes.slice(0, kept)) apply(node.durable, one);
      node.names = new Map(node.durable);
      node.changes = [];
      // What is drawn for which does not depend on the order in which names came into being.
      for (const [, child] of sorted(node.names)) visit(child);
    };
    visit(this.#root);
  }

  #node(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.#root;
    for (const name of namesOf(path)) node = node?.kind === 'folder' ? node.names.get(name) : undefined;
    return node;
  }

  #existing(path: string): FileNode {
    const file = this.file(path);
    if (file === null) throw new DiskError('ENOENT', path, `${path} is not there.`);
    return file;
  }

  #place(path: string): readonly [FolderNode, string] {
    const at = path.lastIndexOf('/');
    const folder = this.#node(at < 0 ? '' : path.slice(0, at));
    if (folder?.kind !== 'folder') throw new DiskError('ENOENT', path, `The folder of ${path} is not there.`);
    return [folder, path.slice(at + 1)];
  }
}

const splitPaths = new Map<string, readonly string[]>();

function namesOf(path: string): readonly string[] {
  let names = splitPaths.get(path);
  if (names === undefined) {
    names = path.split('/').filter((name) => name !== '' && name !== '.');
    // The same few paths are looked at over and over; what a long campaign comes across is forgotten.
    if (splitPaths.size > 10_000) splitPaths.clear();
    splitPaths.set(path, names);
  }
  return names;
}

function change(folder: FolderNode, names: NameChange): void {
  apply(folder.names, names);
  folder.changes.push(names);
}

function apply(names: Map<string, TreeNode>, changes: NameChange): void {
  for (const [name, node] of changes) {
    if (node === null) names.delete(name);
    else names.set(name, node);
  }
}

/** The end of a file that was not synced may be there, be missing, be cut, or be zeros. */
function bytesLeft({ bytes, durable }: FileNode, variant: PowerVariant['bytes'], draws: Draws): Uint8Array {
  if (bytes === durable) return durable;
  const choice = variant === 'some' ? (['none', 'all', 'torn', 'zeros'] as const)[draws.below(4)] : variant;
  const cut = durable.length + ((bytes.length - durable.length) >> 1);
  switch (choice) {
    case 'all':
      return bytes;
    case 'torn':
      return bytes.slice(0, cut);
    case 'zeros': {
      const zeros = new Uint8Array(bytes.length);
      zeros.set(bytes.subarray(0, cut));
      return zeros;
    }
    default:
      return durable;
  }
}

/** A file: what programs see of it, and what is on the disk. */
export interface FileNode {
  readonly kind: 'file';
  bytes: Uint8Array;
  durable: Uint8Array;
  /** A sync of it failed: the system has given up its bytes, and later syncs do nothing although they say they do. */
  abandoned: boolean;
}

/** A folder: the names programs see, those on the disk, and the changes between the two, in order. */
export interface FolderNode {
  readonly kind: 'folder';
  names: Map<string, TreeNode>;
  durable: Map<string, TreeNode>;
  changes: NameChange[];
}

export type TreeNode = FileNode | FolderNode;

/** Names that change together, as a rename does. */
export type NameChange = readonly (readonly [name: string, node: TreeNode | null])[];

export function newFolder(): FolderNode {
  return { kind: 'folder', names: new Map(), durable: new Map(), changes: [] };
}

/** By name. */
export function sorted(names: ReadonlyMap<string, TreeNode>): readonly (readonly [string, TreeNode])[] {
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A folder with all that is below it. A node has one copy, wherever it has a name; bytes are never changed in place, and are not copied. */
export function copyFolder(folder: FolderNode, copies: Map<TreeNode, TreeNode> = new Map()): FolderNode {
  const made = newFolder();
  copies.set(folder, made);
  for (const [name, node] of folder.names) made.names.set(name, copy(node, copies));
  for (const [name, node] of folder.durable) made.durable.set(name, copy(node, copies));
  made.changes = folder.changes.map((names) =>
    names.map(([name, node]): NameChange[number] => [name, node === null ? null : copy(node, copies)]),
  );
  return made;
}

function copy(node: TreeNode, copies: Map<TreeNode, TreeNode>): TreeNode {
  const known = copies.get(node);
  if (known !== undefined) return known;
  if (node.kind === 'folder') return copyFolder(node, copies);
  const file = { ...node };
  copies.set(node, file);
  return file;
}

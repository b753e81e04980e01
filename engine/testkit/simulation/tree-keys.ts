import { contentHash } from './content-hash.ts';
import { type FolderNode, sorted, type TreeNode } from './tree-nodes.ts';

/** The same for folders that programs cannot tell apart as long as the power stays on: what is durable is not in it. */
export function visibleKey(root: FolderNode): string {
  const parts: string[] = [];
  const visit = ({ names }: FolderNode): void => {
    for (const [name, node] of sorted(names)) {
      parts.push(name);
      if (node.kind === 'file') parts.push(contentHash(node.bytes));
      else {
        parts.push('{');
        visit(node);
        parts.push('}');
      }
    }
  };
  visit(root);
  return parts.join('/');
}

/** The same for folders that nothing tells apart, whatever happens. */
export function wholeKey(root: FolderNode): string {
  const numbers = new Map<TreeNode, number>();
  const parts: string[] = [];
  const visitNames = (names: Iterable<readonly [string, TreeNode | null]>): void => {
    for (const [name, node] of names) {
      parts.push(name);
      if (node === null) parts.push('-');
      else visit(node);
    }
  };
  const visit = (node: TreeNode): void => {
    // A node that has several names is the same under each.
    const known = numbers.get(node);
    if (known !== undefined) {
      parts.push(`#${known}`);
      return;
    }
    numbers.set(node, numbers.size);
    if (node.kind === 'file') {
      // The disk takes bytes for synced when they are the same object, not when they are equal.
      const durable = node.bytes === node.durable ? '=' : contentHash(node.durable);
      parts.push(contentHash(node.bytes), durable, node.abandoned ? '!' : '.');
      return;
    }
    parts.push('{');
    visitNames(sorted(node.names));
    parts.push('|');
    visitNames(sorted(node.durable));
    for (const names of node.changes) {
      parts.push('|');
      visitNames(names);
    }
    parts.push('}');
  };
  visit(root);
  return parts.join('/');
}

import * as vscode from 'vscode';
import { TreeElement, TreeElements } from './tree-elements.ts';
import type { TreeHandle, TreeModel, TreeRow } from './tree-ports.ts';

const COLOURS = { error: 'charts.red', warning: 'charts.yellow', running: 'charts.green' } as const;

/** Shows a model as the view with that id. */
export function showTree<N extends object>(viewId: string, model: TreeModel<N>): TreeHandle<N> {
  const elements = new TreeElements<N>((node) => model.row(node).id);
  const changed = new vscode.EventEmitter<TreeElement<N> | TreeElement<N>[] | undefined>();
  const view = vscode.window.createTreeView<TreeElement<N>>(viewId, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: ({ node }) => toItem(model.row(node), node),
      getChildren: async (element) => [...elements.update(element ?? null, await model.children(element?.node ?? null))],
    },
    showCollapseAll: true,
  });
  /** Rows that stay are asked for one by one, so that VS Code goes on knowing them. */
  const refreshRoots = async (): Promise<void> => {
    const before = elements.roots;
    const after = elements.update(null, await model.children(null));
    const isSame = after.length === before.length && after.every((element, at) => element === before[at]);
    changed.fire(isSame && after.length > 0 ? [...after] : undefined);
  };
  return {
    focused: async () => (await focusedRow(view))?.node ?? null,
    refresh: (node) => {
      const element = node === null ? null : elements.of(node);
      if (element !== null) changed.fire(element);
      else if (node === null) refreshRoots().catch(() => changed.fire(undefined));
    },
    dispose: () => {
      view.dispose();
      changed.dispose();
    },
  };
}

/** What a command is given that was chosen on a row: what the row is about. */
export function nodeOfArgument(argument: unknown): unknown {
  return argument instanceof TreeElement ? argument.node : argument;
}

/** VS Code tells extensions what is selected, not what has the focus: the row that a toggle of the selection changes has it. */
async function focusedRow<N>(view: vscode.TreeView<TreeElement<N>>): Promise<TreeElement<N> | null> {
  const before = view.selection;
  await vscode.commands.executeCommand('list.toggleSelection');
  const after = view.selection;
  await vscode.commands.executeCommand('list.toggleSelection');
  return after.find((row) => !before.includes(row)) ?? before.find((row) => !after.includes(row)) ?? null;
}

function toItem(row: TreeRow, node: object): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const state = { none: None, collapsed: Collapsed, expanded: Expanded }[row.children];
  const item = new vscode.TreeItem(row.label, state);
  item.id = row.id;
  item.description = row.description;
  item.contextValue = row.context;
  item.iconPath = new vscode.ThemeIcon(row.icon, row.colour === null ? undefined : new vscode.ThemeColor(COLOURS[row.colour]));
  item.accessibilityInformation = { label: row.spoken ?? [row.label, row.description].filter((part) => part !== '').join(', ') };
  if (row.tooltip !== null) {
    item.tooltip = row.tooltip;
  }
  if (row.command !== null) {
    item.command = { command: row.command.id, title: row.command.title, arguments: [node] };
  }
  return item;
}

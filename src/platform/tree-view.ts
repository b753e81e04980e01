import * as vscode from 'vscode';
import type { TreeHandle, TreeModel, TreeRow } from './tree-ports.ts';

const COLOURS = { error: 'charts.red', warning: 'charts.yellow', running: 'charts.green' } as const;

/** Shows a model as the view with that id. */
export function showTree<N extends object>(viewId: string, model: TreeModel<N>): TreeHandle<N> {
  const changed = new vscode.EventEmitter<N | undefined>();
  const view = vscode.window.createTreeView(viewId, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getTreeItem: (node) => toItem(model.row(node), node),
      getChildren: async (node) => [...(await model.children(node ?? null))],
    },
    showCollapseAll: true,
  });
  return {
    focused: () => focusedRow(view, (node) => model.row(node).id),
    refresh: (node) => changed.fire(node ?? undefined),
    dispose: () => {
      view.dispose();
      changed.dispose();
    },
  };
}

/** VS Code tells extensions what is selected, not what has the focus: the row that a toggle of the selection changes has it. */
async function focusedRow<N extends object>(view: vscode.TreeView<N>, idOf: (node: N) => string): Promise<N | null> {
  const before = view.selection;
  await vscode.commands.executeCommand('list.toggleSelection');
  const after = view.selection;
  await vscode.commands.executeCommand('list.toggleSelection');
  const without = (nodes: readonly N[], others: readonly N[]): N | undefined =>
    nodes.find((node) => !others.some((other) => idOf(other) === idOf(node)));
  return without(after, before) ?? without(before, after) ?? null;
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

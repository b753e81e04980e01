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
    selection: () => (view.selection.length === 1 ? (view.selection[0] ?? null) : null),
    refresh: (node) => changed.fire(node ?? undefined),
    dispose: () => {
      view.dispose();
      changed.dispose();
    },
  };
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

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Disposable } from './ports.ts';

/** A cell as a serializer reads and writes it. */
export interface CellContent {
  readonly kind: 'code' | 'markdown';
  readonly languageId: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface NotebookContent {
  readonly cells: readonly CellContent[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Registers how notebooks are read and written. Outputs are never part of the file. */
export function registerSerializer(
  type: string,
  codec: { decode(bytes: Uint8Array): NotebookContent; encode(notebook: NotebookContent): Uint8Array },
): Disposable {
  return vscode.workspace.registerNotebookSerializer(
    type,
    {
      deserializeNotebook: (bytes) => toNotebookData(codec.decode(bytes)),
      serializeNotebook: ({ cells, metadata }) =>
        codec.encode({
          cells: cells.map((cell) => ({
            kind: cell.kind === vscode.NotebookCellKind.Code ? 'code' : 'markdown',
            languageId: cell.languageId,
            text: cell.value,
            metadata: cell.metadata ?? {},
          })),
          metadata: metadata ?? {},
        }),
    },
    { transientOutputs: true, transientCellMetadata: {}, transientDocumentMetadata: {} },
  );
}

/**
 * Opens a notebook that is not saved yet, with that content; gives its URI. It has a name of ours in the folder of the workspace, else of the user: VS Code
 * would call it `Untitled-1.md`, and saved under that name it would not be a notebook any more.
 */
export async function openUntitledNotebook(content: NotebookContent): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const document = await vscode.workspace.openNotebookDocument((await freeName(folder)).with({ scheme: 'untitled' }));
  const edit = new vscode.WorkspaceEdit();
  const all = new vscode.NotebookRange(0, document.cellCount);
  edit.set(document.uri, [vscode.NotebookEdit.replaceCells(all, content.cells.map(toCellData))]);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showNotebookDocument(document, { preview: false });
  return document.uri.toString();
}

async function freeName(folder: vscode.Uri): Promise<vscode.Uri> {
  const open = new Set(vscode.workspace.notebookDocuments.map(({ uri }) => uri.path));
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(folder, `notebook-${number}.stream.md`);
    if (open.has(uri.path)) continue;
    const isThere = await Promise.resolve(vscode.workspace.fs.stat(uri)).then(
      () => true,
      () => false,
    );
    if (!isThere) return uri;
  }
}

function toNotebookData({ cells, metadata }: NotebookContent): vscode.NotebookData {
  const data = new vscode.NotebookData(cells.map(toCellData));
  data.metadata = { ...metadata };
  return data;
}

function toCellData({ kind, languageId, text, metadata }: CellContent): vscode.NotebookCellData {
  const cellKind = kind === 'code' ? vscode.NotebookCellKind.Code : vscode.NotebookCellKind.Markup;
  const data = new vscode.NotebookCellData(cellKind, text, languageId);
  data.metadata = { ...metadata };
  return data;
}

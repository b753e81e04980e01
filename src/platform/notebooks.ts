import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { CellView, Disposable, NotebookChange, Notebooks, NotebookView } from './ports.ts';

/** Notebooks of one type that are open in VS Code. */
export class VsCodeNotebooks implements Notebooks {
  readonly #type: string;

  constructor(type: string) {
    this.#type = type;
  }

  all(): readonly NotebookView[] {
    return this.#documents().map(viewNotebook);
  }

  get(uri: string): NotebookView | null {
    const document = this.#documents().find((candidate) => candidate.uri.toString() === uri);
    return document === undefined ? null : viewNotebook(document);
  }

  ofCell(cell: string): NotebookView | null {
    const found = this.findCell(cell);
    return found === null ? null : viewNotebook(found.notebook);
  }

  /** VS Code's own object for a cell. */
  findCell(uri: string): vscode.NotebookCell | null {
    for (const document of this.#documents()) {
      const cell = document.getCells().find((candidate) => candidate.document.uri.toString() === uri);
      if (cell !== undefined) {
        return cell;
      }
    }
    return null;
  }

  onDidOpen(listener: (notebook: string) => void): Disposable {
    return vscode.workspace.onDidOpenNotebookDocument((document) => this.#isOurs(document) && listener(document.uri.toString()));
  }

  onDidClose(listener: (notebook: string) => void): Disposable {
    return vscode.workspace.onDidCloseNotebookDocument((document) => this.#isOurs(document) && listener(document.uri.toString()));
  }

  onDidChange(listener: (change: NotebookChange) => void): Disposable {
    const uriOf = (cell: vscode.NotebookCell): string => cell.document.uri.toString();
    return vscode.workspace.onDidChangeNotebookDocument((event) => {
      if (!this.#isOurs(event.notebook)) {
        return;
      }
      const cells = event.cellChanges.filter(({ document, metadata }) => document !== undefined || metadata !== undefined);
      const added = event.contentChanges.flatMap(({ addedCells }) => addedCells.map(uriOf));
      const removed = event.contentChanges.flatMap(({ removedCells }) => removedCells.map(uriOf));
      if (cells.length > 0 || added.length > 0 || removed.length > 0) {
        listener({
          notebook: event.notebook.uri.toString(),
          cells: cells.map(({ cell }) => uriOf(cell)),
          // A cell that was moved is both.
          added: added.filter((uri) => !removed.includes(uri)),
          removed: removed.filter((uri) => !added.includes(uri)),
        });
      }
    });
  }

  onDidRename(listener: (oldUri: string, newUri: string) => void): Disposable {
    return vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) {
        listener(oldUri.toString(), newUri.toString());
      }
    });
  }

  async setMetadata(uri: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    const cell = this.findCell(uri);
    if (cell !== null) {
      const edit = new vscode.WorkspaceEdit();
      edit.set(cell.notebook.uri, [vscode.NotebookEdit.updateCellMetadata(cell.index, { ...metadata })]);
      await vscode.workspace.applyEdit(edit);
    }
  }

  #documents(): readonly vscode.NotebookDocument[] {
    return vscode.workspace.notebookDocuments.filter((document) => this.#isOurs(document));
  }

  #isOurs(document: vscode.NotebookDocument): boolean {
    return document.notebookType === this.#type;
  }
}

function viewNotebook(document: vscode.NotebookDocument): NotebookView {
  return { uri: document.uri.toString(), folder: folderOf(document), cells: document.getCells().map(viewCell) };
}

function viewCell(cell: vscode.NotebookCell): CellView {
  return {
    uri: cell.document.uri.toString(),
    index: cell.index,
    kind: cell.kind === vscode.NotebookCellKind.Code ? 'code' : 'markdown',
    languageId: cell.document.languageId,
    text: cell.document.getText(),
    metadata: cell.metadata,
  };
}

function folderOf(document: vscode.NotebookDocument): string | null {
  if (document.isUntitled) {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    // In a window without a folder, where a terminal would begin.
    if (folder === undefined) return homedir();
    return folder.scheme === 'file' ? folder.fsPath : null;
  }
  return document.uri.scheme === 'file' ? path.dirname(document.uri.fsPath) : null;
}
